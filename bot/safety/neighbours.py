"""Finds the training texts that a text is most like: for ``befriend hear --explain``, not for talks."""

from pathlib import Path

import yaml

from bot.safety.encoder import EMBEDDED, Encoder

PHRASES = Path(__file__).with_name("phrases")
MOST = 400  # texts of a label that are looked at


def nearest(encoder: Encoder, text: str, label: str, many: int = 3) -> list[tuple[float, str]]:
    """Return the nearest training texts of a label, with how near they are (1: the same)."""
    texts = [text for text, its in phrases() if its == label][:MOST]
    rows = encoder.rows([text, *texts], [text, *texts])[:, :EMBEDDED]
    near = rows[1:] @ rows[0]
    return [(float(near[at]), texts[at]) for at in near.argsort()[::-1][:many]]


def phrases(folder: Path = PHRASES) -> list[tuple[str, str]]:
    """Return all training texts with their labels, in the order of their files."""
    return [
        (text, group["label"])
        for path in sorted(folder.glob("*/*.yaml"))
        for group in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["groups"]
        for text in group["texts"]
    ]
