"""The pictures of the breath: as they are drawn, small, calm, and read without colour and without motion."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageSequence

from docs import breath
from docs.breath import BREATHS, FRAMES, FULL, RIM
from flows.compiler import compile_content
from tests.content import write

MOVING = [name for name in breath.NAMES if name.endswith("gif")]

SECONDS = [4 + 6, 4 * 4]
LARGEST = 500_000  # bytes: a few seconds on a slow line
STEP = 25  # a tenth of the light there is: what WCAG 2.2 counts as a change (general flash)


def _seen(body):
    """What is seen, and for how many milliseconds each: the same from any writer of GIF and PNG."""
    with Image.open(BytesIO(body)) as picture:
        frames = (
            (frame.convert("RGB"), frame.info.get("duration")) for frame in ImageSequence.Iterator(picture)
        )
        return [(frame.tobytes(), shown) for frame, shown in frames]


def _luminance(colour):
    parts = [part / 255 for part in colour]
    bright = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * bright[0] + 0.7152 * bright[1] + 0.0722 * bright[2]


def _contrast(light, ground=0):
    one, other = (_luminance(breath.colour(each / 255)) for each in (light, ground))
    return (one + 0.05) / (other + 0.05)


@pytest.mark.parametrize("name", breath.NAMES)
def test_the_picture_is_as_it_is_drawn(name):
    """Drawing again shows the same, on any machine; `make docs` draws it anew."""
    assert _seen((breath.HERE / name).read_bytes()) == _seen(breath.draw(name))


@pytest.mark.parametrize(("name", "seconds"), [*zip(MOVING, SECONDS, strict=True)])
def test_a_breath_takes_its_time_and_comes_again(name, seconds):
    """In four seconds, out in six, or four of each; without an end; and quickly sent."""
    body = (breath.HERE / name).read_bytes()
    with Image.open(BytesIO(body)) as picture:
        assert picture.info["loop"] == 0
        assert picture.width == picture.height <= 480

    assert sum(shown for _, shown in _seen(body)) == seconds * 1000
    assert len(body) <= LARGEST


@pytest.mark.parametrize("each", BREATHS, ids=lambda each: each.name)
def test_nothing_flashes(each):
    """No point gets lighter more than three times in a second (WCAG 2.3.1), and the whole hardly changes at once."""
    light = np.stack([np.asarray(frame, dtype=np.int16)[::2, ::2] for frame in breath.frames(each)])
    light = np.concatenate([light, light[:FRAMES]])  # and over the seam

    lighter = (np.diff(light, axis=0) > STEP).astype(np.uint8)
    within = [lighter[start : start + FRAMES].sum(axis=0).max() for start in range(len(lighter) - FRAMES)]
    whole = light.mean(axis=(1, 2))

    assert max(within) <= 3
    assert np.abs(whole[FRAMES:] - whole[:-FRAMES]).max() < STEP


@pytest.mark.parametrize("each", BREATHS, ids=lambda each: each.name)
def test_the_dots_alone_tell_the_time(each):
    """At any moment one dot is lightest: as many have passed as seconds are over, and no other is full."""
    for number, frame in enumerate(breath.frames(each)):
        lights = [frame.getpixel((round(x), round(y))) for x, y in each.dots]
        now = number // FRAMES
        assert lights == [RIM] * now + [FULL] + [0] * (len(each.dots) - now - 1)


def test_the_dots_go_up_on_the_way_in_and_down_on_the_way_out():
    """Which way the breath goes is read from where they stand, also in the still picture."""
    for each in BREATHS:
        start = 0
        for phase in each.phases:
            heights = [-y for _, y in each.dots[start : start + phase.seconds]]
            start += phase.seconds
            way = np.sign(np.diff(heights))
            assert set(way) == {np.sign(phase.end - phase.start)}


def test_light_alone_tells_things_apart():
    """Whoever sees no colours sees all of it: shades differ in light, and things stand out (WCAG 1.4.11)."""
    shades = [_luminance(breath.colour(at / 31)) for at in range(32)]

    assert shades == sorted(set(shades))
    assert all(_contrast(light) >= 3 for light in (breath.EMPTY, breath.DISC, breath.RIM, breath.FULL))
    assert _contrast(breath.FULL, breath.DISC) >= 3


def test_the_still_picture_has_each_phase():
    """No two of its parts are the same, a hold and the way before it neither."""
    for each in BREATHS:
        with Image.open(breath.HERE / f"{each.name}.png") as sheet:
            side, wide = breath.SIDE, sheet.width // breath.SIDE
            corners = [(side * (at % wide), side * (at // wide)) for at in range(len(each.phases))]
            parts = {sheet.crop((x, y, x + side, y + side)).tobytes() for x, y in corners}

        assert len(parts) == len(each.phases)


@pytest.mark.parametrize("name", breath.NAMES)
def test_telegram_takes_it(tmp_path, name):
    """It is of a kind and a size that the checks of a flow let through."""
    kind = "animation" if name in MOVING else "picture"
    flow = f"""
    flow: breath
    steps:
      a: {{show: {{{kind}: {name}, text: "A circle."}}, to: end}}
    """
    folder = write(tmp_path, breath=flow)
    (folder / "breath" / name).write_bytes((breath.HERE / name).read_bytes())

    assert compile_content(folder).media[f"breath/{name}"].is_file()
