"""Put requests where the lanes take them from, as they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.kernel.database import Writes
from server.kernel.idempotency import KEPT
from server.pipeline.bodies import pack
from server.pipeline.run import lane_of
from server.tables.events import Event


class NewEvent(Struct, frozen=True, kw_only=True):
    """One request that is to be kept."""

    id: str
    integration_id: str
    received_at: datetime
    headers: dict[str, str]
    body: bytes
    idem_key: str | None
    packed: bytes | None = None

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "lane": lane_of(self.integration_id),
            "integration_id": self.integration_id,
            "received_at": self.received_at,
            "idem_key": self.idem_key,
            "headers": self.headers,
            "body": pack(self.body) if self.packed is None else self.packed,
            "size": len(self.body),
            "done": 0,
            "parsed_at": None,
            "outcome": None,
        }


def arrivals(events: Sequence[NewEvent]) -> Writes:
    """One commit; a key that is remembered no more is free for the event that comes with it now."""
    writes = Writes()
    for event in events:
        if event.idem_key is not None:
            writes.sql(
                "UPDATE event SET idem_key = NULL WHERE integration_id = :integration AND idem_key = :key"
                " AND received_at <= :old",
                integration=event.integration_id,
                key=event.idem_key,
                old=event.received_at - KEPT,
            )
    writes.insert_many(Event, [event.row() for event in events])
    writes.hurries = True
    return writes
