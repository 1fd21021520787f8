"""What alerts of one incident have in common, so that it is said once, and what tells one from another."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from shared.domain.alerts import Link

PARTED: Final = " · "


class Alike(Struct, frozen=True, kw_only=True):
    """What all say alike; the title is None where they differ."""

    title: str | None
    labels: dict[str, str]
    links: list[Link]

    @property
    def is_nothing(self) -> bool:
        """Whether no further alert can make it less."""
        return self.title is None and not self.labels and not self.links


def alike(alerts: Iterable[Alike]) -> Alike | None:
    """What stands in every one; None of no alerts. Stops reading once nothing is left."""
    found: Alike | None = None
    for alert in alerts:
        found = alert if found is None else _both(found, alert)
        if found.is_nothing:
            break
    return found


def _both(one: Alike, other: Alike) -> Alike:
    labels = one.labels if one.labels == other.labels else dict(one.labels.items() & other.labels.items())
    return Alike(
        title=one.title if one.title == other.title else None,
        labels={name: one.labels[name] for name in one.labels if name in labels},
        links=one.links if one.links == other.links else [link for link in one.links if link in other.links],
    )


def own_words(title: str, labels: Mapping[str, str], common: Alike) -> str:
    """An alert in one line: its title where titles differ, else the values that only it has; the title without any."""
    if common.title is None:
        return title
    own = [value for name, value in labels.items() if name not in common.labels and value]
    return PARTED.join(dict.fromkeys(own)) or title
