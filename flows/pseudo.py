"""The pseudo-language: the English made longer and strange, to find what is not translated and what has no room.

Each text stands between ``⟦`` and ``⟧``. Each letter is a foreign one: an English letter that is still seen was not
a text of a flow.
"""

import re
from dataclasses import replace

from flows.catalog import Catalog
from flows.compiler import Content

PSEUDO = "en_XA"  # XA is nobody's country
KEPT = re.compile(r"(\{[a-z][a-z0-9_]*\}|(?<!\w)/[a-z]+)")  # {names} are filled in, and /commands are typed
PLAIN = "abcdefghijklmnopqrstuvwxyz"
STRANGE = "åƀçđéƒĝĥîĵķļɱñöþɋŕšţüṽŵẋýž"
LETTERS = str.maketrans(PLAIN + PLAIN.upper(), STRANGE + "ÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÜṼŴẊÝŽ")
VOWELS = re.compile("([aeou])")  # written twice: about a third longer, as German is


def pseudo(content: Content) -> Content:
    """Return the content with one more language, whose words were made from the English."""
    wordings = [wording for each in content.flows.values() for _, wording in each.flow.texts]
    wordings += [each for lines in content.lines.values() for line in lines for each in line.wordings]
    words = {wording.id: disguise(wording.text) for wording in wordings}
    return replace(content, catalog=Catalog({**content.catalog.words, PSEUDO: words}))


def disguise(text: str) -> str:
    """Return a text in the pseudo-language: the same ``{names}``, digits and rows, and as many words."""
    parts = KEPT.split(text)
    parts[::2] = [VOWELS.sub(r"\1\1", part).translate(LETTERS) for part in parts[::2]]
    return f"⟦{''.join(parts)}⟧"
