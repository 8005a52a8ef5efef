"""People who use the bot daily, through the front door, with a clock that is moved; and what they were told."""

import asyncio
import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from multiprocessing import get_context
from zoneinfo import ZoneInfo

from bot.channels.exchange import CHANNEL, Exchange
from bot.channels.plain import ScriptClock
from bot.conversation import Conversation
from bot.model import CONSENT, Promised
from bot.ports import Tx
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.compiler import Content
from flows.model import Flow, Line
from tests.serving import everything
from tests.simulated.people import ZONE, Question, Somebody
from tests.simulated.slots import Ear, places

BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
HERE = ZoneInfo(ZONE)
LONGEST = 60  # turns of a visit, whatever is said
LIGHTER = 2  # points of heaviness that are ease where nothing was tapped
LEAST = 50  # lines of a slot, before a share of them says something
KNOWN = 3  # uses of which something was said, before a reason is given
REASON = re.compile(r"“(?P<title>[^”]+)”.*?(?P<eased>\d+) of (?P<of>\d+) times", re.DOTALL)


@dataclass(slots=True)
class Tally:
    """What was counted of some people; tallies add up."""

    people: int = 0
    turns: int = 0
    said: Counter[str] = field(default_factory=Counter)  # bubbles by flow, of whatever kind
    lines: Counter[str] = field(default_factory=Counter)  # by slot
    same_day: Counter[str] = field(default_factory=Counter)
    same_week: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)  # repeats within a week, by slot and form
    kinds: dict[str, str] = field(default_factory=dict)  # of slots
    most: dict[str, int] = field(default_factory=dict)  # of a slot, read by one person in seven days
    daily: dict[str, int] = field(default_factory=dict)  # the same, on one day
    read: int = 0  # different lines with several wordings, the most that one person read in seven days
    reasons: int = 0  # suggestions that came with their reason
    unfounded: int = 0  # of these, with another figure than the person's own taps give
    unsaid: int = 0  # suggestions whose reason was known, and was not said
    thirds: int = 0  # pauses in the place of a third practice
    beyond: int = 0  # practices begun on a day after that pause

    def add(self, other: "Tally") -> None:
        for name in ("people", "turns", "reasons", "unfounded", "unsaid", "thirds", "beyond"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("said", "lines", "same_day", "same_week", "forms"):
            getattr(self, name).update(getattr(other, name))
        self.kinds.update(other.kinds)
        self.read = max(self.read, other.read)
        for name in ("most", "daily"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine.update({slot: max(count, mine.get(slot, 0)) for slot, count in theirs.items()})

    @property
    def repeated(self) -> tuple[float, float]:
        """Shares of all counted lines that were read before, on the same day and within seven."""
        whole = self.lines.total() or 1
        return self.same_day.total() / whole, self.same_week.total() / whole

    def by_kind(self) -> dict[str, dict[str, float]]:
        """Return how many lines there were of each kind, and the shares that had been read before, in percent."""
        found: dict[str, dict[str, float]] = {}
        for kind in sorted(set(self.kinds.values())):
            slots = [slot for slot in self.lines if self.kinds[slot] == kind]
            lines = sum(self.lines[slot] for slot in slots)
            within = [sum(counts[slot] for slot in slots) for counts in (self.same_day, self.same_week)]
            day, week = (round(100 * each / lines, 2) for each in within)
            found[kind] = {"lines": lines, "same_day_percent": day, "within_7_days_percent": week}
        return found

    def faults(self, share: float) -> list[str]:
        """Return the slots in which somebody read a line twice on a day, or in a week more than a share of them."""
        day = [f"{slot}: {count} on the same day" for slot, count in sorted(self.same_day.items())]
        often = {
            slot: self.same_week[slot] / self.lines[slot]
            for slot in self.same_week
            if self.lines[slot] >= LEAST
        }
        return day + [
            f"{slot}: {part:.0%} within seven days" for slot, part in sorted(often.items()) if part > share
        ]


class Reader:
    """One person, and what they have read. Lives for their days."""

    def __init__(self, seed: int, content: Content) -> None:
        self.somebody, self.tally = Somebody(seed), Tally(people=1)
        self._ear = Ear(content.catalog)
        content = replace(content, catalog=self._ear)
        self._places = places(content)
        self._practices = {id_ for id_, each in content.flows.items() if _stirs(each.flow)}
        self.clock = ScriptClock(BEGUN)
        self.store = SqliteStore.in_memory(Seal(b"s" * 32))
        self.talk = Conversation(content, self.clock, seed=seed)
        self.chat = Exchange(self.store, self.talk, self.clock, forgiving=False)
        self._read: dict[bytes, datetime] = {}
        self._varied = {each.id for line in _lines(content) if line.varied for each in line.wordings}
        self._latest: deque[tuple[datetime, bytes]] = deque()
        self._lately: dict[str, deque[datetime]] = {}
        self._paused: date | None = None
        self._waits = False

    async def live(self, days: int) -> Tally:
        """Let so many days pass."""
        await self.store.run(self._arrive)
        try:
            for day in range(days):
                for moment in self.somebody.visits((BEGUN + timedelta(days=day)).date()):
                    await self._pass(moment)
                    await self._visit()
                await self.store.run(self.talk.tend)
                self._look_back()
        finally:
            await self.store.close()
        return self.tally

    def _look_back(self) -> None:
        while self._latest and self.clock.now() - self._latest[0][0] >= WEEK:
            self._latest.popleft()
        self.tally.read = max(self.tally.read, len({mark for _, mark in self._latest}))

    def _arrive(self, tx: Tx) -> None:
        person = tx.person_at(CHANNEL, "me")
        person.consent, person.adult, person.consented_at = CONSENT, True, BEGUN.isoformat()
        person.warmth, person.way = self.somebody.warmth, "quiet" if self.somebody.quiet else ""
        person.variables["zone"] = ZONE
        tx.save_person(person)

    async def _visit(self) -> None:
        given: str | timedelta | None = self.somebody.opens()
        turn = 0
        while given is not None and turn < LONGEST:
            turn += 1
            if isinstance(given, timedelta):
                await self._pass(self.clock.now() + given)
            else:
                self.clock.move(self.clock.now() + timedelta(seconds=9))
                await self._show(await self.chat.say(given))
            given = self.somebody.answers(self._question(), turn)
        self.tally.turns += turn

    async def _pass(self, until: datetime) -> None:
        """Let time pass; what becomes due meanwhile comes in its order."""
        while (due := await self.chat.next_due()) and due <= until:
            self.clock.move(due)
            await self._show(await self.chat.due())
        self.clock.move(until)

    async def _show(self, rows: Sequence[Promised]) -> None:
        await self.chat.shown(rows)
        due = await self.chat.next_due()
        self._waits = due is not None and due - self.clock.now() < timedelta(minutes=2)
        for wording in self._ear.take():
            flow, step, what, *_ = wording.id.split("/")
            if what.startswith("say"):
                self.tally.said[flow] += 1
                self._practise(flow, step)
            if wording.id in self._varied:
                self._latest.append((self.clock.now(), wording.mark))
            if wording.id in self._places:
                self._count(wording.id, wording.mark)
                await self._weigh(flow, step, rows)

    def _question(self) -> Question | None:
        shown = self.chat.question
        return Question(shown.choices, self._waits) if shown else None

    def _count(self, id_: str, mark: bytes) -> None:
        slot, kind = self._places[id_]
        self.tally.kinds[slot] = kind
        now, before = self.clock.now().astimezone(HERE), self._read.get(mark)
        self._read[mark] = now
        self.tally.lines[slot] += 1
        if before and before.date() == now.date():
            self.tally.same_day[slot] += 1
        if before and now - before < WEEK:
            self.tally.same_week[slot] += 1
            self.tally.forms[id_.rpartition(".")[0]] += 1
        self._load(id_.rpartition(".")[0], now)

    def _load(self, form: str, now: datetime) -> None:
        lately = self._lately.setdefault(form, deque())
        lately.append(now)
        while now - lately[0] >= WEEK:
            lately.popleft()
        today = sum(each.date() == now.date() for each in lately)
        self.tally.most[form] = max(len(lately), self.tally.most.get(form, 0))
        self.tally.daily[form] = max(today, self.tally.daily.get(form, 0))

    def _practise(self, flow: str, step: str) -> None:
        today = self.clock.now().astimezone(HERE).date()
        if (flow, step) == ("pause", "third"):
            self.tally.thirds += 1
            self._paused = today
        elif flow in self._practices and self._paused == today:
            self.tally.beyond += 1

    async def _weigh(self, flow: str, step: str, rows: Sequence[Promised]) -> None:
        """Compare what is proposed with what this person tapped before, counted anew."""
        if flow != "offer":
            return
        person = await self.store.run(lambda tx: tx.person_at(CHANNEL, "me").id)
        kept = await self.store.run(lambda tx: tx.kept(person, "outcome"))
        uses = [
            (found["practice"], eased)
            for found in map(json.loads, kept)
            if (eased := _eased(found)) is not None
        ]
        told = (
            next(filter(None, (REASON.search(row.outbound.text) for row in rows)), None)
            if step == "known"
            else None
        )
        if told:
            self.tally.reasons += 1
            titles = {each.flow.title: id_ for id_, each in self.talk.content.flows.items()}
            its = [eased for practice, eased in uses if practice == titles[told["title"]]]
            self.tally.unfounded += (sum(its), len(its)) != (int(told["eased"]), int(told["of"]))
        elif step in self._practices:
            its = [eased for practice, eased in uses if practice == step]
            self.tally.unsaid += len(its) >= KNOWN and 2 * sum(its) > len(its)


def live(seed: int, days: int) -> Tally:
    """Return what happened to one person."""
    return asyncio.run(Reader(seed, everything()).live(days))


def simulate(people: Iterable[int], days: int, workers: int = 1) -> Tally:
    """Return what happened to people with these seeds; how many work at it changes nothing."""
    whole = Tally()
    if workers == 1:
        for seed in people:
            whole.add(live(seed, days))
        return whole
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for each in pool.map(live, people, repeat(days)):
            whole.add(each)
    return whole


def _lines(content: Content) -> Iterator[Line]:
    steps = (step for each in content.flows.values() for step in each.flow.steps.values())
    yield from (line for step in steps for line in step.say)
    yield from (line for lines in content.lines.values() for line in lines)


def _stirs(flow: Flow) -> bool:
    return flow.kind == "practice" and not flow.outward and flow.id != "reach"


def _eased(outcome: Mapping[str, str]) -> bool | None:
    """Whether a practice brought ease: as it was tapped, else by the numbers; None where nothing was said of it."""
    if outcome["felt"]:
        return outcome["felt"] == "ease"
    if outcome["heavy"] and outcome["heavy_after"]:
        return int(outcome["heavy"]) - int(outcome["heavy_after"]) >= LIGHTER
    return None
