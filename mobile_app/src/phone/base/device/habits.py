"""What a device knows of its reader before they say anything: languages, zone, and whether they touch it."""

from dataclasses import dataclass
from typing import Final, get_args

from shared.domain.time import is_zone_name
from shared.wire.sessions import Language

NOWHERE: Final = ("", "UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/Unknown")


@dataclass(frozen=True)
class Habits:
    """`languages` by preference, as browsers name them; `zone` an IANA name. Empty where the device does not say.

    `touches`: whether anything there can be swiped; `moves`: whether anything on the screen may move by itself.
    """

    languages: tuple[str, ...] = ()
    zone: str = ""
    touches: bool = True
    moves: bool = True

    @property
    def language(self) -> Language | None:
        """The first of theirs that we speak."""
        spoken = {each: each for each in get_args(Language)}
        found = (spoken.get(each.split("-")[0].lower()) for each in self.languages)
        return next(filter(None, found), None)

    @property
    def home(self) -> str | None:
        """The zone, where it is one and says more than UTC, which everybody has who never chose."""
        return self.zone if self.zone not in NOWHERE and is_zone_name(self.zone) else None


UNKNOWN: Final = Habits()
