"""API keys: programs that act under a name of their own."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shared.domain.visible import Written
from shared.wire.lists import Ref
from shared.wire.names import Name
from shared.wire.roles import Permission, Permissions


class NewApiKey(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """May no more than its maker; with a team only what that team owns, and no more than is in force at each use."""

    name: Name
    scopes: Permissions
    team_id: Annotated[str, Meta(max_length=100)] | None = None
    expires_at: datetime | None = None


class ApiKey(Struct, frozen=True, kw_only=True):
    """`key` is there once, when it was made; `hint` is how it begins."""

    id: str
    name: str
    hint: str
    scopes: list[Permission]
    team: Ref | None
    made_by: Ref
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    key: str | None = None
