"""A stretch of a person's rows as what a picture is drawn from, and the same in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.look import sums
from bot.look.paper import Chart, Ease, Labels, Weight, heading, middle
from bot.look.rows import Rows
from bot.look.spans import MONTH, WEEK, YEAR, Span, parts


@dataclass(frozen=True, slots=True)
class Look:
    """A stretch of a person's rows, and what they are called."""

    rows: Rows
    span: Span
    labels: Labels
    title: Callable[[str], str]

    def __repr__(self) -> str:  # how somebody's days were is theirs
        return "Look()"

    def chart(self, *, dark: bool) -> Chart:
        """Return what the picture is drawn from."""
        eased = [
            Ease(self.title(each.practice), each.eased, each.times) for each in sums.eased(self.rows.sittings)
        ]
        return Chart(
            self.span, sums.by_day(self.rows.days), self._weights(), eased, self._kind(), self.labels, dark
        )

    def _weights(self) -> list[Weight]:
        found = ((at, sums.weights(rows.sittings)) for at, rows in enumerate(self._places()))
        return [Weight(at, *each) for at, each in found if each]

    def _places(self) -> list[Rows]:
        """Return the rows of each place on the line: days, or the months of a year."""
        if self.span.name == YEAR:
            return [self.rows.between(each.first, each.last) for each in parts(self.span)]
        days = (self.span.last - self.span.first).days + 1
        each_day = (date.fromordinal(self.span.first.toordinal() + at) for at in range(days))
        return [self.rows.between(day, day) for day in each_day]

    def _kind(self) -> list[tuple[int, tuple[int | None, ...]]]:
        """Return the monthly answers, by the month of a year."""
        if self.span.name != YEAR:
            return []
        return [(at, rows.sheets[-1].answers) for at, rows in enumerate(self._places()) if rows.sheets]

    def _asked(self) -> list[tuple[date, Sequence[int | None]]]:
        return [(parts(self.span)[at].first, answers) for at, answers in self._kind()]

    # --- the same in words ---

    def text(self) -> str:
        """Return the same as the picture, in words: for whoever cannot see it, or would rather read."""
        told = [(each, self.rows.between(each.first, each.last)) for each in parts(self.span)]
        faces = [f"{self._name(part)}: {self._faces(rows)}" for part, rows in told if rows.days]
        heavy = [f"{self._name(part)}: {self._heavy(rows)}" for part, rows in told if _weighed(rows)]
        eased = [f"{self.title(each.practice)}: {self._of(each)}" for each in sums.eased(self.rows.sittings)]
        kind = [f"{self.labels.months[at.month - 1]}: {_listed(each)}" for at, each in self._asked()]
        labels = self.labels
        weighed = f"{labels.heavy}, {labels.before} {labels.then} {labels.after}"
        asked = f"{labels.kind}: {labels.own}, {labels.others}"
        sections = (("", faces), (weighed, heavy), (labels.ease, eased), (asked, kind))
        kept = ["\n".join(filter(None, (heading, *lines))) for heading, lines in sections if lines]
        return "\n\n".join([heading(self.span, self.labels), *kept])

    def _name(self, part: Span) -> str:
        labels, day = self.labels, part.first
        if self.span.name == WEEK:
            return f"{labels.days[day.weekday()]} {day.day}"
        if self.span.name == MONTH:
            return f"{labels.week} {day.day} {labels.months[day.month - 1]}"
        return labels.months[day.month - 1]

    def _faces(self, rows: Rows) -> str:
        by_day, labels = sums.by_day(rows.days), self.labels
        if self.span.name == WEEK:
            return f", {labels.then} ".join(labels.faces[face - 1] for face in by_day[rows.days[0].day])
        if self.span.name == MONTH:
            named = (
                (labels.days[day.weekday()], labels.faces[middle(faces) - 1]) for day, faces in by_day.items()
            )
            return ", ".join(f"{day} {face}" for day, face in named)
        days = [middle(faces) for faces in by_day.values()]
        counted = [(days.count(face), labels.faces[face - 1]) for face in (5, 4, 3, 2, 1) if face in days]
        return ", ".join(f"{number} {face}" for number, face in counted)

    def _heavy(self, rows: Rows) -> str:
        before, after, _ = sums.weights(rows.sittings) or (0, 0, 0)
        return f"{before}, {self.labels.then} {after}"

    def _of(self, each: sums.Eased) -> str:
        return f"{each.eased} {self.labels.of} {each.times}"


def _weighed(rows: Rows) -> bool:
    return sums.weights(rows.sittings) is not None


def _listed(answers: Sequence[int | None]) -> str:
    return ", ".join("\u2013" if each is None else str(each) for each in answers)
