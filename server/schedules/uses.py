"""What keeps a schedule or a role from being ended: asked of the room above, which `server/app.py` binds."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from server.accounts.access.ownership import Use
from server.kernel.database import Database

Uses = Callable[[Database, str], Awaitable[list[Use]]]


class PagedBy(Struct, frozen=True):
    """Which escalation policies name a schedule, and which a role, by name."""

    schedule: Uses
    role: Uses
