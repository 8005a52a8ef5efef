"""Which talks go on alike: what of a place later conditions can see."""

from collections.abc import Mapping

from flows.session import Frame
from flows.turn import Heard
from flows.walk.bearing import HEARD, KNOWN, At, Bearing, Tests
from flows.walk.values import Signs, Values

Known = Mapping[str, str]
Named = tuple[tuple[str, frozenset[tuple[str, ...]]], ...]


class Likeness:
    """Tells places apart. Lives for one walk."""

    def __init__(self, bearing: Bearing, values: Values) -> None:
        self.bearing, self.values = bearing, values
        self._standing: dict[At, tuple[Named, Named]] = {}

    def frame(self, frame: Frame, known: Known) -> Signs:
        """Return what bears on how a flow goes on from where it stands."""
        at = frame.flow, frame.step
        if (divided := self._standing.get(at)) is None:
            divided = self._standing[at] = _divided(self.bearing.standing[at])
        sign = self.values.sign
        answered = tuple([sign(tests, frame.answers.get(name, "")) for name, tests in divided[0]])
        return (
            *at,
            frame.over,
            answered,
            tuple([sign(tests, known.get(name, "")) for name, tests in divided[1]]),
        )

    def entry(self, flow: str, answers: Known, known: Known) -> Signs:
        """Return what bears on how a flow goes that is entered with certain answers."""
        return self._signs(self.bearing.beginning(flow), answers, known)

    def exit(self, flow: str, answers: Known, known: Known, heard: Heard) -> Signs:
        """Return what bears on how callers go on when a flow ends."""
        tests = self.bearing.ending(flow)
        return flow, self._signs(tests, answers, known), heard_signs(tests, heard)

    def heard(self, frame: Frame, heard: Heard) -> Signs:
        """Return what bears of the words of this turn."""
        return heard_signs(self.bearing.standing[frame.flow, frame.step], heard)

    def _signs(self, tests: Tests, answers: Known, known: Known) -> Signs:
        answered, remembered = _divided(tests)
        return (
            *(self.values.sign(each, answers.get(name, "")) for name, each in answered),
            *(self.values.sign(each, known.get(name, "")) for name, each in remembered),
        )


def heard_signs(tests: Tests, heard: Heard) -> Signs:
    """Return which tests the words of a turn meet."""
    words = {heard.intent, heard.topic}
    return tuple(bool(words & set(test)) for test in sorted(tests.get(HEARD, ())))


def _divided(tests: Tests) -> tuple[Named, Named]:
    """Return the tests of answers, and those of what is known."""
    named = sorted((name, each) for name, each in tests.items() if name != HEARD)
    known = ((name.removeprefix(KNOWN), each) for name, each in named if name.startswith(KNOWN))
    return tuple((name, each) for name, each in named if not name.startswith(KNOWN)), tuple(known)
