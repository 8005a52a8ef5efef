"""Draw the breath: `python -m docs.breath` writes the pictures of the flow `box`, moving and still.

A disc grows on the way in and gets smaller on the way out. Dots say the same without motion: one fills each second,
going up on the way in, level for a hold, down on the way out. One scale of light carries all of it, so that nothing
rests on telling colours apart; the ground is the picture's own and dark, for a chat at night. No words: it is read in
every language. Nothing flashes: no large part of it gets lighter or darker quickly (WCAG 2.2, 2.3.1).
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from math import cos, pi
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

HERE = Path(__file__).parents[1] / "flows" / "content" / "box"
SIDE = 400  # pixels of the square; Telegram makes it as wide as a bubble
FINE = 4  # drawn so many times larger and then made smaller: Pillow draws circles without soft edges
FRAMES = 10  # a second
SHADES = 32  # between the ground and the lightest dot; more would only make the file larger
EMPTY, DISC, RIM, FULL = 97, 104, 172, 255  # light of each thing; the ground is 0
HALO = ((22, 12), (15, 24), (8, 38))  # pixels around the disc, and their light
GROUND, MIDDLE, LIGHT = (32, 46, 56), (103, 153, 158), (240, 246, 238)  # the scale that these are read on
SMALL, LARGE = 38.0, 104.0  # radius of the disc in pixels, with empty and with full lungs

Point = tuple[float, float]


class Phase(NamedTuple):
    """A part of one breath. ``start`` and ``end`` are how full the lungs are, from 0 to 1."""

    seconds: int
    start: float
    end: float


class Breath(NamedTuple):
    """A breath that is drawn over and over. ``dots`` has a place for each second; ``columns`` are of the still form."""

    name: str
    phases: tuple[Phase, ...]
    centre: Point
    dots: tuple[Point, ...]
    columns: int


def hill(up: int, down: int) -> tuple[Point, ...]:
    """Return places beneath the disc: up on the way in, down on the way out."""
    wide, low, high = 28.0, SIDE - 48.0, 56.0
    left = (SIDE - wide * (up + down - 1)) / 2
    heights = [(at + 0.5) / up for at in range(up)] + [1 - (at + 0.5) / down for at in range(down)]
    return tuple((left + wide * at, low - high * height) for at, height in enumerate(heights))


def square(each: int) -> tuple[Point, ...]:
    """Return places around the disc: up its left side, along the top, down, and back along the foot."""
    edge, far = 52.0, SIDE - 52.0
    steps = [edge + (far - edge) * (at + 0.5) / each for at in range(each)]
    back = steps[::-1]
    sides = ([(edge, y) for y in back], [(x, edge) for x in steps], [(far, y) for y in steps])
    return (*sides[0], *sides[1], *sides[2], *((x, far) for x in back))


IN, OUT = Phase(4, 0, 1), Phase(6, 1, 0)
BREATHS = (
    Breath("out", (IN, OUT), (SIDE / 2, 156), hill(4, 6), columns=2),
    Breath(
        "even",
        (IN, Phase(4, 1, 1), Phase(4, 1, 0), Phase(4, 0, 0)),
        (SIDE / 2, SIDE / 2),
        square(4),
        columns=2,
    ),
)


NAMES = tuple(f"{breath.name}.{ending}" for ending in ("gif", "png") for breath in BREATHS)


def draw(name: str) -> bytes:
    """Return the file of that name: one breath, moving or still."""
    wanted, _, ending = name.partition(".")
    breath = next(each for each in BREATHS if each.name == wanted)
    return gif(breath) if ending == "gif" else png(breath)


def gif(breath: Breath) -> bytes:
    """Return one breath as a moving picture without an end."""
    first, *others = (_coloured(frame) for frame in frames(breath))
    made = BytesIO()
    first.save(
        made, "GIF", save_all=True, append_images=others, duration=1000 // FRAMES, loop=0, optimize=False
    )
    return made.getvalue()


def png(breath: Breath) -> bytes:
    """Return the phases of one breath side by side, each as it stands at its end."""
    rows = -(-len(breath.phases) // breath.columns)
    sheet = Image.new("L", (SIDE * breath.columns, SIDE * rows))
    passed = 0
    for number, phase in enumerate(breath.phases):
        passed += phase.seconds
        row, column = divmod(number, breath.columns)
        sheet.paste(_still(breath, phase, passed), (SIDE * column, SIDE * row))
    made = BytesIO()
    _coloured(sheet).save(made, "PNG")
    return made.getvalue()


def frames(breath: Breath) -> Iterator[Image.Image]:
    """Yield each frame as light on the scale, from 0 to 255."""
    passed = 0
    for phase in breath.phases:
        for frame in range(phase.seconds * FRAMES):
            sheet = _Sheet()
            sheet.disc(breath.centre, _radius(phase, frame / (phase.seconds * FRAMES)))
            sheet.dots(breath.dots, range(passed + frame // FRAMES, passed + frame // FRAMES + 1))
            yield sheet.done()
        passed += phase.seconds


def _still(breath: Breath, phase: Phase, passed: int) -> Image.Image:
    """Return a phase at its end, with the size that the disc had before and wedges that say which way it went."""
    sheet = _Sheet()
    sheet.disc(breath.centre, _radius(phase, 1))
    if phase.start != phase.end:
        sheet.ring(breath.centre, _radius(phase, 0))
        sheet.wedges(breath.centre, inward=phase.end < phase.start)
    sheet.dots(breath.dots, range(passed - phase.seconds, passed))
    return sheet.done()


def _radius(phase: Phase, part: float) -> float:
    """Return the disc's radius; it starts and stops softly."""
    full = phase.start + (phase.end - phase.start) * (1 - cos(pi * part)) / 2
    return SMALL + (LARGE - SMALL) * full


