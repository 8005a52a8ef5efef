"""Draws a look back as a picture for a phone. The only module that knows Pillow; pure, and slow: in a worker alone.

Calm on purpose: no colour stands for bad (the heaviest face is a soft violet), no line joins days into a curve that
falls, a day without a face is left empty, and nothing is counted in large figures. The font that comes with Pillow
has the letters of ASCII alone; a label that it cannot draw is left out, and stands in the words beside the picture.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bot.look.paper import Chart, heading, middle, read
from bot.look.spans import MONTH, WEEK, YEAR

WIDTH = 780  # pixels: a narrow phone's 390 points, twice as fine
FINE = 2  # drawn so many times larger and then made smaller: Pillow draws circles without soft edges
EDGE = 48  # of the picture, on each side
GAP = 56  # between two sections
LEFT = 108  # where lines of days begin: what stands before them is their scale
SMALL, PLAIN, LARGE = 24, 27, 34  # of letters
HIGH = 220  # of the field of heaviness
RISE = 5  # of a dot of a year, for each face that is lighter
DOTS = 10  # times that are shown as dots; more would be a pile
ENDS = {"\u2013": "-", "\u2019": "'", "\u2026": "..."}  # typography that the font has not

Colour = str
Point = tuple[float, float]


class Look(NamedTuple):
    """The colours of one rendering; ``faces`` from the heaviest to the lightest, none of them red."""

    ground: Colour
    ink: Colour
    faint: Colour
    line: Colour
    mark: Colour
    faces: tuple[Colour, ...]
    on_face: Colour


LIGHT = Look(
    "#FBF8F3", "#3B3F46", "#6F6A61", "#E6E0D5", "#5E8C99",
    ("#B7B0DC", "#A3BEE0", "#A6D3CB", "#C6DBA4", "#F2D589"), "#3B3F46",
)  # fmt: skip
DARK = Look(
    "#1B1F24", "#E8E3DA", "#9AA0A9", "#30363E", "#8FBCC7",
    ("#8F87BD", "#7E9CC4", "#7FB3AA", "#A3BC7F", "#DDBC6B"), "#1B1F24",
)  # fmt: skip


def draw(body: bytes) -> bytes:
    """Return a picture, as PNG, of a chart as ``paper.write`` made it."""
    chart = read(body)
    sheet = _Sheet(DARK if chart.dark else LIGHT, _height(chart))
    sheet.text((EDGE, EDGE), heading(chart.span, chart.labels), LARGE)
    y: float = EDGE + LARGE + GAP // 2
    for section in _sections(chart):
        y = section(sheet, chart, y) + GAP
    return sheet.png(y - GAP + EDGE)


class _Sheet:
    """Paper and pencil. Lives for one picture."""

    def __init__(self, look: Look, height: int) -> None:
        self.look = look
        self._image = Image.new("RGB", (WIDTH * FINE, height * FINE), look.ground)
        self._draw = ImageDraw.Draw(self._image)

    def text(self, at: Point, text: str, size: int = PLAIN, colour: Colour = "", anchor: str = "la") -> None:
        """Write a label, as far as the font has its letters."""
        place = (at[0] * FINE, at[1] * FINE)
        self._draw.text(place, _drawable(text), colour or self.look.ink, _font(size * FINE), anchor)

    def wide(self, text: str, size: int) -> float:
        """Return how wide a label is."""
        return _font(size * FINE).getlength(_drawable(text)) / FINE

    def line(self, start: Point, end: Point, colour: Colour, width: float = 1.5) -> None:
        points = [each * FINE for each in (*start, *end)]
        self._draw.line(points, colour, round(width * FINE))

    def dot(self, at: Point, radius: float, colour: Colour, *, hollow: bool = False) -> None:
        x, y, r = at[0] * FINE, at[1] * FINE, radius * FINE
        fill = self.look.ground if hollow else colour
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill, colour, round(2.5 * FINE) if hollow else 1)

    def face(self, at: Point, radius: float, face: int) -> None:
        """Draw a face from 1 to 5 around a point."""
        stamp = _stamp(self.look, face, round(radius * FINE))
        corner = (round(at[0] * FINE) - stamp.width // 2, round(at[1] * FINE) - stamp.height // 2)
        self._image.paste(stamp, corner)

    def png(self, height: float) -> bytes:
        """Return the picture down to a height."""
        made = BytesIO()
        shown = self._image.crop((0, 0, WIDTH * FINE, round(height) * FINE))
        shown.reduce(FINE).save(made, "PNG", compress_level=4)
        return made.getvalue()


def _drawable(text: str) -> str:
    """Return a label without the words that the font has not."""
    words = "".join(ENDS.get(letter, letter) for letter in text).split()
    return " ".join(word for word in words if word.isascii())


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101  # the wheels have FreeType; for the type checker
    return font


@cache
def _stamp(look: Look, face: int, radius: int) -> Image.Image:
    """Return a face on the ground of a picture: an arc for the mouth, from a little down to a little up."""
    big = radius * 2
    image = Image.new("RGB", (big * 2, big * 2), look.ground)
    pen, r = ImageDraw.Draw(image), float(big)
    pen.ellipse((0, 0, big * 2 - 1, big * 2 - 1), look.faces[face - 1])
    for side in (-1, 1):
        x, y, eye = r + side * 0.34 * r, 0.78 * r, 0.085 * r
        pen.ellipse((x - eye, y - eye, x + eye, y + eye), look.on_face)
    bend, wide, width = (face - 3) * 0.14 * r, 0.40 * r, max(2, round(0.085 * r))
    steps = [each / 12 for each in range(-12, 13)]
    mouth = [(r + wide * each, 1.30 * r + bend * (0.5 - each * each)) for each in steps]
    pen.line(mouth, look.on_face, width, "curve")
    for x, y in (mouth[0], mouth[-1]):
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), look.on_face)
    return image.reduce(2)


# --- the sections ---------------------------------------------------------------------------

Section = Callable[["_Sheet", Chart, float], float]  # draws from a height on, and returns where it ended


def _sections(chart: Chart) -> list[Section]:
    """Return what there is something to draw in."""
    faces = {WEEK: _week, MONTH: _month, YEAR: _year}[chart.span.name]
    there = ((faces, chart.faces), (_weights, chart.weights), (_eased, chart.eased), (_kind, chart.kind))
    return [section for section, found in there if found]


def _height(chart: Chart) -> int:
    """Return more than a picture can need; the rest is cut away."""
    return (
        1_000
        + 92 * max(map(len, chart.faces.values()), default=1)
        + (0 if chart.span.name == WEEK else 1_000)
    )


def _week(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw the faces of each day above its name, the first of a day at its top."""
    wide = (WIDTH - 2 * EDGE) / 7
    most = max(map(len, chart.faces.values()))
    foot = top + most * 92
    for number, day in enumerate(_days(chart)):
        x = EDGE + wide * (number + 0.5)
        faces = chart.faces.get(day, [])
        for place, face in enumerate(faces):
            sheet.face((x, foot - 46 - (len(faces) - 1 - place) * 92), 40, face)
        sheet.text((x, foot + 14), chart.labels.days[day.weekday()], SMALL, anchor="ma")
        sheet.text((x, foot + 44), str(day.day), SMALL, sheet.look.faint, anchor="ma")
    return foot + 72


