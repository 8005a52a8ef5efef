"""Judges every call by three independent sources: aiogram's models, the table of limits, Telegram's parser."""

from dataclasses import dataclass, field

from tests.fakes import limits, markup, schema
from tests.fakes.errors import JSON, Refusal, bad_request

TEXTS = {  # which field of which method is a message's text, and where its entities are
    "sendmessage": ("text", "entities"),
    "editmessagetext": ("text", "entities"),
    "sendphoto": ("caption", "caption_entities"),
    "sendanimation": ("caption", "caption_entities"),
    "sendaudio": ("caption", "caption_entities"),
    "sendvoice": ("caption", "caption_entities"),
    "senddocument": ("caption", "caption_entities"),
    "editmessagecaption": ("caption", "caption_entities"),
    "copymessage": ("caption", "caption_entities"),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one call broke. Holds no text of a message."""

    method: str
    problem: str


@dataclass(slots=True)
class Checks:
    """Remembers every violation since the start."""

    violations: list[Violation] = field(default_factory=list)

    def check(self, method: str, params: JSON) -> JSON:
        """Return the parameters with the text as Telegram shows it.

        Raises:
            Refusal: With the first problem; all of them are recorded.

        """
        found = schema.problems(method, params) or limits.problems(method, params)
        shown: JSON = {}
        if not found and (fields := TEXTS.get(method.lower())):
            shown, problem = _show(params, *fields)
            found += [problem] if problem else []
        if found:
            raise self.record(method, found)
        return params | shown

    def record(self, method: str, problems: list[str]) -> Refusal:
        """Remember problems; return the answer to the first."""
        self.violations += [Violation(method, each) for each in problems]
        return bad_request(problems[0])


def _show(params: JSON, field: str, entities: str) -> tuple[JSON, str | None]:
    given = params.get(field) or ""
    try:
        shown = markup.show(given, params.get("parse_mode") or "", params.get(entities))
    except Refusal as refusal:
        return {}, refusal.description.removeprefix("Bad Request: ")
    return {field: shown.text, entities: shown.entities}, limits.text_problem(field, shown.text, given)
