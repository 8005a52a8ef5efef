"""Rules about what a chat can carry: buttons, long texts, pictures and sounds."""

from collections.abc import Iterator

from flows.checks.scope import Scope, at, near, own_words
from flows.diagnostics import Diagnostic
from flows.limits import (
    CALLBACK,
    CHOICES,
    HEAVY_BYTES,
    LABEL,
    MEDIA_BYTES,
    TELEGRAM_BUTTONS,
    TELEGRAM_CAPTION,
    TELEGRAM_TEXT,
)
from flows.model import Flow, Media, MediaKind, Step

BESIDE = "1||||ffffff"  # what a button carries beside flow, step and choice
OFFERED = ("leave_it",)  # the longest of the ids that the engine offers at any question
ENDINGS: dict[MediaKind, tuple[str, ...]] = {
    "picture": ("png", "jpg", "jpeg"),
    "animation": ("gif", "mp4"),
    "sound": ("mp3", "m4a", "ogg"),
}


def labels(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A label fits on a phone's button."""
    for choice in flow.labels:
        size = len(choice.label.text)
        if size > LABEL and choice.label.id.startswith(f"{flow.id}/"):
            message = f"the label has {size} characters; {LABEL} at most. Shorten it"
            yield at(flow, choice.row, "F201", message)


def callbacks(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What a button carries fits into it."""
    for step in flow.steps.values():
        choices = [(choice.id, choice.row) for choice in step.choices]
        for id_, row in (*choices, *((name, step.row) for name in OFFERED if step.waits)):
            over = len(f"{BESIDE}{flow.id}{step.id}{id_}".encode()) - CALLBACK
            if over > 0:
                message = f"the names of flow, step and choice '{id_}' are {over} bytes too long together"
                yield at(flow, row, "F201", f"{message}: shorten one")
                break


def choices(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A question has no more choices than a person reads, and never more than Telegram shows."""
    for step in flow.steps.values():
        count = len(step.choices)
        if count > TELEGRAM_BUTTONS:
            message = (
                f"{count} choices; Telegram takes {TELEGRAM_BUTTONS}. Let the person type, or divide them"
            )
            yield at(flow, step.rows["choices"], "F207", message)
        elif count > CHOICES:
            message = (
                f"{count} choices; more than {CHOICES} are hard to read. Put the others under “More choices”"
            )
            yield at(flow, step.rows["choices"], "F206", message)


def sizes(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A text fits into one message, and the text of a picture beneath it."""
    captions = {id(step.show.text) for step in flow.steps.values() if step.show}
    for line, wording, row in own_words(flow):
        most = TELEGRAM_CAPTION if id(line) in captions else TELEGRAM_TEXT
        size = len(wording.text.encode("utf-16-le")) // 2
        if size > most:
            what = "beneath a picture" if most == TELEGRAM_CAPTION else "in one message"
            message = f"{size} characters as Telegram counts; it takes {most} {what}. Divide the text"
            yield at(flow, row, "F204", message)


def media(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What is shown lies in the flow's folder, is of a kind that Telegram shows, and not too big."""
    for step in flow.steps.values():
        if step.show:
            for message in _wrong(step.show, step, scope):
                yield at(flow, step.show.row, "F205", message)


def _wrong(show: Media, step: Step, scope: Scope) -> Iterator[str]:
    name, endings = show.name.partition("/")[2], ENDINGS[show.kind]
    if name.rpartition(".")[2].lower() not in endings:
        yield f"step '{step.id}': {_a(show.kind)} ends in {' or '.join(endings)}; '{name}' does not"
    path = scope.pack.media.get(show.name)
    if path is None:
        return
    if not path.is_file():
        there = [each.name for each in path.parent.glob("*.*") if each.suffix != ".yaml"]
        yield f"step '{step.id}': there is no file '{name}' beside flow.yaml{near(name, there)}"
        return
    most = MEDIA_BYTES if show.kind == "picture" else HEAVY_BYTES
    size = path.stat().st_size
    if size > most:
        limit = f"Telegram takes {most:,} of {_a(show.kind)}"
        yield f"step '{step.id}': '{name}' has {size:,} bytes; {limit}. Make it smaller"


def _a(kind: MediaKind) -> str:
    return f"an {kind}" if kind == "animation" else f"a {kind}"
