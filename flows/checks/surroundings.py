"""Rules that hold the flows against the shell: what it needs is there, and what keeps people safe is not lost."""

from collections.abc import Iterator
from pathlib import PurePath

from flows.checks.scope import Scope, at, near
from flows.diagnostics import Diagnostic
from flows.shell import SAID, Shell


def needed(scope: Scope) -> Iterator[Diagnostic]:
    """Every flow that the shell begins, and every line that is said without a flow, is there."""
    shell = scope.shell or Shell()
    for id_ in shell.begins:
        if id_ not in scope.talks and id_ not in scope.unread:
            message = f"the bot needs a flow '{id_}', and there is none{near(id_, scope.talks)}"
            yield Diagnostic(f"{_folder(scope)}/{id_}/flow.yaml", 1, "F601", message)
    shared = [flow for flow in scope.flows.values() if flow.kind == "lines"]
    lines = [name for flow in shared for name in flow.lines]
    said = dict.fromkeys((*SAID, *shell.lines)) if scope.shell else ()
    for name in said:
        if name not in lines:
            path = shared[0].path if shared else f"{_folder(scope)}/system/flow.yaml"
            message = f"the bot says the line '{name}', and there is none{near(name, lines)}"
            yield Diagnostic(path, 1, "F602", f"{message}: write it beneath 'lines'")


def replaced(scope: Scope) -> Iterator[Diagnostic]:
    """A flow that takes the place of another does what others count on; a safety flow is never replaced unnoticed."""
    for id_, old in scope.pack.replaced.items():
        new = scope.flows[id_]
        for what, before, now in (("takes", old.takes, new.takes), ("returns", old.returns, new.returns)):
            lost = [name for name in before if name not in now]
            if lost:
                message = (
                    f"the flow in whose place this stands {what} {', '.join(lost)}: add them to '{what}'"
                )
                yield at(new, new.rows.get(what, 1), "F603", message)
        if scope.shell and id_ in scope.shell.guarding:
            message = f"'{id_}' takes the place of a flow that keeps people safe: read both side by side"
            yield at(new, new.rows.get("flow", 1), "F604", message)


def _folder(scope: Scope) -> str:
    """Return the folder of all flows, as it is shown."""
    paths = [PurePath(flow.path).parent.parent for flow in scope.flows.values()]
    return str(paths[0]) if paths else "content"
