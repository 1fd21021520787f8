"""Every text of the theme on each of its grounds reads at 4.5 to 1, under a pointer too; what only marks, at 3 to 1."""

import pytest

from phone.base.hues import FEET, hue
from phone.base.theme import PALETTES, Brightness, Palette

AA, AA_OF_MARKS = 4.5, 3.0
GROUNDS = ("surface", "raised", "fill", "track", "thumb", "accent_bg")
TEXTS = ("ink", "muted", "accent")
TONES = ("critical", "warning", "info", "ok")
ON = {
    "on_accent": "accent",
    "on_critical": "critical_fill",
    "on_alarm": "alarm",
    "alarm_muted": "alarm",
    "on_alarm_button": "alarm_button",
}
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS if (text, ground) != ("muted", "thumb")),
    *((tone, ground) for tone in TONES for ground in ("surface", "raised", f"{tone}_bg")),
    *(("ink", f"{tone}_bg") for tone in TONES),
    *ON.items(),
]


def channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[-6:][at : at + 2], 16) / 255 for at in (0, 2, 4))


def under(veil: str, ground: str) -> tuple[float, ...]:
    share = int(veil[1:3], 16) / 255
    return tuple(
        share * over + (1 - share) * below for over, below in zip(channels(veil), channels(ground), strict=True)
    )


def luminance(rgb: tuple[float, ...]) -> float:
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs_of(palette: Palette) -> list[tuple[str, str, str, str]]:
    return [(text, ground, getattr(palette, text), getattr(palette, ground)) for text, ground in PAIRS]


@pytest.mark.parametrize("brightness", ["light", "dark"])
def test_every_text_reads_on_its_ground_and_under_a_pointer(brightness: Brightness) -> None:
    palette = PALETTES[brightness]
    poor = {}
    for text, ground, front, back in pairs_of(palette):
        at_rest = contrast(channels(front), channels(back))
        veiled = contrast(channels(front), under(palette.veil, back))
        if min(at_rest, veiled) < AA:
            poor[text, ground] = round(at_rest, 2), round(veiled, 2)
    assert not poor


@pytest.mark.parametrize("brightness", ["light", "dark"])
def test_the_ring_of_the_keyboard_is_seen_on_every_ground(brightness: Brightness) -> None:
    palette = PALETTES[brightness]
    rings = [("accent", ground) for ground in GROUNDS] + [("on_alarm", "alarm")]
    poor = {pair: contrast(*(channels(getattr(palette, each)) for each in pair)) for pair in rings}
    assert not {pair: found for pair, found in poor.items() if found < AA_OF_MARKS}


@pytest.mark.parametrize("brightness", ["light", "dark"])
def test_what_stands_on_a_persons_colour_reads(brightness: Brightness) -> None:
    for number in range(len(FEET)):
        one = hue(brightness, number)
        assert contrast(channels(one.ink), channels(one.ground)) >= AA, one
        assert contrast(channels(one.edge), channels(PALETTES[brightness].surface)) >= AA_OF_MARKS, one
