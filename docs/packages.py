"""What the lock holds: each package with its version, hashes, licence, and what it comes with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

TOP = Path(__file__).parents[1]
LOCK = TOP / "requirements.lock"
BLOCK = re.compile(
    r"^([a-z0-9-]+)==(\S+) \\\n((?: +--hash=sha256:\w+(?: \\)?\n)+)((?: +#.*(?:\n|$))+)", re.MULTILINE
)
# SPDX's names for what packages said before there was a field for SPDX's names.
SPOKEN = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
}


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the lock.

    Attributes:
        hashes: SHA-256 of each of its files that may be installed, in order.
        needed_by: Names of packages, or of this project.
        licence: An SPDX expression, as the installed package tells it.

    """

    name: str
    version: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]
    licence: str

    @property
    def purl(self) -> str:
        """Its name in lists of all kinds (package-url)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(lock: Path = LOCK) -> list[Package]:
    """Return what a lock holds, by name; the packages must be installed."""
    return sorted(_read(lock), key=lambda package: package.name)


def _read(lock: Path) -> Iterator[Package]:
    for name, version, hashes, via in BLOCK.findall(lock.read_text(encoding="utf-8")):
        needed_by = re.findall(r"^ +#(?: via)? +(?!via$)([a-z0-9-]+)", via, re.MULTILINE)
        yield Package(
            name, version, tuple(re.findall(r"sha256:(\w+)", hashes)), tuple(needed_by), licence(name)
        )


def licence(name: str) -> str:
    """Return the licence of an installed package, "" where it tells none that is known."""
    told = metadata.metadata(name)
    if expression := told.get("License-Expression"):
        return expression
    kinds = [kind.rpartition(" :: ")[2] for kind in told.get_all("Classifier", []) if "License ::" in kind]
    for said in (told.get("License", ""), *kinds):
        if said == "BSD License":  # two licences have this name
            return "BSD-3-Clause" if "Neither the name" in texts(name) else ""
        if re.fullmatch(r"[A-Za-z]+(-[0-9.]+)+(-[A-Za-z]+)?|MIT", said):  # SPDX's name already
            return said
        if said in SPOKEN:
            return SPOKEN[said]
    return ""


def texts(name: str) -> str:
    """Return the texts of its licence that a package carries with it."""
    there = [
        file for file in metadata.files(name) or () if re.search(r"(?i)licen[cs]e|copying|notice", file.name)
    ]
    return "\n".join(file.read_text(encoding="utf-8") for file in there if file.suffix != ".py")
