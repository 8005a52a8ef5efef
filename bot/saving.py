"""Files for people on this machine: theirs alone, and never written over another."""

import os
from itertools import count
from pathlib import Path

MANY = 1000  # files of one name; more is a loop


def save(folder: Path, name: str, body: bytes) -> Path:
    """Write a file with mode 600 and return where it lies; a number is put into a name that is taken.

    Raises:
        OSError: It cannot be written.

    """
    wanted = Path(name).name  # never a path
    for number in count(1):
        path = folder / (wanted if number == 1 else f"{Path(wanted).stem}-{number}{Path(wanted).suffix}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if number < MANY:
                continue
            raise
        break
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    return path
