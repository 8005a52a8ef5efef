"""Child processes of the bench: started, pinned to their core, measured, ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0))
BOT_CORE, LOAD_CORE = CORES[0], CORES[-1]  # the same one where there is only one
PATIENCE = 5.0  # s to end kindly after SIGTERM


class Silent(Exception):
    """A bot could not be measured; the message holds the end of what it logged."""


def tail(log: Path) -> str:
    """Return the end of a log."""
    return log.read_text(errors="replace")[-2000:] or "it said nothing"


def pin_load() -> None:
    """Keep this process on the load's core."""
    os.sched_setaffinity(0, {LOAD_CORE})


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child: ours, without settings of a bot that lives here."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BEFRIEND_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | dict(extra or {})


@contextmanager
def running(
    arguments: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Python child on the bot's core until the block ends; its errors go to ``log``."""
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, *arguments], stdout=errors, stderr=errors, cwd=log.parent, env=environment(env)
        )
        try:
            os.sched_setaffinity(child.pid, {BOT_CORE})
            yield child
        finally:
            _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGKILL)  # nothing of a bench run is worth keeping
    child.wait(PATIENCE)


def cpu_seconds(pid: int) -> float:
    """Return processor time used so far, all threads, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int | str) -> float:
    """Return resident memory in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return 0.0


def cpu_seconds_here() -> float:
    """Return processor time that this process has used so far."""
    times = os.times()
    return times.user + times.system


def core_seconds() -> float:
    """Return how long the bots' core has been busy so far, whoever used it, this machine's host included."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{BOT_CORE}":
            idle, waiting = int(ticks[3]), int(ticks[4])
            return (sum(map(int, ticks[:8])) - idle - waiting) / TICKS
    return 0.0


def others_share(core_s: float, bot_s: float, lasted: float) -> float:
    """Return the part of the bots' core that something else took while a bot was measured."""
    return max(0.0, round((core_s - bot_s) / lasted, 2))
