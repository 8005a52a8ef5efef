"""Breaks the core on purpose, thousands of times, and counts how often no test notices: ``make mutate``.

Works on a copy beneath ``build/mutate``, with the tests of the engine and the reader alone. Arguments are files of
``flows`` without their ending; without any it takes all those below. What survived can be looked at with
``cd build/mutate/work && ../bin/mutmut show NAME``.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

TOP = Path(__file__).parents[1]
BUILD = TOP / "build" / "mutate"
WORK = BUILD / "work"
MUTMUT = "mutmut==3.8.1"
ENGINE = "run inputs correct change engine waits whereabouts session choices answers insertions machine dates".split()
READER = "reader steps wordings fragments yamltree catalog practice".split()
KILLERS = (
    "session reader reader_faults engine asks lines variables over rests silence correct adopt limits dates fragments"
    " diagnostics laws change"
).split()  # tests, the quick ones first
CASES = "400"  # of the laws: a mutant that they find is found soon
CONFIG = """[mutmut]
source_paths=flows
only_mutate=
{files}
also_copy=
    bot
    docs
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
SURVIVED, UNTESTED = 0, 33  # exit codes that mutmut notes


def main(names: list[str]) -> int:
    """Mutate modules, print killed and survived for each; 1 if a module is below 85 %."""
    modules = names or [*ENGINE, *READER]
    _copy(modules)
    _select_twice()
    environment = {**os.environ, "CASES": CASES}
    run = [str(_tool()), "run", "--max-children", str(os.cpu_count() or 1)]
    subprocess.run(run, cwd=WORK, env=environment, check=False, stdout=sys.stderr)
    return _report(modules)


def _copy(modules: list[str]) -> None:
    """Copy what is mutated and what the tests need; results of an earlier run do not count."""
    shutil.rmtree(WORK, ignore_errors=True)
    for folder in ("flows", "bot", "tests", "docs"):
        shutil.copytree(TOP / folder, WORK / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", WORK)
    files = "\n".join(f"    flows/{name}.py" for name in modules)
    tests = "\n".join(f"    tests/flows/test_{name}.py" for name in KILLERS)
    (WORK / "setup.cfg").write_text(CONFIG.format(files=files, tests=tests))


def _select_twice() -> None:
    """Stop where pytest finds a test once by its id, and not again in the same process: all would seem killed."""
    files = [f"tests/flows/test_{name}.py" for name in KILLERS]
    code = TWICE.format(arguments=["--collect-only", "-qqq", "-p", "no:cacheprovider"], files=files)
    subprocess.run([sys.executable, "-c", code], cwd=WORK, check=True, stdout=subprocess.DEVNULL)


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


def _report(modules: list[str]) -> int:
    low = 0
    for name in modules:
        meta = WORK / "mutants" / "flows" / f"{name}.py.meta"
        found = json.loads(meta.read_text())["exit_code_by_key"] if meta.exists() else {}
        codes = Counter(found.values())
        survived = codes[SURVIVED] + codes[UNTESTED]
        killed = len(found) - survived - codes[None]
        share = 100 * killed / max(killed + survived, 1)
        low += share < 85
        print(f"flows/{name}.py: {killed} killed, {survived} survived: {share:.0f} %")
        print("".join(f"    {key}\n" for key, code in found.items() if code in (SURVIVED, UNTESTED)), end="")
    return int(low > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
