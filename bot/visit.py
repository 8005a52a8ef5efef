"""One message's way through the bot: what was heard, where the talk goes on, what is answered and remembered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot import (
    alarm,
    asked,
    commands,
    due,
    erasing,
    halting,
    hiding,
    knowledge,
    lock,
    notes,
    plan_shown,
    replies,
    unasked,
    unread,
    ways,
)
from bot.alarm import RISKY
from bot.look import spans
from bot.model import HELP, Inbound, Outbound, Press
from bot.safety.language import sorry
from bot.turning import ASKED, Turning, encode
from flows.answers import is_onward, match_choice
from flows.model import Step
from flows.turn import (
    WARMTHS,
    Back,
    Chosen,
    Correct,
    Input,
    Less,
    More,
    Offer,
    Skip,
    Text,
    TimedOut,
)

DAY = timedelta(days=1)
AWAY = timedelta(days=7)  # after this the bot says again that it is a program (Utah HB 452)
MOVES: Mapping[str, Input] = {"back": Back(), "skip": Skip(), "change": Correct()}
LAID: Mapping[str, str] = {
    "now": "helpnow", "cant_think": "concrete", "zone": "zone", "country": "country", "export": "export",
    "forget": "forget", "lock": "lock", "hide": "hide", "notes": "notes", "kind": "kind",
    "checkin": "checkin", "look": "look", "way": "way",
}  # laid over a talk  # fmt: skip


class Visit(Turning):
    """Lives for one call of ``Conversation.receive``."""

    # --- what came ---

    def take(self, inbound: Inbound) -> None:
        """Do what this message asks for."""
        self._acted, self.talk.said = inbound.kind != "timer", inbound.text
        if inbound.kind in ("text", "choice"):
            due.here(self.talk)
            if self.heard.risk == "none":
                self._introduce()
        match inbound.kind:
            case "left":
                self.person.paused = True
            case "returned":
                self.person.paused = False
            case "timer":
                self._timer(inbound)
            case "unheard":
                self._unheard(inbound)
            case "entered":
                self.talk.begin(inbound.flow) if inbound.flow else self._repeat()
            case "edited":
                self._risky(inbound)  # what was corrected is screened, and not answered twice
            case "choice" | "text":
                (self._choice if inbound.kind == "choice" else self._text)(inbound)

    def _unheard(self, inbound: Inbound) -> None:
        if inbound.text and self._word_asked():  # beneath a picture, where the word was meant to stand
            self._off_screen(inbound)
        if inbound.text and self._risky(inbound):
            return
        self.talk.say("unheard", keyboard=True)
        self._repeat()

    def _timer(self, inbound: Inbound) -> None:
        self.talk.silent = knowledge.asleep(self.person, self.now)
        if due.comes(self.talk, inbound):
            return
        if self.talk.session is not None and not self.person.paused:
            self._resume(TimedOut(inbound.timer[1] if inbound.timer else 0))

    def _choice(self, inbound: Inbound) -> None:
        press = inbound.press or Press("", "", "", "")
        if self.talk.session is None and press.flow == "forget" and not self.person.consent:
            # The second tap of someone whom the first one erased: not a word to a stranger.
            self.talk.promise(replies.closed(inbound.message, None))
            return
        if alarm.calls(self.talk, press, held=self._due_again()):
            self.talk.promise(replies.closed(inbound.message, None))
            self._command("now")
            return
        if self.talk.session is None or not press.flow:
            self.talk.promise(replies.closed(inbound.message, None))
            self.talk.say("stale")
            self._calm()
            return
        if press.prompt and press.prompt == self.talk.session.answered:
            return  # tapped twice: the first one counts
        if self._due_again():
            self.talk.promise(replies.closed(inbound.message, None))
            self.talk.lay_over("renew")
            return
        top = self.talk.session.top
        if (press.flow, press.step, press.prompt) == (top.flow, top.step, self.talk.session.prompt):
            self._close(inbound)
        else:
            self.talk.promise(replies.closed(inbound.message, None))
        self._resume(Chosen(press.choice, press.prompt))

    def _text(self, inbound: Inbound) -> None:
        inbound = self._without_word(inbound)
        if unread.early(self.talk, inbound):
            self.talk.know({"early": "yes"})
        self._hear_choice(inbound.text)
        self._speak_of_language()
        if self._risky(inbound):
            return
        if not replies.writable(inbound.text):
            self.talk.say("broken")
            self._repeat()
            return
        self._close(inbound)
        due.leave_unset(self.talk, inbound.text)
        command = due.command(self.talk, inbound.text)
        if command and not self._chooses(inbound.text, command) and not alarm.corrects(self.talk, command):
            alarm.leave(self.talk, command)
            self._command(command)
        elif self._due_again():
            self.talk.know({"first_words": inbound.text})
            self.talk.lay_over("renew")
        elif alarm.young(self.talk, inbound.text):
            self.talk.know({"first_words": inbound.text})
            self.talk.lay_over("young")
        elif belongs := alarm.again(self.talk, inbound.text):
            self.talk.know(belongs)
            self.talk.lay_over("door")
        elif self.talk.session is not None:
            self._words(inbound.text)
        else:
            if self.heard.intent == "neutral":
                due.tell_unset(self.talk)
            self._first(inbound.text)

    def _hear_choice(self, text: str) -> None:
        """Hear a choice of the present question by the rules alone: these are the bot's words, and short ones."""
        if match_choice(text, self.talk.offers()):
            self.talk.recall(text, danger=False)
            self.heard = self.talk.facts.heard

    def _without_word(self, inbound: Inbound) -> Inbound:
        """Take a person's secret word off the screen and out of what others hear: they hear how it was."""
        at = self._word_asked()
        if not at or commands.recognise(inbound.text) or match_choice(inbound.text, self.talk.offers()):
            return inbound
        self._off_screen(inbound)
        return replace(inbound, text=lock.answer(self.person.lock, at, inbound.text, self.now))

    def _word_asked(self) -> str:
        """Return the flow in which a secret word is asked for at this moment, "" where none is."""
        at = self.talk.session.top.flow if self.talk.session else ""
        return at if at in lock.FLOWS and self.talk.step and self.talk.step.ask else ""

    def _off_screen(self, inbound: Inbound) -> None:
        if inbound.message is not None:
            self.talk.promise(Outbound("delete", messages=(inbound.message,), priority=HELP))

    def _words(self, text: str) -> None:
        step = self.talk.step
        if asked.answered(self.talk, self.heard, step) or _asks_on(text, step, self.talk.offers()):
            self._repeat()
        elif asked.laid_over(self.talk, self.heard, step):
            pass
        elif self.heard.topic == "about_bot" and not (self._met_here(step) or self.talk.delicate):
            self.talk.say("about")  # asked what it is, the bot says so in every state
            self._repeat()
        elif self._asks_illness(text) and len(text.split()) <= ASKED and not self.talk.delicate:
            self.talk.say("illness")
            self._repeat()
        elif (words := halting.asked(self.talk, self.heard, text)) is not None:
            alarm.leave(self.talk, "stop")
            self._turn_to(words)
        elif self.heard.intent == "stop" and not (step and step.ask):
            alarm.leave(self.talk, "stop")
            self._stop()
        elif self.heard.topic == "corrects" and not (_listens(step, "corrects") or self.talk.delicate):
            self._resume(Correct())
        else:
            self._resume(Text(text))

    def _turn_to(self, words: str) -> None:
        """End a practice; what was said besides "stop" is heard where every talk begins, and need not be retyped."""
        if not words:
            self._stop()
            return
        self.talk.session = None
        self.talk.recall(words, danger=False)
        self._first(words)

    def _met_here(self, step: Step | None) -> bool:
        """Whether a flow answers questions about the bot by itself: talks do where they ask, others by a branch."""
        if step is None or not self.talk.session:
            return False
        talk = self.talk.content.flows[self.talk.session.top.flow].flow.kind == "talk"
        return bool(talk and step.ask) or _listens(step, "about_bot")

    def _chooses(self, text: str, command: str) -> bool:
        """Whether a plain word is a choice of the present question; help and stop are always themselves."""
        if text.startswith("/") or command in ("now", "stop") or self.talk.session is None:
            return False
        onward = command == "start" and self.talk.session.top.flow == "menu"  # nothing was left there halfway
        return onward or match_choice(text, self.talk.offers()) is not None

    def _due_again(self) -> bool:
        """Whether it is time to ask again for a yes: the privacy text has changed, and they are back at an open talk.

        The older yes holds until then; who says no is asked again only where a talk begins.
        """
        due = self.person.outdated and self.person.agreed and not self.talk.open("renew")
        return due and self.talk.session is not None and not unasked.busy(self.talk)

    # --- safety ---

    def _risky(self, inbound: Inbound) -> bool:
        """Answer risk before anything else; False if there is none to answer."""
        if self.heard.risk == "none":
            return False
        self._close(inbound)
        way = alarm.way(self.talk, self.heard, inbound.text)
        if way is None:
            if not alarm.again(self.talk, inbound.text):
                self.talk.say("near")
            return False
        self.talk.know(way.known)
        self._hold_note(inbound)
        if not way.flow:
            self._uncover()
            self._resume(Text(inbound.text))
        elif way.begins:
            self.talk.begin(way.flow)
        else:
            self.talk.lay_over(way.flow, anew=True)
        return True

    def _uncover(self) -> None:
        """Take away what was laid over a talk about danger: these words are for that talk."""
        session = self.talk.session
        flows = [frame.flow for frame in session.frames] if session else []
        about = max((at for at, flow in enumerate(flows) if flow in RISKY), default=len(flows))
        if session and any(frame.over for frame in session.frames[about + 1 :]):
            self.talk.session = session.copy()
            del self.talk.session.frames[about + 1 :]

    def _speak_of_language(self) -> None:
        """Say in their own language, once a day, that it is not spoken here; what was typed is taken all the same."""
        told = self.person.variables.get("foreign_at", "")
        words = sorry(self.heard.lang) if self.heard.lang not in self.talk.spoken else ""
        if words and not (told and self.now - datetime.fromisoformat(told) < DAY):
            self.person.variables["foreign_at"] = self.now.isoformat()
            self.talk.say("foreign", {"sorry": words}, keyboard=True)

    def _hold_note(self, inbound: Inbound) -> None:
        """Hold a line of the person's notes in which danger is heard: that is answered first, and nothing is lost."""
        step, session = self.talk.step, self.talk.session
        asked = step is not None and step.ask is not None and step.ask.name == notes.LINE
        if session and step and asked and session.top.flow == notes.FLOW and replies.writable(inbound.text):
            part = session.top.answers.get("part") or step.id.partition("_")[0]
            notes.hold(self.tx, self.person, part, inbound.text)

    # --- commands ---

    def _command(self, name: str) -> None:
        match name:
            case "zone" | "country" | "lock" | "look" | "checkin" if not self.person.agreed:
                self._start()  # it is asked after a yes, when it can be noted
            case "hide" if not self.person.lock.hide or lock.is_open(self.person.lock, self.now):
                self.talk.hides = True
            case _ if name in LAID:
                self._lay(name)
            case "start":
                self._start()
            case "stop":
                self._stop()
            case "menu" | "not_it":
                due.tell_unset(self.talk)
                if name == "not_it":
                    self.talk.say("not_it")
                self._calm()
            case "less" | "more":
                self._warm(name)
            case "back" | "skip" | "change":
                self._resume(MOVES[name])
            case _:
                known = {
                    **knowledge.variables(self.person),
                    "checkin_plan": plan_shown.whole(self.talk.desk()),
                }
                shown = {key: value or "\u2013" for key, value in known.items()}
                self.talk.say(f"{name}_text", shown, keyboard=True)
                self._repeat()

    def _lay(self, name: str) -> None:
        """Lay the flow of a command over the talk, and tell it what came with that."""
        in_danger = "yes" if self.talk.open(*RISKY) else ""
        told = {"look_span": spans.named(self.talk.said), "way_asked": ways.named(self.talk.said)}
        theirs = "yes" if alarm.theirs(self.talk) else ""
        self.talk.know({"in_danger": in_danger, "theirs": theirs, **told})
        if name == "checkin":  # it is about the notes themselves: one that stands open is left
            due.called(self.talk)
        self.talk.lay_over(LAID[name], anew=True)

    def _start(self) -> None:
        if self.talk.session is None:
            self._calm()
        elif not self.person.consent or self.talk.open(*RISKY) or is_onward(self.talk.said):
            self._repeat()  # what was typed first is still held there; and "go on" is no wish to begin anew
        else:
            self.talk.lay_over("return", anew=True)

    def _stop(self) -> None:
        one = self.talk.open(due.DAILY) and self.person.checkins.times  # of several: how to stop the others
        nothing = self.talk.session is None
        self.talk.say("nothing_here" if nothing else "still_come" if one else "stopped", keyboard=True)
        due.tell_unset(self.talk)
        self.talk.session = None

    def _warm(self, name: str) -> None:
        at = WARMTHS.index(knowledge.warmth(self.person)) + (1 if name == "more" else -1)
        if not 0 <= at < len(WARMTHS):
            self.talk.say("already_plain" if name == "less" else "already_tender")
            self._repeat()
            return
        self.person.warmth = WARMTHS[at]
        if name == "more" and self.person.way == "short":
            self.person.way = ""  # the newer wish counts
        self.talk.facts = replace(self.talk.facts, warmth=WARMTHS[at])
        if self.talk.session is None:
            self.talk.say(name)
        else:
            self._resume(Less() if name == "less" else More())

    # --- the end ---

    def leave(self) -> None:
        """Remember what changed."""
        if self.talk.erased:
            farewell = erasing.Farewell(self._row, self.now, self.talk.promised, self.talk.emptied)
            self.talk.promised = erasing.erase(self.tx, self.person.id, farewell)
            return
        if self.talk.hides:
            hiding.hide(self.talk, self._row)
        ways.let_go(self.person, talks=self.talk.session is not None)
        alarm.tidy(self.talk)
        self.talk.save()
        if self._acted:
            self.person.last_seen = self.now.date().isoformat()
        if encode(self.person) != self._before:
            self.tx.save_person(self.person, acted=self._acted)

    def _introduce(self) -> None:
        """Say again that this is a program, to someone who comes back after a week."""
        last = self.person.last_seen
        away = last and self.now.date() - datetime.fromisoformat(last).date() >= AWAY
        if away and self.person.consent and not self.talk.delicate:
            self.talk.say("program")


def _asks_on(text: str, step: Step | None, offers: list[Offer]) -> bool:
    """Whether "next" was typed where words are asked for: that is no answer to it."""
    return (
        bool(step and step.ask and is_onward(text))
        and not match_choice(text, offers)
        and not _listens(step, "goes_on")
    )


def _listens(step: Step | None, topic: str) -> bool:
    """Whether a step says itself where words of a topic lead."""
    return step is not None and any(topic in branch.condition.heard for branch in step.when)
