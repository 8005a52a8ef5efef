"""What simulated people write. Nobody's real words."""

OPENINGS = {  # by what they are about, each with how often of a hundred typed openings
    "self-criticism": (26, (
        "I'm such a failure", "I hate how I look", "I ruin everything", "I'm so stupid", "I'm never good enough",
        "I can't do anything right", "I'm worthless at my job", "why am I like this, I always mess up",
        "I'm a bad mother", "I feel like such an idiot after that meeting",
    )),
    "pain": (18, (
        "today was awful", "it hurts so much today", "everything is too much", "I had a terrible day",
        "I feel sad and I don't know why", "my chest is heavy and I keep crying", "I'm having a hard time",
        "I feel broken today",
    )),
    "fear": (12, (
        "I'm scared about tomorrow", "I'm so anxious", "I'm worried about the exam", "panic again",
        "I can't stop worrying", "I'm afraid they will fire me",
    )),
    "loneliness": (9, ("I feel so alone", "nobody calls me", "I'm lonely", "I have no friends here")),
    "tired": (9, ("I'm exhausted", "so tired of all this work", "I'm worn out", "I barely slept, I'm drained")),
    "shame": (6, ("I'm so ashamed", "I feel ashamed of what I said", "it's embarrassing, I feel shame")),
    "anger": (6, ("I'm so angry", "I'm furious with my boss", "my brother makes me so mad")),
    "thanks": (3, ("thank you", "thanks for yesterday")),
    "good news": (4, ("today was a good day", "I got the job", "I feel better today")),
    "small talk": (3, ("hi", "hello", "hey", "good morning")),
    "loss": (4, ("my dog died", "my grandmother died last week", "I miss my dad, he died")),
}  # fmt: skip
STORY = (
    "it went wrong at work and I said something I regret", "my sister does not call back", "the usual",
    "I dropped the plate and they all looked", "I keep thinking of it", "tired and a bit sad",
    "that you tried", "it's all right, you are learning", "I would make her tea", "a friend from school",
    "rest", "somebody to talk to", "the lamp, the window, my cup", "I don't know", "it feels tight",
)  # fmt: skip
ASIDES = (
    "are you a person?",
    "why do you ask?",
    "this is stupid",
    "I'm so sad",
    "leave me alone",
    "it still hurts",
)
MOVES = ("skip", "skip", "stop", "back", "I can't think", "menu", "less", "more")
