"""The core alone: compiling content, one turn of the engine, and transitions used naively beside it."""

import asyncio
import statistics
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import dialog
from bench.peers import handler, machine
from flows.compiler import Content, compile_content
from flows.engine import begin, resume
from flows.limits import DEPTH, TRAIL
from flows.session import Answered, Frame, Session, from_json
from flows.turn import Facts, Text

FLOWS, STEPS = 100, 20  # of the generated content
TURNS = 6_000
DIALOG = Path(__file__).parent / "flow"
PEOPLE = 2_000  # who each take a turn while memory is counted
NAIVE_PEOPLE = 500  # add_model costs more for each: 10,000 would take minutes


def measure() -> Iterator[dict[str, Any]]:
    """Yield the figures of the core."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield _compiling(Path(folder))
        yield _turns(Path(folder) / "dialog")
    yield {"bench": "core", "bot": "python-telegram-bot, ConversationHandler alone"} | handler.run(PEOPLE)
    yield {"bench": "core", "bot": "transitions, add_model for each person"} | machine.naive(NAIVE_PEOPLE)
    yield {"bench": "core", "bot": "transitions, AsyncMachine"} | asyncio.run(
        machine.naive_async(NAIVE_PEOPLE)
    )


def _compiling(folder: Path) -> dict[str, Any]:
    for number in range(FLOWS):
        (folder / f"flow{number}").mkdir()
        (folder / f"flow{number}" / "flow.yaml").write_text(_flow(f"flow{number}"), encoding="utf-8")
    began = perf_counter()
    compile_content(folder)
    return {
        "bench": "core",
        "bot": "befriend",
        "what": "compile",
        "flows": FLOWS,
        "steps": FLOWS * STEPS,
        "s": round(perf_counter() - began, 2),
    }


def _flow(name: str) -> str:
    steps = [_step(number, f"s{number + 1}" if number + 1 < STEPS else "end") for number in range(STEPS)]
    return f"flow: {name}\ntitle: Generated\nreview: needed\nsteps:\n{''.join(steps)}"


def _step(number: int, to: str) -> str:
    """Write one step: a choice, words, a number, or something that is only said."""
    waits = (
        '    choices:\n      - {id: a, label: "One way"}\n      - {id: b, label: "Another"}\n',
        f"    ask: words{number}\n",
        (
            f"    ask: {{name: n{number}, number: [0, 10]}}\n"
            f"    when:\n      - {{answer: {{n{number}: 8..10}}, to: end}}\n"
        ),
        "",
    )
    return f"""  s{number}:
    say:
      plain: "Step {number} of this, in a few plain words."
      warm: "Step {number}, take it slow."
{waits[number % 4]}    to: {to}
"""


def _turns(folder: Path) -> dict[str, Any]:
    """Time a stored session, one typed answer, and the session stored again."""
    (folder / "welcome").mkdir(parents=True)
    (folder / "welcome" / "flow.yaml").write_bytes((DIALOG / "flow.yaml").read_bytes())
    content = compile_content(folder)
    alone, stored = _walk(content)
    return {
        "bench": "core",
        "bot": "befriend",
        "what": "resume",
        "turn_us": round(statistics.median(alone) * 1e6, 1),
        "with_session_us": round(statistics.median(stored) * 1e6, 1),
        "person_bytes": _weight(content),
        "session_bytes": _session(),
    }


def _weight(content: Content) -> int:
    """Return the bytes that the engine still holds for each person after their turn."""
    body = _begun(content)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(PEOPLE):
        resume(content, from_json(body), Text(dialog.STEPS[0].answer), Facts())
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return round(held / PEOPLE)


def _begun(content: Content) -> bytes:
    session = begin(content, "welcome", Facts()).session
    assert session
    return session.to_json()


def _session() -> int:
    """Return the size of the fullest session that can be, without the person's own words."""
    trail = [Answered("a_step_of_this", {"name_of_answer": None}, "=a_choice") for _ in range(TRAIL)]
    frames = [
        Frame("a_flow_of_ours", "0f0f0f0f", "a_step_of_this", "0f0f0f0f", {"name_of_answer": ""}, over=True)
        for _ in range(DEPTH)
    ]
    frames[-1].trail.extend(trail)
    return len(Session(frames, "ffffff", 999, touched=dialog.DATE, answered="ffffff").to_json())


def _walk(content: Content) -> tuple[list[float], list[float]]:
    facts, alone, stored = Facts(), [], []
    body = _begun(content)
    for turn in range(TURNS):
        text = Text(dialog.STEPS[turn % 6].answer)
        loaded = perf_counter()
        before = from_json(body)
        began = perf_counter()
        session = resume(content, before, text, facts).session
        ended = perf_counter()
        assert session
        body = session.to_json()
        alone.append(ended - began)
        stored.append(perf_counter() - loaded)
    return alone, stored
