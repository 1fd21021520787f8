"""What an alert says now, and what of it changed: the newest event is what people read."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from shared.domain.alerts import Event, Link, Severity

MOST: Final = 20
LONGEST: Final = 200
_WHOLE: Final = ("title", "description", "source", "severity")
_UNTOLD: Final = ("links", "details")


class AlertText(Struct, frozen=True, kw_only=True):
    """What an alert says."""

    title: str
    severity: Severity
    description: str = ""
    source: str = ""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    links: tuple[Link, ...] = ()
    details: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Change(Struct, frozen=True, kw_only=True):
    """One thing that an alert says otherwise since `at`; long values are cut, links and details are only named.

    `field` is title, description, source, severity, links, details, or `labels.<name>`.
    """

    at: datetime
    field: str
    was: str = ""
    now: str = ""


def content_of(event: Event) -> str:
    """Equal for events that say the same, whatever they say about severity."""
    said = (event.title, event.description, event.source, event.labels, event.links, event.details)
    return hashlib.blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=12).hexdigest()


def has_text(event: Event) -> bool:
    """Whether it has more to tell than its key and its action."""
    return any((event.title, event.description, event.labels, event.links, event.details))


def newest(before: AlertText, event: Event) -> AlertText:
    """What a repeat says; a title and a severity that it leaves out stay."""
    return AlertText(
        title=event.title or before.title,
        severity=event.severity if event.says_severity else before.severity,
        description=event.description,
        source=event.source,
        labels=event.labels,
        links=event.links,
        details=event.details,
    )


def completed(before: AlertText, event: Event) -> AlertText:
    """What a recovery adds: it fills in what is missing and takes nothing away."""
    known = {link.href for link in before.links}
    return AlertText(
        title=before.title or event.title,
        severity=before.severity,
        description=before.description or event.description,
        source=before.source or event.source,
        labels={**event.labels, **before.labels},
        links=(*before.links, *(link for link in event.links if link.href not in known)),
        details={**event.details, **before.details},
    )


def changes(before: AlertText, after: AlertText, *, now: datetime) -> list[Change]:
    """What the second says otherwise than the first."""
    found = [
        Change(at=now, field=name, was=_cut(str(getattr(before, name))), now=_cut(str(getattr(after, name))))
        for name in _WHOLE
        if getattr(before, name) != getattr(after, name)
    ]
    names = sorted(before.labels.keys() | after.labels.keys())
    found += [
        Change(at=now, field=f"labels.{name}", was=_cut(was), now=_cut(new))
        for name in names
        if (was := before.labels.get(name, "")) != (new := after.labels.get(name, ""))
    ]
    return found + [Change(at=now, field=name) for name in _UNTOLD if getattr(before, name) != getattr(after, name)]


def latest(known: Sequence[Change], new: Iterable[Change]) -> list[Change]:
    """The newest changes, of each field the last one, as many as are kept."""
    by_field = {change.field: change for change in known}
    for change in new:
        by_field.pop(change.field, None)
        by_field[change.field] = change
    return list(by_field.values())[-MOST:]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
