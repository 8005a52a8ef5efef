"""A person's own word, before what shows everything or takes it away. The word itself is kept nowhere.

It is asked for by the flows ``lock`` and ``unlock``; what is typed there goes no further than to here, and the flow
hears how it was: ``fits``, ``misfit`` or ``rests``; for a new word ``taken``, ``same`` or ``differs``; or ``long``;
``shut`` where an older word has to be said first.
"""

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta

from bot.desk import Desk, Values
from bot.model import Lock

SETS, OPENS = FLOWS = "lock", "unlock"  # that ask for a word
LONGEST = 64  # characters
OPEN = timedelta(minutes=5)  # so long after it was said it is not asked for again
TRIES = 5  # wrong ones, after which each further one has to wait
REST = timedelta(minutes=1)  # the first such wait; doubles from there …
LONGEST_REST = timedelta(hours=1)  # … up to this
COST = 2**13  # of scrypt: 8 MB and some 25 ms, on the store's own thread


def answer(lock: Lock, flow: str, text: str, now: datetime) -> str:
    """Return how a typed word was, and remember that."""
    word = _plain(text)
    if flow == SETS:
        return _take(lock, word, now)
    if minutes(lock, now):
        return "rests"
    if _fits(word, lock.word):
        lock.tries, lock.rests_until, lock.opened_at = 0, "", now.isoformat()
        return "fits"
    lock.tries += 1
    if lock.tries >= TRIES:
        rest = min(REST * 2 ** min(lock.tries - TRIES, 10), LONGEST_REST)
        lock.rests_until = (now + rest).isoformat()
        return "rests"
    return "misfit"


def minutes(lock: Lock, now: datetime) -> int:
    """Return in how many minutes a further try counts, rounded up; 0 if at once."""
    if not lock.rests_until:
        return 0
    left = datetime.fromisoformat(lock.rests_until) - now
    return max(0, -(-left // timedelta(minutes=1)))


def is_open(lock: Lock, now: datetime) -> bool:
    """Whether there is no word, or it was said a moment ago."""
    if not lock.word:
        return True
    return bool(lock.opened_at) and now - datetime.fromisoformat(lock.opened_at) < OPEN


def _take(lock: Lock, word: str, now: datetime) -> str:
    """Take a new word, which has to be said twice."""
    first, lock.first = lock.first, ""
    if not is_open(lock, now):  # the question stood open meanwhile, for whoever holds the phone now
        return "shut"
    if not 0 < len(word) <= LONGEST:
        return "long"
    if not first:
        lock.first = _digest(word, secrets.token_bytes(16))
        return "taken"
    if not _fits(word, first):
        return "differs"
    lock.word, lock.opened_at = first, now.isoformat()
    return "same"


def _plain(text: str) -> str:
    """Return a word as it is compared: whoever is upset hits other keys."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _fits(word: str, kept: str) -> bool:
    salt = bytes.fromhex(kept.partition(":")[0])
    return hmac.compare_digest(_digest(word, salt), kept)


def _digest(word: str, salt: bytes) -> str:
    found = hashlib.scrypt(word.encode("utf-8", "surrogatepass"), salt=salt, n=COST, r=8, p=1, dklen=32)
    return f"{salt.hex()}:{found.hex()}"


# --- what the flows may ask for ---


def state(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether there is a word, whether it has to be said now, and how long a further try has to wait."""
    lock = desk.person.lock
    lock.first = ""
    asked = "" if is_open(lock, desk.now) else "yes"
    return {"locked": "yes" if lock.word else "", "asked": asked, "rests": str(minutes(lock, desk.now) or "")}


def hiding(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note whether the word comes before emptying the chat too; say whether it is so now."""
    lock, wanted = desk.person.lock, given.get("hide") == "yes"
    if is_open(lock, desk.now):
        lock.hide = wanted
    return {"noted": "yes" if lock.hide == wanted else ""}


def off(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Take the word away, for someone who has just said it; say whether it is gone."""
    if is_open(desk.person.lock, desk.now):
        desk.person.lock = Lock()
    return {"noted": "" if desk.person.lock.word else "yes"}


def hide(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Empty the chat; the visit does it."""
    return {}


LOCK_ACTIONS = {"lock_state": state, "lock_hide": hiding, "lock_off": off, "hide": hide}
