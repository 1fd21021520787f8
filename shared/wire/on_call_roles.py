"""The on-call roles of the account, which every schedule shares."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.domain.visible import LINE, Written

RoleName = Annotated[str, Meta(min_length=1, max_length=40, extra=LINE)]


class OnCallRoleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: RoleName


class OnCallRole(Struct, frozen=True, kw_only=True):
    """`used_by` counts the schedules and policies that name it; a built-in one stays as it is."""

    id: str
    name: str
    is_built_in: bool
    used_by: int
    rev: int
