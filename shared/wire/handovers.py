"""What somebody who comes on call should know."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from shared.domain.alerts import Severity
from shared.domain.visible import TEXT, Written
from shared.wire.lists import Ref


class RemarkInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the next holder of the watch should know; the last one counts, an empty one takes it back."""

    text: Annotated[str, Meta(max_length=2000, extra=TEXT)]


class Remark(Struct, frozen=True, kw_only=True):
    text: str
    by: Ref
    at: datetime


class HandoverIncident(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    severity: Severity
    state: str
    since: datetime


class HandoverSilence(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    ends_at: datetime


class NoisyService(Struct, frozen=True, kw_only=True):
    service: Ref
    alerts: int


class Handover(Struct, frozen=True, kw_only=True):
    """Open incidents, silences that end within a day, the noisiest services of a week, and the remark."""

    schedule: Ref
    incidents: list[HandoverIncident]
    silences: list[HandoverSilence]
    noise: list[NoisyService]
    remark: Remark | None = None
    on_call: list[Ref] = msgspec.field(default_factory=list[Ref])
