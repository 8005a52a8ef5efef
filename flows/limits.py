"""Limits. The first ones protect a person from a talk that has no end: each leads to a kind sentence."""

STEPS_PER_TURN = 60  # more is a loop that the checks missed; a turn has at most a dozen
DEPTH = 10  # flows within flows; deeper, and nobody knows where they came from
TRAIL = 20  # questions that "back" goes back
WORDS = 16_384  # characters of answers in one talk: a long letter, not a book; a bubble's length always fits
ASIDE = 3_600  # seconds; who is asked nothing for longer than this is free to talk of other things
AGE = 30 * 86_400  # seconds without a word; then nobody knows what the question was about
CONTENT_BYTES = 1_000_000  # of one flow's file: a thousand steps
MEDIA_BYTES = 10_000_000  # of one picture (Bot API 10.0, sendPhoto)
HEAVY_BYTES = 50_000_000  # of one animation or sound (Bot API 10.0, sendAnimation, sendAudio)

# --- what fits a chat, and is checked before anyone reads it ---

BUBBLE = 300  # characters; people in pain read little
BUBBLES = 3  # before the person acts
LABEL = 40  # characters that a phone shows on one button
CHOICES = 8  # more are a list that nobody reads
TELEGRAM_TEXT = 4_096  # UTF-16 units of a message (Bot API 10.0)
TELEGRAM_CAPTION = 1_024  # UTF-16 units beneath a picture
TELEGRAM_BUTTONS = 100  # beneath one message
CALLBACK = 64  # bytes that a button carries (Bot API 10.0)
