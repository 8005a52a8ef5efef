"""``python -m bot.look``: a chart comes in, a picture goes out. A process of its own, for one picture."""

import contextlib
import os
import sys

from bot.look.picture import draw
from bot.process import seclude

PATIENT = 10  # how much less it is than those who talk; a unit may forbid even that

if __name__ == "__main__":
    seclude()
    with contextlib.suppress(OSError):
        os.nice(PATIENT)
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read()))
