"""Breaks code on purpose, thousands of times, and counts how often no test notices: ``make mutate``.

Works on a copy beneath ``build/mutate``, with the tests named here alone. Arguments are ``core`` (files of ``flows``),
``private`` (files of ``bot`` that seal, keep, erase and hand out) or single files of either without their ending;
without any it takes the core. What survived can be looked at with
``cd build/mutate/work/GROUP && ../../bin/mutmut show NAME``.

In the core 85 % are wanted. In the private code every single one is to be seen by a test, or explained in
``tests/alike.txt``. Functions with a decorator and constants of a module are left alone by the tool.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parents[1]
BUILD = TOP / "build" / "mutate"
ALIKE = Path(__file__).with_name("alike.txt")
MUTMUT = "mutmut==3.8.1"
ENGINE = "run inputs correct change engine waits whereabouts session choices answers insertions machine dates".split()
READER = "reader steps wordings fragments yamltree catalog practice".split()
KILLERS = (
    "session reader reader_faults engine asks lines variables over rests silence correct adopt limits dates fragments"
    " diagnostics laws change"
).split()  # tests of the core, the quick ones first
PRIVATE = {
    "seal": "test_seal store/test_keyring",
    "keys": "test_keys",
    "store/vault": "store/test_vault",
    "store/keyring": "store/test_key_changes",
    "store/copies": "store/test_copies",
    "custody": "test_custody",
    "erasing": "test_erasing",
    "belongings": "test_belongings",
    "page": "test_page",
    "hiding": "test_hiding",
    "lock": "test_lock_word",
    "retention": "test_tending",
    "archive": "test_archive",
    "backup": "test_backup",
    "recovery": "test_recovery",
}  # files of ``bot``, and the tests that see what is broken there
CASES = "400"  # of the laws: a mutant that they find is found soon
CONFIG = """[mutmut]
source_paths={package}
only_mutate=
{files}
also_copy=
    bot
    flows
    docs
    bench
pytest_add_cli_args=
    -x
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection=
{tests}
timeout_multiplier=4
timeout_constant=5
track_dependencies=false
use_git_change_detection=false
"""
TWICE = """
import pytest, sys
class Ids:
    def pytest_collection_modifyitems(self, items):
        self.found = [item.nodeid for item in items]
