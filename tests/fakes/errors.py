"""How the Bot API says no."""

from typing import Any

JSON = dict[str, Any]  # an object of the Bot API; its shape is Telegram's


class Refusal(Exception):
    """A call that is answered with ``ok: false``.

    Attributes:
        code: HTTP status and ``error_code``.
        description: The official wording where it is known.
        parameters: ``ResponseParameters``, or None.

    """

    def __init__(self, code: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def answer(self) -> JSON:
        """Return the body that the server sends."""
        answer: JSON = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters is not None:
            answer["parameters"] = self.parameters
        return answer


def bad_request(reason: str) -> Refusal:
    """Return a 400 whose reason begins with a small letter, as the server's do, unless it is a code."""
    if not reason[:2].isupper():
        reason = reason[:1].lower() + reason[1:]
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    return Refusal(409, f"Conflict: {reason}")
