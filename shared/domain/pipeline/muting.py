"""Silences: matching alerts are kept and page nobody for a while."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from shared.domain.alerts import Event
from shared.domain.pipeline.conditions import Compile, Conditions, holds


class Silence(Struct, frozen=True, kw_only=True):
    """In force in [starts_at, ends_at), for one service or for all of a team's."""

    id: str
    team_id: str
    service_id: str | None
    conditions: Conditions
    starts_at: datetime
    ends_at: datetime


class Placed(Struct, frozen=True, kw_only=True):
    """What an alert says, and whose it is."""

    event: Event
    service_id: str
    team_id: str


def quiet_until(alert: Placed, silences: Sequence[Silence], *, now: datetime, compiled: Compile) -> datetime | None:
    """Until when silences that follow on each other cover it; None when none does now."""
    until = now
    while found := silenced_by(
        alert.event,
        service_id=alert.service_id,
        team_id=alert.team_id,
        silences=silences,
        now=until,
        compiled=compiled,
    ):
        until = found.ends_at
    return until if until > now else None


def silenced_by(
    event: Event,
    *,
    service_id: str,
    team_id: str,
    silences: Iterable[Silence],
    now: datetime,
    compiled: Compile,
) -> Silence | None:
    """The silence in force that covers the event, the one that ends last."""
    covering = [
        silence
        for silence in silences
        if silence.starts_at <= now < silence.ends_at
        and silence.team_id == team_id
        and silence.service_id in (None, service_id)
        and holds(silence.conditions, event, compiled)
    ]
    return max(covering, key=lambda silence: silence.ends_at, default=None)
