"""A person's place, as it is stored."""

from flows.session import Ahead, Answered, Frame, Session, from_json
from flows.turn import Correct, Repeat
from tests.flows.talk import Talk, flow, unchecked

SECRET = "what nobody else should read"


def told():
    """Return a session that holds a person's words wherever it can."""
    values = {"what": SECRET}
    trail = [Answered("a", dict(values), "go", dict(values)), Answered("b", {"what": None})]
    frames = [
        Frame("tea", "1", "a", "2", dict(values), trail),
        Frame("walk", answers=dict(values), over=True, done=True),
    ]
    return Session(frames, "mark", 3, 1, "mark", True, True, 9, [Ahead("tea", "a", dict(values), "go")])


def test_what_a_person_said_is_never_shown():
    """Neither in a log nor in a traceback."""
    session = told()
    shown = f"{session!r} {session.frames!r} {session.top!r} {session.frames[0].trail!r} {session.ahead!r}"
    assert SECRET not in shown
    assert "Frame(tea/a), Frame(walk/, over, done)" in shown
    assert "Answered(a, go)" in shown
    assert "Ahead(a, go)" in shown


def test_a_session_is_the_same_when_it_was_stored_and_loaded():
    """Every part of it."""
    assert from_json(told().to_json()) == told()


def test_a_copy_changes_alone():
    """Answers, trail and what lies ahead belong to one session only."""
    session, copy = told(), told().copy()
    copy.frames[0].answers["what"] = "else"
    copy.frames[0].trail.pop()
    copy.frames.pop()
    copy.ahead.clear()
    assert session == told()


def test_words_are_forgotten_and_the_place_stays():
    """Nothing of what was said is left, and the talk goes on."""
    session = told()
    session.forget()
    assert SECRET.encode() not in session.to_json()
    assert session.letters == 0
    assert [(frame.flow, frame.step) for frame in session.frames] == [("tea", "a"), ("walk", "")]

    talk = Talk(unchecked(tea=flow("tea", a='say: "A?", ask: x, to: b', b='say: "B {x}?", ask: y, to: end')))
    talk.say(SECRET).give(Correct()).turn.session.forget()
    assert talk.give(Repeat()).said == ["B ?"]


def test_the_talk_on_top_begins_where_it_was_laid_over():
    """With all that it has called."""
    frames = [Frame("a"), Frame("b", over=True), Frame("c"), Frame("d", over=True), Frame("e")]
    assert [Session(frames[:many]).base for many in range(1, 6)] == [0, 1, 1, 3, 3]
