"""What ``befriend flows new`` writes: small flows that pass every check, in the tone of the others."""

HEAD = """\
# yaml-language-server: $schema={schema}
# What this flow is for, in a sentence for whoever reads it next.
flow: {id}
title: {title}
kind: {kind}
minutes: {minutes}
sources: [S2]           # what it rests on: keys of docs/sources.md
review: needed          # or {{by: Name, role: Role, date: 2026-11-26}}, once someone has read it
"""

WHOLE = """
steps:                  # the first one is where it begins
  offer:
    say: "There's one small thing here, if you like. It takes two minutes."
    choices:            # buttons: a short id that stays, the words on it, where it leads
      - {{id: "yes", label: "All right", to: look}}
      - {{id: "no", label: "Not now", to: later}}
    skip: later         # every question can be skipped
  look:
    say:                # plain is for everyone; warm for those who like it warmer
      plain: "You could look for one thing nearby that is all right to look at. Twenty seconds."
      warm: "There's no hurry. You could let your eyes rest on one thing nearby. Twenty seconds."
    after: {{seconds: 20, to: word}}
    choices:
      - {{id: "on", label: "Go on", to: word}}
    skip: word
  word:
    say: "What was it? A word or two is enough."
    ask: seen           # what is typed is kept as {{seen}} until the flow ends
    when:
      - {{answer: {{seen: brief}}, to: said}}     # short enough to be said back
    skip: close
    to: close
  said:
    say: "“{{seen}}”. That was there too."
    to: close
  close:
    say:                # any: the bot takes turns with these
      any:
        - "That was all. You can leave it at that."
        - "That's the whole of it. Nothing more is needed."
    to: end
  later:
    say: "Then not now. That's fine."
    to: end
"""

PART = """returns: [word]         # what the flow that calls this one gets to know

steps:                  # the first one is where it begins
  ask:
    say: "Is there a word for how it is right now? Any word will do."
    ask: word           # what is typed is kept under this name
    skip: end           # every question can be skipped
    to: thanks
  thanks:
    say:                # any: the bot takes turns with these
      any:
        - "Good to know. Thank you."
        - "Thank you. That's enough."
    to: end             # back to where it was called
"""


def fill(kind: str, id_: str, title: str, schema: str) -> str:
    """Return a flow's first text. ``title`` is YAML, in quotes where it needs them."""
    body = PART if kind == "part" else WHOLE
    minutes = 1 if kind == "part" else 2
    return (HEAD + body).format(schema=schema, id=id_, title=title, kind=kind, minutes=minutes)
