"""Roles, permission sets, and who was granted which."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.visible import TEXT, Written
from shared.wire.lists import Ref
from shared.wire.names import Name

Permission = Literal[
    "read",
    "incidents:act",
    "schedules:edit",
    "configuration:edit",
    "status_events:edit",
    "status_pages:edit",
    "members:edit",
    "people:edit",
]
Permissions = Annotated[tuple[Permission, ...], Meta(min_length=1, max_length=20)]


class RoleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permission set under a name."""

    name: Name
    permissions: Permissions
    description: Annotated[str, Meta(max_length=500, extra=TEXT)] = ""


class PermissionSet(Struct, frozen=True, kw_only=True):
    """A role of accounts (`built_in`: neither changed nor granted), or a set that can be granted."""

    id: str
    name: str
    description: str
    permissions: list[Permission]
    built_in: bool
    rev: int


class GrantScope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a granted set holds: in the whole account, for what one team owns, or for one object."""

    kind: Literal["account", "team", "service", "schedule", "escalation_policy", "status_page"] = "account"
    id: Annotated[str, Meta(max_length=100)] | None = None


class NewGrant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role_id: Annotated[str, Meta(max_length=100)]
    scope: GrantScope = GrantScope()


class Grant(Struct, frozen=True, kw_only=True):
    """A permission set that a person was granted; `scope_name` names the team or the object."""

    id: str
    user_id: str
    role: Ref
    permissions: list[Permission]
    scope: GrantScope
    scope_name: str
