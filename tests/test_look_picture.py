"""How the picture looks: fit for a phone, calm, in light and dark, and empty where nothing was said."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.look.chart import Look
from bot.look.paper import Chart, Labels, write
from bot.look.picture import DARK, LIGHT, WIDTH, draw
from bot.look.rows import Day, Rows, Sheet, Sitting
from bot.look.spans import NAMES, span_of
from tests.test_look_rows import words

TODAY = date(2026, 11, 26)
LABELS = Labels.of_lines(words)
BRIGHT = {"light": LIGHT, "dark": DARK}


def full(*, low=1, high=5, per=1, days=365):
    """A year in which everything was noted."""
    some = [TODAY - timedelta(days=at) for at in range(days - 1, -1, -1)]
    faces = [
        Day(day, 8 + 5 * time, low + (number * 7 + time) % (high - low + 1))
        for number, day in enumerate(some)
        for time in range(per)
    ]
    sittings = [
        Sitting(day, ("touch", "ground")[number % 2], 9 - number % 4, 5 - number % 3, "ease")
        for number, day in enumerate(some)
    ]
    return Rows(faces, sittings, [Sheet(day, "kindness", (4, 7)) for day in some if day.day == 3])


def chart(name, rows, *, dark=False, labels=LABELS):
    span = span_of(name, TODAY)
    return Look(rows.between(span.first, span.last), span, labels, "Would I say this to {}?".format).chart(
        dark=dark
    )


def picture(name, rows, **more):
    made = draw(write(chart(name, rows, **more)))
    assert made.startswith(b"\x89PNG")
    return Image.open(BytesIO(made))


def rgb(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def colours(image):
    return [colour for _, colour in image.getcolors(image.width * image.height)]


@pytest.mark.parametrize("how", BRIGHT)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "rows",
    [full(), full(per=3), full(high=2), full(days=1), Rows([], full().sittings, [])],
    ids=["full", "three a day", "hard", "one day", "no faces"],
)
def test_it_fits_a_phone(name, rows, how):
    """As wide as a narrow phone, twice as fine; not so tall that Telegram would make it small."""
    image = picture(name, rows, dark=how == "dark")

    assert image.width == WIDTH
    assert 200 < image.height <= 2_560 * WIDTH // 1_280 * 2
    assert image.getpixel((2, 2)) == image.getpixel((WIDTH - 3, image.height - 3)) == rgb(BRIGHT[how].ground)


@pytest.mark.parametrize("how", BRIGHT)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_red(name, how):
    """Neither a hard day nor anything else."""
    shown = colours(picture(name, full(per=2), dark=how == "dark"))

    assert [each for each in shown if each[0] > each[1] + 60 and each[0] > each[2] + 60] == []


@pytest.mark.parametrize("look", BRIGHT.values(), ids=BRIGHT)
def test_letters_and_faces_can_be_read(look):
    """By the contrast that WCAG 2 asks of small letters (4.5), and of shapes (3) within a face."""
    assert contrast(look.ink, look.ground) >= 7
    assert contrast(look.faint, look.ground) >= 4.5
    assert contrast(look.mark, look.ground) >= 3
    assert min(contrast(look.on_face, each) for each in look.faces) >= 3


def contrast(one, other):
    lights = sorted((_light(one), _light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour):
    parts = [each / 255 for each in rgb(colour)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_hard_days_are_no_darker_than_others():
    """A month of the heaviest faces stands as lightly on the page as one of the lightest."""
    hard, light = (picture("month", Rows(full(low=face, high=face).days, [], [])) for face in (1, 5))
    means = [sum(image.convert("L").tobytes()) / (image.width * image.height) for image in (hard, light)]

    assert abs(means[0] - means[1]) < 10


@pytest.mark.parametrize("name", NAMES)
def test_a_day_without_a_face_is_empty(name):
    """Where it would be there is the ground, and no mark of something missing."""
    rows = full()
    without = Rows([day for day in rows.days if day.day != TODAY], rows.sittings, rows.sheets)

    there, gone = picture(name, rows), picture(name, without)

    changed = [
        (x, y) for x in range(0, WIDTH, 2) for y in range(0, there.height, 2)
        if there.getpixel((x, y)) != gone.getpixel((x, y))
    ]  # fmt: skip
    empty = {gone.getpixel(place) for place in changed}
    assert changed
    assert empty <= {rgb(LIGHT.ground)} | shades(LIGHT.ground, LIGHT.line)


def shades(one, other):
    """All that lies between two colours, as edges are drawn softly."""
    first, last = rgb(one), rgb(other)
    return {tuple(a + round((b - a) * at / 64) for a, b in zip(first, last, strict=True)) for at in range(65)}


def test_each_face_differs_from_the_others_without_its_colour():
    """By the mouth alone."""
    gray = [picture("week", Rows([Day(TODAY, 9, face)], [], [])).convert("L") for face in range(1, 6)]
    marks = [image.point(lambda light: 255 * (light < 110)).tobytes() for image in gray]

    assert len(set(marks)) == 5


def test_a_label_that_the_font_has_not_is_left_out():
    """It stands in the words beneath; no empty boxes are drawn."""
    foreign = Labels(*(("Пн",) * 7, ("янв",) * 12, ("тяжело",) * 5), *("тяжело",) * 12)
    blank = Labels(*(("",) * 7, ("",) * 12, ("",) * 5), *("",) * 12)
    rows = Rows(full().days, [], [])

    assert picture("week", rows, labels=foreign).tobytes() == picture("week", rows, labels=blank).tobytes()


def test_what_it_is_drawn_from_holds_no_word_of_anyones():
    """Numbers, days, and labels of ours."""
    rows = full()

    body = write(chart("week", rows))

    assert b"touch?" in body  # the name of a practice
    assert set(Chart.__struct_fields__) == {"span", "faces", "weights", "eased", "kind", "labels", "dark"}


def test_the_same_is_drawn_from_the_same():
    """Down to the byte: nothing of the moment is in it."""
    body = write(chart("month", full()))

    assert draw(body) == draw(body)
