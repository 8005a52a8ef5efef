"""The colours and letters of pictures: quiet, the same in meaning by day and by night, and on paper."""

from collections.abc import Mapping

TEXT, SMALL = 13, 11  # sizes of letters
FONTS = "'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"
LIGHT = {
    "page": "#faf9f6", "card": "#ffffff", "line": "#c9c5bb", "ink": "#23271f", "faint": "#62655c",
    "bubble": "#eef1ec", "accent": "#3f6f5f", "call": "#e3eefb", "deep": "#1d5a96", "warn": "#9c2f1e",
}  # fmt: skip
DARK = {
    "page": "#16191a", "card": "#1f2425", "line": "#4a5152", "ink": "#e8eae6", "faint": "#a7ada6",
    "bubble": "#2c3335", "accent": "#8fcab4", "call": "#1d3247", "deep": "#9cc8f5", "warn": "#ff9d8a",
}  # fmt: skip
HUES_LIGHT = ("#a8441c", "#1c6a8a", "#6a4aa5", "#44702a", "#a12d63", "#7a6000")
HUES_DARK = ("#f0a07c", "#84c7e6", "#c0a6f2", "#a9d48a", "#f09cc2", "#dcc25a")
HUES = len(HUES_LIGHT)
SHAPES = f"""
text{{font-family:{FONTS};font-size:{TEXT}px}} .title{{font-size:24px}} .note,.delicate,.begins{{font-size:{SMALL}px}}
.title,.id,.to,.flow,.badge{{font-weight:bold}} .badge,.ended{{text-anchor:middle}}
.to,.delicate,.begins{{text-anchor:end}} .when,.skip,.typed,.then,.after{{font-style:italic}}
.wire,.rule,.hair,.bars,.clock{{fill:none}} .wire{{stroke-width:1.8}} .hair{{stroke-width:.5}}
.pill,.leave,.over,.clock{{stroke-width:1.3}} .start,.tender{{stroke-width:2.5}}
.over{{stroke-dasharray:4 3}} .media{{stroke-dasharray:3 2}}"""
COLOURS = """
.page,.badge{fill:PAGE} .card{fill:CARD;stroke:LINE} .rule,.hair{stroke:LINE} text{fill:INK}
.bubble,.media{fill:BUBBLE} .media,.clock{stroke:FAINT} .pill{fill:CARD;stroke:ACCENT} .tap,.begins{fill:ACCENT}
.note,.about,.when,.skip,.typed,.then,.after,.end{fill:FAINT} .ended{fill:CARD}
.call,.leave,.over{fill:CALL;stroke:DEEP} .bars{stroke:DEEP} .flow{fill:DEEP}
.start{stroke:ACCENT} .tender{stroke:WARN} .delicate{fill:WARN}"""


def style() -> str:
    """Return the style sheet of a picture."""
    night = f"@media screen and (prefers-color-scheme: dark){{{_colours(DARK, HUES_DARK)}\n}}"
    return f"{SHAPES}{_colours(LIGHT, HUES_LIGHT)}\n{night}\n@media print{{.page{{fill:none}}}}\n"


def _colours(ink: Mapping[str, str], hues: tuple[str, ...]) -> str:
    rules = COLOURS
    for name, colour in ink.items():
        rules = rules.replace(name.upper(), colour)
    for number, colour in enumerate(hues):
        rules += f"\n.f{number},.t{number}{{fill:{colour}}} .l{number}{{stroke:{colour}}}"
    return rules
