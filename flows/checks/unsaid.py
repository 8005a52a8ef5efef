"""What this bot does not say, and why: the rules for writers in flows/README.md. Data, for flows.checks.words.

A pattern is matched without regard to case, with straight apostrophes, at the beginning of a word.
"""

import re
from dataclasses import dataclass
from functools import cache

WELL = "better|calmer|fine|okay|ok|all right|alright|easier|lighter|happier|stronger|safe|well"
PAIN = "hurts?|hard|heavy|pain(?:ful)?|sore|aches?|aching|loss|sad|tired|ashamed|scared|lonely|alone|rough"


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Ways to put things that hurt; ``reason`` says why, or what to say in their place."""

    reason: str
    patterns: tuple[str, ...]

    def found(self, text: str) -> list[str]:
        """Return what of a text is said in one of these ways; its apostrophes may be curly."""
        return [hit[0] for hit in _regex(self.patterns).finditer(text.replace("\u2019", "'"))]


@cache
def _regex(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return the patterns as one; made when the first words are judged, which is not when the bot starts."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!\w)", re.IGNORECASE)


UNSAID = (
    Unsaid(
        "nobody speaks for all; “some people know a pain close to this”",
        (
            r"every(?:one|body) (?:feels|has|hurts|knows|suffers|struggles|goes|makes|fails)",
            r"we all (?:feel|have|hurt|know|suffer|struggle|go|make|fail)",
            r"(?:all|most) people (?:feel|have|hurt)",
            r"no (?:one|body) is perfect",
        ),
    ),
    Unsaid(
        "safety is never declared; “what around you shows where you are?”",
        (
            r"you(?:'re| are) (?:completely |quite )?safe (?:now|here|with)",
            r"this is a safe (?:place|space)",
            r"nothing can (?:hurt|happen to) you",
        ),
    ),
    Unsaid(
        "a comparison makes a pain smaller",
        (
            r"at least",
            r"(?:could|might) (?:be|have been) (?:much |far )?worse",
            r"others (?:have it|are) worse",
            r"(?:some|other) people have it worse",
            r"worse (?:off|things)",
            r"look on the bright side",
            r"silver lining",
            r"count your blessings",
            r"it's not (?:so|that) bad",
        ),
    ),
    Unsaid(
        "a loss has no timetable and no lesson",
        (
            r"time heals",
            r"time will heal",
            r"(?:in )?a better place",
            r"closure",
            r"stages? of grief",
            r"it will pass",
            r"this will pass",
            r"this too shall pass",
            r"the hurt is over",
            r"(?:they|he|she|it) would(?:'ve| have)? want(?:ed)?",
            r"let (?:it|him|her|them) go",
            r"letting go of",
            r"find(?:ing)? meaning",
            r"mov(?:e|ing) on",
            r"get(?:ting)? over it",
            r"happens for a reason",
            r"meant to be",
            r"(?:be|stay) strong",
            r"(?:be|stay) brave",
            r"hurry up",
        ),
    ),
    Unsaid(
        "say died",
        (
            r"pass(?:ed|es|ing)? away",
            r"passed on",
            r"lost (?:the|their|his|her) (?:battle|fight)",
            r"gone to sleep",
        ),
    ),
    Unsaid(
        "nothing is predicted or promised; “lighter, same or heavier? All fine.”",
        (
            rf"you(?:'ll| will) (?:soon )?(?:feel|be) (?:{WELL})",
            rf"(?:it|things|this|everything)(?:'ll| will) (?:be|get|turn out) (?:{WELL})",
            r"it gets (?:better|easier)",
            r"(?:this|it)(?:'ll| will) (?:help|work|heal|make you)",
            r"i promise",
            r"promise me",
            r"i swear",
            r"guarantee[ds]?",
            r"makes? you feel better",
        ),
    ),
    Unsaid(
        "nothing is read into what a person said; “angry. We can stay with angry.”",
        (
            r"(?:under(?:neath)?|behind|beneath) (?:that|the|your|all that) (?:anger|shame|fear|sadness|hurt|tears)",
            r"deep down",
            r"what you(?:'re| are)? really (?:feel|feeling|mean|need|want)",
            r"you(?:'re| are) really (?:just )?(?:sad|angry|afraid|scared|hurt)",
            r"your inner child",
            r"you must (?:be|feel) (?:so |very )?(?:sad|angry|afraid|scared|hurt|tired)",
        ),
    ),
    Unsaid(
        "a program has no feelings and no thoughts of its own; “it's nine, the time you chose”",
        (
            r"i(?:'ve| have)? missed you",
            r"i(?:'ve| have) been (?:thinking|worried|waiting)",
            r"i was (?:worried|thinking|waiting|sad|glad)",
            r"i(?:'m| am) (?:so |very |really )?(?:proud|happy|glad|sad|sorry|worried|excited|touched)",
            r"i feel (?:for|with|your|the same)",
            r"i care (?:about|for|deeply)",
            r"i love",
            r"i(?:'m| am) always here",
            r"i(?:'ll| will) always",
            r"always here for you",
            r"i(?:'m| am) (?:here for you|your friend)",
            r"(?:my|our) (?:little )?secret",
            r"only i (?:know|can|understand)",
            r"i(?:'ll| will) never leave",
        ),
    ),
    Unsaid(
        "nobody knows another one's pain",
        (
            r"i (?:completely |fully |totally )?understand(?: exactly| how| why| what| you)?",
            r"i know (?:exactly )?(?:how|what) (?:you|it)",
        ),
    ),
    Unsaid(
        "a feeling is not argued with",
        (
            r"(?:don't|do not) (?:be|feel|get) (?:so )?(?:sad|bad|afraid|scared|angry|ashamed|guilty|silly|upset)",
            r"(?:there's|there is) no (?:reason|need) to (?:be|feel)",
            r"you (?:shouldn't|should not) (?:be|feel)",
            r"calm down",
            r"cheer up",
            r"(?:stay|think|be) positive",
            r"snap out",
            r"pull yourself together",
            r"(?:don't|do not) (?:cry|worry|panic)",
            r"you're (?:over-?reacting|too sensitive)",
        ),
    ),
    Unsaid(
        "a body takes no orders; “hold something warm, if you like”",
        (
            r"(?:close|shut) your eyes",
            r"take a deep breath",
            r"breathe (?:in|out|deeply|slowly|with me|now)",
            r"relax",
            r"(?:put|place|lay) (?:your|a|one) hand (?:on|over)(?! the phone)",
            r"sit up straight",
        ),
    ),
    Unsaid(
        "nobody owes anything here; say what can be done",
        (
            r"you (?:must|should|ought to)",
            r"you (?:have|need) to",
            r"you've got to",
            r"make sure (?:to|you)",
            r"try harder",
        ),
    ),
    Unsaid("it makes small what is hard", (r"just", r"simply", r"obviously", r"of course", r"as easy as")),
    Unsaid(
        "no marks, no praise for pain, no count",
        (
            r"streaks?",
            r"scores?",
            r"badges?",
            r"level(?:led)? up",
            r"well done",
            r"good job",
            r"great (?:job|work)",
            r"keep it up",
            r"awesome",
            r"amazing",
            r"you haven't (?:written|been here|practi[sc]ed)",
            r"you promised",
        ),
    ),
    Unsaid(
        "this is no treatment, and never says that it is one",
        (
            r"therapy",
            r"therapeutic",
            r"treatments?",
            r"counsell?ing",
            r"diagnos\w+",
            r"cures?",
            r"heal(?:s|ing)?",
            r"(?:clinically )?proven",
            r"scientific(?:ally)?",
            r"rewires?",
            r"oxytocin",
            r"cortisol",
            r"your (?:disorder|depression|anxiety|trauma|condition)",
        ),
    ),
    Unsaid("words are reviewed only where a named reviewer stands in the sign-off", (r"reviewed",)),
    Unsaid(
        "no way to die is named, and none is made small or great",
        (
            r"commit(?:s|ted|ting)? suicide",
            r"(?:failed|successful|unsuccessful) (?:attempt|suicide)",
            r"overdos\w+",
            r"nooses?",
            r"razors?",
            r"pills",
            r"ropes?",
            r"guns?",
            r"cut(?:ting)? yourself",
            r"kill(?:ing)? yourself",
        ),
    ),
    Unsaid(
        "no talk is shut because of what is said in it",
        (r"i can(?:'t|not) (?:talk|speak) about (?:that|this)",),
    ),
    Unsaid(
        "nobody watches, and nobody says so",
        (
            r"(?:we|i)(?:'ll| will)? (?:monitor|watch over|check on|keep an eye on)",
            r"confidential",
            r"between you and me",
        ),
    ),
    Unsaid(
        "no “but” after pain: a full stop lets it stand",
        (rf"(?:{PAIN})[,.;]? but",),
    ),
)
