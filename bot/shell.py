"""What the flows may count on of the bot, for their checks. ``tests/test_shell.py`` holds it against the code."""

from flows.shell import Shell

_CARD = ("lines", "emergency", "country_name")
_FOUND = ("found", "candidate", "clock", "places", "zones", "told", "half")
_DANGER = ("direct", "helpnow", "door")
_OWN = ("export", "forget", "renew", "lock", "hide", "knock")

SHELL = Shell(
    actions={
        "age": ("adult",),
        "consent": (),
        "decline": (),
        "helplines": (*_CARD, "has_country"),
        "country": (*_CARD, "has_country", "known"),
        "remember": (),
        "hear": ("intent", "topic", "short"),
        "risk": (),
        "outcome": (),
        "pin": (),
        "holdings": ("kept", "outcomes", "timers", "settings", "talks"),
        "export": ("exported",),
        "forget": (),
        "keep_off": (),
        "lock_state": ("locked", "asked", "rests"),
        "lock_hide": (),
        "lock_off": (),
        "hide": (),
        "take_up": (),
        "put_off": (),
        "let_go": (),
        "zone_find": _FOUND,
        "zone_fixed": _FOUND,
        "zone_set": ("zone", "zone_kept"),
    },
    noting=("remember",),
    begins=(
        *_DANGER,
        "welcome",
        "menu",
        "return",
        "concrete",
        "zone",
        "opening",
        "outward",
        "closing",
        *_OWN,
    ),
    lays=(*_DANGER, "return", "concrete", "zone", *_OWN),
    lines={
        "unheard": (),
        "broken": (),
        "stopped": (),
        "hidden": (),
        "leaving": (),
        "last_leaving": (),
        "nothing_here": (),
        "not_it": (),
        "already_plain": (),
        "already_tender": (),
        "about": (),
        "near": (),
        "program": (),
        "error": ("lines",),
        "help_text": (),
        "privacy_text": (),
        "settings_text": (),
    },
    variables=(
        *("contact", "min_age"),  # of the bot
        *(
            "warmth",
            "country",
            "zone",
            "zone_label",
            "risk",
            "consent",
            "keyboard",
            "asked_at",
            "hidden_at",
        ),  # of the person
        *("first_words", "door"),  # of what was just said
    ),
    heard=(
        *(
            "crisis",
            "self_criticism",
            "grief",
            "stop",
            "distress",
            "neutral",
        ),  # intents; the others are topics
        *(
            "retract",
            "asks_why",
            "at_bot",
            "bye",
            "fine",
            "not_it",
            "cant_think",
            "about_bot",
            "smalltalk",
            "unclear",
        ),
        *("wants_friend", "wants_touch", "wants_ground", "wants_break", "good_news", "thanks"),
        *("anxious", "angry", "ashamed", "lonely", "tired"),
    ),
    guarding=(*_DANGER, "safer"),
    unasked=("knock", "leaving", "last_leaving"),
)
