"""Contrast as WCAG says it."""

import pytest

from shared.domain.status.colours import DARK, LIGHT, READABLE, contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#FFFFFF", 4.54),
        ("#1f4b99", "#1f4b99", 1.0),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_known_pairs(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio


def test_the_two_grounds_are_told_apart() -> None:
    assert contrast("#1f4b99", LIGHT) > READABLE > contrast("#1f4b99", DARK)
    assert contrast("#8fb4ff", DARK) > READABLE > contrast("#8fb4ff", LIGHT)