class _Sheet:
    """Paper and pencil. Lives for one frame."""

    def __init__(self) -> None:
        self._image = Image.new("L", (SIDE * FINE, SIDE * FINE))
        self._pen = ImageDraw.Draw(self._image)

    def disc(self, at: Point, radius: float) -> None:
        for wider, light in (*HALO, (0, RIM), (-4, DISC)):
            self._circle(at, radius + wider, light)

    def ring(self, at: Point, radius: float) -> None:
        box = self._box(at, radius)
        for start in range(0, 360, 20):
            self._pen.arc(box, start, start + 10, RIM, 3 * FINE)

    def wedges(self, at: Point, *, inward: bool) -> None:
        """Point from the smaller circle to the larger one, or back."""
        near, far, wide = SMALL + 20, LARGE - 20, 13
        tip, foot = (near, far) if inward else (far, near)
        foot = tip + (foot - tip) * 0.7
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            corners = [(tip, 0.0), (foot, wide), (foot, -wide)]
            placed = [(at[0] + across * a - down * b, at[1] + down * a + across * b) for a, b in corners]
            self._pen.polygon([(round(x * FINE), round(y * FINE)) for x, y in placed], FULL)

    def dots(self, places: tuple[Point, ...], now: range) -> None:
        """Draw a dot for each second: those of now large, those that have passed full, those to come hollow."""
        for number, place in enumerate(places):
            if number >= now.stop:
                self._circle(place, 7, EMPTY)
                self._circle(place, 4.5, 0)
            else:
                self._circle(place, 10 if number in now else 7, FULL if number in now else RIM)

    def done(self) -> Image.Image:
        return self._image.reduce(FINE)

    def _circle(self, at: Point, radius: float, light: int) -> None:
        self._pen.ellipse(self._box(at, radius), light)

    @staticmethod
    def _box(at: Point, radius: float) -> tuple[int, int, int, int]:
        x, y, r = (round(each * FINE) for each in (*at, radius))
        return x - r, y - r, x + r, y + r


def _coloured(light: Image.Image) -> Image.Image:
    """Return a picture of light in the colours of the scale."""
    most = SHADES - 1
    shades = light.point([(value * most + 127) // 255 for value in range(256)])
    shades.putpalette([part for shade in range(SHADES) for part in colour(shade / most)])
    return shades


def colour(light: float) -> list[int]:
    """Return the colour, red, green and blue, that a light from 0 to 1 has on the scale."""
    low, high, part = (GROUND, MIDDLE, light * 2) if light < 0.5 else (MIDDLE, LIGHT, light * 2 - 1)  # noqa: PLR2004  # the middle
    return [round(start + (end - start) * part) for start, end in zip(low, high, strict=True)]


def main() -> None:
    """Write the pictures."""
    for name in NAMES:
        drawn = draw(name)
        (HERE / name).write_bytes(drawn)
        sys.stdout.write(f"flows/content/box/{name} is written: {len(drawn):,} bytes.\n")


if __name__ == "__main__":
    main()
