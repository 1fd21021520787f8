"""Escalation policies."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.domain.paging.escalation import Level
from shared.domain.visible import Written
from shared.wire.names import LongName


class EscalationPolicyInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels are paged one after another, the whole list `rounds` times; then the team's fallback is."""

    name: LongName
    team_id: str
    levels: Annotated[tuple[Level, ...], Meta(min_length=1, max_length=20)]
    rounds: Annotated[int, Meta(ge=1, le=10)] = 1


class EscalationPolicy(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    levels: tuple[Level, ...]
    rounds: int
    rev: int