ids = Ids()
sys.exit(pytest.main([*{arguments}, *{files}], plugins=[ids]) or pytest.main([*{arguments}, *ids.found]))
"""
SQL = re.compile(r'"(SELECT|INSERT|UPDATE|DELETE|DROP|VACUUM|PRAGMA|BEGIN|COMMIT|ROLLBACK) ?')
SURVIVED, UNTESTED = 0, 33  # exit codes that mutmut notes


class Group(NamedTuple):
    """Files that are broken in one run, and the tests that are to see it."""

    name: str
    package: str
    modules: list[str]
    tests: list[str]
    wanted: int  # percent

    @property
    def work(self) -> Path:
        """Where the copy lies."""
        return BUILD / "work" / self.name.replace("/", "_")


def main(names: list[str]) -> int:
    """Mutate modules, print killed and survived for each; 1 if too many of a module survive."""
    low = 0
    for group in _groups(names or ["core"]):
        _copy(group)
        _select_twice(group)
        environment = {**os.environ, "CASES": CASES}
        run = [str(_tool()), "run", "--max-children", os.environ.get("CHILDREN", str(os.cpu_count() or 1))]
        subprocess.run(run, cwd=group.work, env=environment, check=False, stdout=sys.stderr)
        low += sum(not _report(group, name) for name in group.modules)
    return int(low > 0)


def _groups(names: list[str]) -> Iterator[Group]:
    wanted = [
        one for name in names for one in {"core": [*ENGINE, *READER], "private": PRIVATE}.get(name, [name])
    ]
    if core := [name for name in wanted if name not in PRIVATE]:
        yield Group("core", "flows", core, [f"flows/test_{name}" for name in KILLERS], 85)
    for name in wanted:
        if name in PRIVATE:
            yield Group(name, "bot", [name], PRIVATE[name].split(), 100)


def _copy(group: Group) -> None:
    """Copy what is mutated and what the tests need; results of an earlier run do not count."""
    shutil.rmtree(group.work, ignore_errors=True)
    for folder in ("flows", "bot", "tests", "docs", "bench"):
        shutil.copytree(TOP / folder, group.work / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", group.work)
    files = "\n".join(f"    {group.package}/{name}.py" for name in group.modules)
    tests = "\n".join(f"    tests/{name}.py" for name in group.tests)
    (group.work / "setup.cfg").write_text(CONFIG.format(package=group.package, files=files, tests=tests))


def _select_twice(group: Group) -> None:
    """Stop where pytest finds a test once by its id, and not again in the same process: all would seem killed."""
    files = [f"tests/{name}.py" for name in group.tests]
    code = TWICE.format(arguments=["--collect-only", "-qqq", "-p", "no:cacheprovider"], files=files)
    subprocess.run([sys.executable, "-c", code], cwd=group.work, check=True, stdout=subprocess.DEVNULL)


def _tool() -> Path:
    """Return the command, in an environment of its own that sees our libraries as well."""
    tool = BUILD / "bin" / "mutmut"
    if not tool.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BUILD)], check=True)
        pip = [str(BUILD / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, MUTMUT], check=True)
        (site,) = (BUILD / "lib").glob("python*/site-packages")
        (site / "ours.pth").write_text(sysconfig.get_path("purelib"))
    return tool


# --- what came of it --------------------------------------------------------------------


def _report(group: Group, name: str) -> bool:
    """Print the figures of a file and what survived; whether that is good enough."""
    file = f"{group.package}/{name}.py"
    mutated = group.work / "mutants" / file
    meta = mutated.with_name(f"{mutated.name}.meta")
    codes = json.loads(meta.read_text())["exit_code_by_key"] if meta.exists() else {}
    left = {key for key, code in codes.items() if code in (SURVIVED, UNTESTED)}
    bodies = _bodies(mutated)
    changes = {key: _change(bodies, key.rpartition(".")[2]) for key in left}
    alike = _alike(file)
    open_ = {
        key: new for key, (old, new) in changes.items() if new not in alike and not _in_capitals(old, new)
    }
    total = sum(code is not None for code in codes.values())
    share = 100 * (total - len(open_)) / max(total, 1)
    explained = f", {len(left) - len(open_)} alike" if alike else ""
    print(f"{file}: {total - len(left)} killed{explained}, {len(open_)} survived: {share:.0f} %", flush=True)
    print(
        "".join(f"    {key}\n        {change}\n" for key, change in sorted(open_.items())), end="", flush=True
    )
    return total > 0 and share >= group.wanted


def _change(bodies: Mapping[str, list[str]], mutant: str) -> tuple[str, str]:
    """Return the first line that a mutant has otherwise than its original: as it was, as it is."""
    was, now = bodies[f"{mutant.rpartition('__mutmut_')[0]}__mutmut_orig"], bodies[mutant]
    old, new = next(each for each in zip([*was, ""], [*now, ""], strict=False) if each[0] != each[1])
    return old, new if len(now) == len(was) else f"- {old}"


def _in_capitals(old: str, new: str) -> bool:
    """Whether a change is one that SQL does not see."""
    return bool(SQL.search(old)) and old.lower() == new.lower()


def _bodies(mutated: Path) -> dict[str, list[str]]:
    """Return the lines of each function, without its head."""
    source = mutated.read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    functions = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {node.name: lines[node.body[0].lineno - 1 : node.end_lineno] for node in functions}


def _alike(file: str) -> set[str]:
    """Return the changes to a file that nobody can tell from what was there."""
    changes, here = set(), False
    for line in ALIKE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            here = line == f"# {file}"
        elif here and line.startswith("    "):
            changes.add(line.strip())
    return changes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
