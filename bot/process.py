"""What this process shows of itself to the machine it runs on."""

import contextlib
import ctypes
import resource

_SET_DUMPABLE = 4  # prctl(2), linux/prctl.h


def seclude() -> None:
    """Leave no image of the memory, and let no other process of this user look into it, nor into the environment.

    For the rest of the process's life. What the machine does not offer is left out: the unit and the container
    ask for the same from outside.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # prctl is Linux's own
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
