"""What a browser shows when it is opened without a network: the list read last, for the page `offline.html`."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.device.store import Store
from phone.base.state import State
from phone.incidents.store import Filter, Incidents
from shared.wire.incidents import IncidentItem, Severity

KEPT_AS: Final = "last_seen"
MOST: Final = 20


class Row(Struct, frozen=True, kw_only=True):
    """`state` may be snoozed; `mine`: it waits for the reader."""

    id: str
    number: int
    title: str
    severity: Severity
    state: str
    where: str
    since: datetime
    mine: bool


class Seen(Struct, frozen=True, kw_only=True):
    at: datetime
    rows: list[Row]


class LastSeen(State):
    """Keeps each list in `store` as it is read, until the reader signs out or the session ends."""

    def __init__(self, client: Client, incidents: Incidents, store: Store) -> None:
        super().__init__(client)
        self._incidents = incidents
        self._store = store
        self._doing: asyncio.Task[None] | None = None
        self._heard = self._listen
        incidents.subscribe(self._heard)

    def _listen(self, _: object, field: str | None) -> None:
        at = self._incidents.read_at
        if field == "read_at" and (at is None or self._incidents.filter == Filter()):
            self._doing = asyncio.create_task(self.clear() if at is None else self._keep(at))

    async def _keep(self, at: datetime) -> None:
        mine, others = self._incidents.groups
        await self._store.set(KEPT_AS, msgspec.json.encode(seen_of((*mine, *others), at)).decode())

    def forget(self) -> None:
        """The list that empties itself says so."""

    async def clear(self) -> None:
        """Drop what the browser kept."""
        await self._store.remove(KEPT_AS)


def seen_of(items: Sequence[IncidentItem], at: datetime) -> Seen:
    """The first of them."""
    return Seen(at=at, rows=[_row(item) for item in items[:MOST]])


def _row(item: IncidentItem) -> Row:
    owner = item.service or item.team
    return Row(
        id=item.id,
        number=item.number,
        title=item.title,
        severity=item.severity,
        state="snoozed" if item.snoozed_until else item.state,
        where=owner.name if owner else "",
        since=item.triggered_at,
        mine=item.waits_for_me,
    )
