"""Turn stored bodies into events, and cut slices that can be decided at once."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from server.integrations.base import INTEGRATIONS, BadEvent, Envelope
from server.pipeline.bodies import unpack
from server.pipeline.stages import Item, OpenAlert
from server.services.directory import IntegrationFacts
from shared.domain.alerts import Action, Event, Severity, key_hash_of, unreadable_key
from shared.domain.visible import in_lines, one_line

log = structlog.get_logger()
RECENT_BYTES = 1024 * 1024
"""Of bodies; what is parsed of them takes ten times as much."""
READABLE_FOR = timedelta(minutes=5)
"""How long nothing unreadable may have come before a readable body ends the alert that stands for it."""


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event that is not worked through yet: `done` of its alerts are; `body` as it is stored, `size` what it is."""

    seq: int
    id: str
    integration_id: str
    received_at: datetime
    headers: dict[str, str]
    body: bytes
    size: int
    done: int

    @property
    def content(self) -> bytes:
        return unpack(self.body, self.size)


class Parsed(Struct, frozen=True, kw_only=True):
    """A stored event and what it says; `error` where it can't be read, `fault` because of us.

    `unreadable` says how many of its alerts can't be read while others can.
    """

    row: StoredEvent
    events: list[Event]
    error: str | None
    fault: Exception | None = None
    unreadable: int = 0

    @property
    def trouble(self) -> str | None:
        """What the list of events says of it."""
        if self.error is None and self.unreadable:
            return f"{self.unreadable} of its alerts could not be read, the others were taken"
        return self.error


class Taken(Struct, frozen=True, kw_only=True):
    """The part of a stored event that a slice takes: it is worked through up to `done` afterwards."""

    parsed: Parsed
    items: list[Item]
    done: int

    @property
    def is_whole(self) -> bool:
        return self.done >= len(self.parsed.events)


def parse(integration: IntegrationFacts, row: StoredEvent) -> Parsed:
    """The events of a stored body; what can't be read becomes one visible alert, never nothing."""
    envelope = Envelope(
        event_id=row.id,
        body=row.content,
        received_at=row.received_at,
        headers=row.headers,
        config=integration.config,
    )
    try:
        found = INTEGRATIONS[integration.source]().parse(envelope)
    except BadEvent as error:
        return set_aside(integration, row, "; ".join(flaw.message for flaw in error.flaws))
    except Exception as error:
        return set_aside(integration, row, f"{type(error).__name__}: {error}", fault=error)
    odd = [event for event in found if event.is_unreadable]
    events = [_visible(event) for event in found if not event.is_unreadable]
    if odd:
        events.insert(0, _unreadable(integration, odd[0].description))
    return Parsed(row=row, events=events, error=None, unreadable=len(odd))


@dataclass
class Recently:
    """What was parsed lately, newest last: a look ahead and the turn that follows read a body once."""

    bodies: int = 0
    _parsed: OrderedDict[int, tuple[IntegrationFacts, Parsed]] = field(default_factory=OrderedDict)

    def parse(self, integration: IntegrationFacts, row: StoredEvent) -> Parsed:
        """As `parse` does; `done` is the row's."""
        known = self._parsed.get(row.seq)
        if known is not None and known[0] is integration:
            return msgspec.structs.replace(known[1], row=row)
        self.forget(row.seq)
        parsed = parse(integration, row)
        self._parsed[row.seq] = (integration, parsed)
        self.bodies += row.size
        while self.bodies > RECENT_BYTES:
            self.forget(next(iter(self._parsed)))
        return parsed

    def forget(self, seq: int) -> None:
        if (known := self._parsed.pop(seq, None)) is not None:
            self.bodies -= known[1].row.size


def _visible(event: Event) -> Event:
    """What people read of it cleaned; where nothing is left of the title, what else names the alert."""
    title, description = one_line(event.title), in_lines(event.description)
    check, source = one_line(event.check), one_line(event.source)
    if (title, description, check, source) == (event.title, event.description, event.check, event.source):
        return event
    if not title and event.title:
        title = check or event.dedup_key
    return msgspec.structs.replace(event, title=title, description=description, check=check, source=source)


def _unreadable(integration: IntegrationFacts, what: str) -> Event:
    """What stands for something that can't be read: the one alert of its integration."""
    return Event(
        action=Action.TRIGGER,
        dedup_key=unreadable_key(integration.id),
        title=f"{integration.name}: an event could not be read",
        severity=Severity.WARNING,
        description=what,
        is_unreadable=True,
    )


def set_aside(integration: IntegrationFacts, row: StoredEvent, error: str, *, fault: Exception | None = None) -> Parsed:
    """What stands for a body that can't be used: the integration's alert that says so, so that the lane goes on."""
    unreadable = _unreadable(integration, row.content[:2000].decode("utf-8", "replace").replace("\0", ""))
    return Parsed(row=row, events=[unreadable] * (row.done + 1), error=error[:500], fault=fault)


def log_unreadable(parsed: Parsed) -> None:
    """In the log once it has been worked through; with the traceback where it is a fault of ours."""
    if parsed.error is not None:
        log.warning("pipeline.unreadable", event_id=parsed.row.id, error=parsed.error, exc_info=parsed.fault)


def readable_again(integration_id: str, taken: Sequence[Taken]) -> Item | None:
    """The recovery of what could not be read, by a body that can be, as a whole: a slice ends with one that can't.

    While every body has an odd alert among good ones, nothing is over, and nobody is paged again; nor is it before
    `READABLE_FOR` has passed since the last one (see `is_readable_for_long`), however readable bodies and others mix.
    """
    last = taken[-1].parsed if taken else None
    if last is None or last.error is not None or last.unreadable:
        return None
    key = unreadable_key(integration_id)
    over = Event(action=Action.RESOLVE, dedup_key=key)
    return Item(event=over, key_hash=key_hash_of(key), event_id=last.row.id, seq=last.row.seq)


def is_readable_for_long(unreadable: OpenAlert | None, *, now: datetime) -> bool:
    """Whether the alert is open, and what it stands for came no more for a while."""
    return unreadable is not None and unreadable.last_at + READABLE_FOR <= now


def items_of(parsed: Parsed) -> list[Item]:
    """Its alerts that are not worked through yet; none of a body that can't be read."""
    if parsed.error is not None:
        return []
    row = parsed.row
    return [
        Item(event=event, key_hash=key_hash_of(event.dedup_key), event_id=row.id, seq=row.seq)
        for event in parsed.events[row.done :]
        if not event.is_unreadable
    ]


def cut_slice(parsed: Sequence[Parsed], at_most: int) -> list[Taken]:
    """The longest start of these events' alerts that can be decided at once.

    No key comes twice in it, so that each event is decided on the one before; acknowledgements stand apart, and so
    does what can't be read.
    """
    taken: list[Taken] = []
    seen: set[str] = set()
    kind: bool | None = None
    for each in parsed:
        if taken and (each.error is not None or taken[0].parsed.error is not None):
            break
        items: list[Item] = []
        for event in each.events[each.row.done :]:
            hashed = key_hash_of(event.dedup_key)
            acknowledges = event.action is Action.ACKNOWLEDGE
            if len(seen) >= at_most or hashed in seen or kind not in (None, acknowledges):
                break
            seen.add(hashed)
            kind = acknowledges
            items.append(Item(event=event, key_hash=hashed, event_id=each.row.id, seq=each.row.seq))
        part = Taken(parsed=each, items=items, done=each.row.done + len(items))
        if items or part.is_whole:
            taken.append(part)
        if not part.is_whole or each.unreadable:
            break
    return taken