def _month(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw a calendar of the weeks; a day without a face has its number alone."""
    wide, high = (WIDTH - 2 * EDGE) / 7, 104
    for column, name in enumerate(chart.labels.days):
        sheet.text((EDGE + wide * (column + 0.5), top), name, SMALL, sheet.look.faint, anchor="ma")
    start = chart.span.first - timedelta(days=chart.span.first.weekday())
    row = 0
    for day in _days(chart):
        row, column = divmod((day - start).days, 7)
        x, y = EDGE + wide * (column + 0.5), top + 44 + high * row
        sheet.text((x, y + 70), str(day.day), 20, sheet.look.faint, anchor="ma")
        if day in chart.faces:
            sheet.face((x, y + 33), 31, middle(chart.faces[day]))
    return top + 44 + high * row + 92


def _year(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw a row of dots for each month; a day without a face stays empty."""
    wide, high = (WIDTH - EDGE - LEFT) / 31, 46
    rows: dict[tuple[int, int], float] = {}
    for day in _days(chart):
        y = rows.setdefault((day.year, day.month), top + 22 + high * len(rows))
        if day.day == 1:
            sheet.text((EDGE, y), chart.labels.months[day.month - 1], SMALL, sheet.look.faint, anchor="lm")
        x = LEFT + wide * (day.day - 0.5)
        if day in chart.faces:  # the place tells it as well: not everybody sees these colours apart
            face = middle(chart.faces[day])
            sheet.dot((x, y - RISE * (face - 3)), 8, sheet.look.faces[face - 1])
        else:
            sheet.dot((x, y), 1.5, sheet.look.line)
    return _legend(sheet, chart, max(rows.values()) + 40)


def _legend(sheet: _Sheet, chart: Chart, y: float) -> float:
    """Say which colour is which face."""
    wide = (WIDTH - 2 * EDGE) / 5
    for number, name in enumerate(chart.labels.faces):
        x = EDGE + wide * number
        sheet.face((x + 16, y + 16), 16, number + 1)
        sheet.text((x + 40, y + 16), name, 20, sheet.look.faint, anchor="lm")
    return y + 32


def _weights(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw heaviness before (a ring) and after (a dot) each practice, from 10 at the top to 0."""
    _head(sheet, top, chart.labels.heavy, (chart.labels.before, False), (chart.labels.after, True))
    top = _scale(sheet, chart, top + 72)
    for each in chart.weights:
        x = _place(chart, each.at)
        before, after = (top + HIGH * (1 - value / 10) for value in (each.before, each.after))
        sheet.line((x, before), (x, after), sheet.look.mark, 3)
        sheet.dot((x, before), 8, sheet.look.mark, hollow=True)
        sheet.dot((x, after), 8, sheet.look.mark)
    return _names(sheet, chart, top + HIGH + 18)


def _kind(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw the monthly answers: to oneself (a dot) and to others (a ring)."""
    _head(sheet, top, chart.labels.kind, (chart.labels.own, True), (chart.labels.others, False))
    top = _scale(sheet, chart, top + 72, ends=False)
    for at, (to_self, to_others) in chart.kind:
        for value, radius, hollow in ((to_others, 11, True), (to_self, 7, False)):
            if value is not None:
                place = (_place(chart, at), top + HIGH * (1 - value / 10))
                sheet.dot(place, radius, sheet.look.mark, hollow=hollow)
    return _names(sheet, chart, top + HIGH + 18)


def _head(sheet: _Sheet, top: float, title: str, *signs: tuple[str, bool]) -> None:
    """Write the title of a field, and what its rings (False) and dots (True) mean."""
    sheet.text((EDGE, top), title, PLAIN)
    x: float = WIDTH - EDGE
    for name, filled in reversed(signs):
        x -= sheet.wide(name, SMALL)
        sheet.text((x, top + 14), name, SMALL, sheet.look.faint, anchor="lm")
        sheet.dot((x - 18, top + 14), 8, sheet.look.mark, hollow=not filled)
        x -= 48


def _scale(sheet: _Sheet, chart: Chart, top: float, *, ends: bool = True) -> float:
    """Draw the lines of 0, 5 and 10, with the words for the ends."""
    for value in (0, 5, 10):
        y = top + HIGH * (1 - value / 10)
        sheet.line((LEFT, y), (WIDTH - EDGE, y), sheet.look.line)
        sheet.text((LEFT - 16, y), str(value), SMALL, sheet.look.faint, anchor="rm")
    if ends:
        sheet.text((WIDTH - EDGE, top - 8), chart.labels.most, 20, sheet.look.faint, anchor="rd")
        sheet.text((WIDTH - EDGE, top + HIGH - 8), chart.labels.least, 20, sheet.look.faint, anchor="rd")
    return top


def _names(sheet: _Sheet, chart: Chart, y: float) -> float:
    """Name the places of a line: days of a week, each seventh day of a month, months of a year."""
    days, months = chart.labels.days, chart.labels.months
    if chart.span.name == YEAR:
        names = [(at, months[day.month - 1]) for at, day in enumerate(_months(chart))]
    elif chart.span.name == WEEK:
        names = [(at, days[day.weekday()]) for at, day in enumerate(_days(chart))]
    else:
        names = [
            (at, f"{day.day} {months[day.month - 1]}") for at, day in list(enumerate(_days(chart)))[1::7]
        ]
    for at, name in names:
        half = sheet.wide(name, 20) / 2
        sheet.text((min(_place(chart, at), WIDTH - EDGE - half), y), name, 20, sheet.look.faint, anchor="ma")
    return y + 24


def _place(chart: Chart, at: int) -> float:
    places = 12 if chart.span.name == YEAR else (chart.span.last - chart.span.first).days + 1
    return LEFT + (WIDTH - EDGE - LEFT) / places * (at + 0.5)


def _eased(sheet: _Sheet, chart: Chart, top: float) -> float:
    """Draw a row for each practice that brought ease: a dot for each time, filled where it did."""
    sheet.text((EDGE, top), chart.labels.ease, PLAIN)
    y = top + 66
    for each in chart.eased:
        sheet.text((EDGE, y), each.title, SMALL, anchor="lm")
        times = f"{each.eased} {chart.labels.of} {each.times}"
        sheet.text((WIDTH - EDGE, y), times, SMALL, sheet.look.faint, anchor="rm")
        dots = each.times if each.times <= DOTS else 0
        for number in range(dots):
            sheet.dot((EDGE + 9 + number * 26, y + 32), 8, sheet.look.mark, hollow=number >= each.eased)
        y += 78 if dots else 48
    return y - 32


def _days(chart: Chart) -> Iterator[date]:
    day = chart.span.first
    while day <= chart.span.last:
        yield day
        day += timedelta(days=1)


def _months(chart: Chart) -> list[date]:
    return [day for day in _days(chart) if day.day == 1]
