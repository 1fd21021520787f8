"""What devices say became of a message: bound tokens, any order, any number of times."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.delivery.enqueue import RECEIVED, Received
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.secrets import Secrets
from server.kernel.telemetry import RECEIPTS
from shared.domain.paging.receipts import happened_at

State = Literal["received", "displayed", "opened"]
IMPLIED: dict[State, tuple[State, ...]] = {
    "received": ("received",),
    "displayed": ("received", "displayed"),
    "opened": ("received", "opened"),
}
TOLD: tuple[State, ...] = ("received", "opened")


class DeviceReceipt(Struct, frozen=True, kw_only=True):
    """One device's word about one delivery."""

    delivery_id: str
    state: State
    at: datetime


class _Delivery(Struct, frozen=True, kw_only=True):
    id: str
    channel: str
    address_id: str
    created_at: datetime
    received_at: datetime | None
    displayed_at: datetime | None
    opened_at: datetime | None


def receipt_token(secrets: Secrets, delivery_id: str) -> str:
    """Lets whoever holds it say what became of this message; the same on every retry."""
    text = f"dwr.{delivery_id}"
    return f"{text}.{secrets.sign(text)}"


def read_receipt_token(secrets: Secrets, token: str) -> str | None:
    """The delivery that a token is bound to; None when it is not ours."""
    text, _, signature = token.rpartition(".")
    kind, _, delivery_id = text.partition(".")
    return delivery_id if kind == "dwr" and secrets.is_signed(text, signature) else None


async def keep_receipts(
    db: Database, said: Sequence[DeviceReceipt], *, sent_at: datetime, now: datetime
) -> tuple[Writes, set[str]]:
    """Keep the earliest time of each state; returns the ids of the deliveries that there are.

    What is told for the first time is told above, as due work.
    """
    rows = await db.rows(
        _Delivery, "SELECT <fields> FROM delivery WHERE id IN :ids", ids=tuple({each.delivery_id for each in said})
    )
    deliveries = {row.id: row for row in rows}
    writes = Writes()
    for id, states in _earliest(said, deliveries, sent_at=sent_at, now=now).items():
        for state, at in states.items():
            _keep(writes, deliveries[id], state, at, now)
    for address_id in sorted({row.address_id for row in rows}):
        writes.sql(
            "UPDATE address SET last_receipt_at = :now WHERE id = :id"
            " AND (last_receipt_at IS NULL OR last_receipt_at < :now)",
            now=now,
            id=address_id,
        )
    return writes, set(deliveries)


def _earliest(
    said: Sequence[DeviceReceipt], deliveries: dict[str, _Delivery], *, sent_at: datetime, now: datetime
) -> dict[str, dict[State, datetime]]:
    found: dict[str, dict[State, datetime]] = {}
    for each in said:
        if (delivery := deliveries.get(each.delivery_id)) is None:
            continue
        at = happened_at(each.at, sent_at=sent_at, not_before=delivery.created_at, now=now)
        states = found.setdefault(delivery.id, {})
        for state in IMPLIED[each.state]:
            states[state] = min(at, states.get(state, at))
    return found


def _keep(writes: Writes, delivery: _Delivery, state: State, at: datetime, now: datetime) -> None:
    was: datetime | None = getattr(delivery, f"{state}_at")
    if was is not None and was <= at:
        return
    guard = "IS NULL" if was is None else "IS NOT NULL"
    writes.sql(
        f"UPDATE delivery SET {state}_at = :at WHERE id = :id AND {state}_at {guard}",  # noqa: S608 a state of ours
        expect=1,
        at=at,
        id=delivery.id,
    )
    if was is None:
        RECEIPTS.labels(delivery.channel, state).inc()
        if state in TOLD:
            arm(writes, RECEIVED, Received(delivery.id, state), at=now, now=now)


def mark_acted(writes: Writes, delivery_id: str, *, now: datetime) -> None:
    """Its reader has answered by one of its buttons; the first time counts."""
    text = "UPDATE delivery SET acted_at = :now WHERE id = :id AND acted_at IS NULL"
    writes.sql(text, now=now, id=delivery_id)
