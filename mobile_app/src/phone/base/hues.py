"""Soft colours for people, each with a foot of its own: hue alone tells nothing to who doesn't see it."""

from dataclasses import dataclass
from typing import Final, Literal

from phone.base.theme import Brightness

Foot = tuple[float, ...] | Literal["solid", "double"]
"""How long marks and pauses are in turn, in dp; or one line, or two."""


@dataclass(frozen=True)
class Hue:
    """Ground, the edge and foot in front of it, and what is written on it."""

    ground: str
    edge: str
    ink: str
    foot: Foot


FEET: Final[tuple[Foot, ...]] = (
    "solid",
    (10, 4),
    (4, 3),
    (14, 6),
    "double",
    (1.5, 3),
    (10, 3, 2, 3),
    (2, 2, 2, 6),
)
COLOURS: Final[dict[Brightness, tuple[tuple[str, str, str], ...]]] = {
    "light": (
        ("#D1E5FF", "#6487BC", "#1F3D69"),
        ("#C1EDEC", "#339797", "#004A4B"),
        ("#D0ECD2", "#5F9567", "#164922"),
        ("#E6DDFE", "#8D7AB6", "#433263"),
        ("#F8D8ED", "#AA7199", "#59294C"),
        ("#E3E7C5", "#878C49", "#3F4100"),
        ("#F4E0C2", "#A47F43", "#553600"),
        ("#FDDBCA", "#B37555", "#602D0E"),
    ),
    "dark": (
        ("#21324B", "#6081B3", "#C8E0FF"),
        ("#073939", "#349090", "#B4EAE9"),
        ("#1F3923", "#5C8E63", "#C6E9CA"),
        ("#352C48", "#8675AD", "#E2D7FF"),
        ("#42273A", "#A26C92", "#F7D1EB"),
        ("#323414", "#818547", "#DEE2B9"),
        ("#3F2E11", "#9C7A42", "#F3DAB6"),
        ("#46291A", "#AA7053", "#FED4BF"),
    ),
}
"""Blue, teal, green, violet, plum, olive, sand, clay: the last two stand near what warns. An edge keeps 3.3 : 1 to the
surface, ink 7.9 : 1 to its ground.
"""


def hue(brightness: Brightness, number: int) -> Hue:
    """The colours of somebody who was given this number; after the eighth they begin anew, and initials tell."""
    at = number % len(FEET)
    return Hue(*COLOURS[brightness][at], FEET[at])
