"""The on-call roles of the account, which every schedule shares."""

from msgspec import Struct

from shared.domain.visible import Written
from shared.wire.names import ShortName


class OnCallRoleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: ShortName


class OnCallRole(Struct, frozen=True, kw_only=True):
    """`used_by` counts the schedules and policies that name it; a built-in one stays as it is."""

    id: str
    name: str
    is_built_in: bool
    used_by: int
    rev: int
