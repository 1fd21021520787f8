"""What each account role may do; the same strings are declared on handlers, granted in sets and used as key scopes."""

from typing import Final

from shared.wire.roles import Permission
from shared.wire.sessions import Role

READ: Final[Permission] = "read"
INCIDENTS_ACT: Final[Permission] = "incidents:act"
SCHEDULES_EDIT: Final[Permission] = "schedules:edit"
CONFIGURATION_EDIT: Final[Permission] = "configuration:edit"
STATUS_EVENTS_EDIT: Final[Permission] = "status_events:edit"
STATUS_PAGES_EDIT: Final[Permission] = "status_pages:edit"
MEMBERS_EDIT: Final[Permission] = "members:edit"
PEOPLE_EDIT: Final[Permission] = "people:edit"
PUBLIC: Final = "public"

EVERY: Final[tuple[Permission, ...]] = (
    READ,
    INCIDENTS_ACT,
    SCHEDULES_EDIT,
    CONFIGURATION_EDIT,
    STATUS_EVENTS_EDIT,
    STATUS_PAGES_EDIT,
    MEMBERS_EDIT,
    PEOPLE_EDIT,
)
"""From what the most may to what the fewest may."""

_VIEWER = frozenset({READ})
_RESPONDER = _VIEWER | {INCIDENTS_ACT, SCHEDULES_EDIT}
_MANAGER = _RESPONDER | {CONFIGURATION_EDIT, STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT, MEMBERS_EDIT}
_ADMIN = _MANAGER | {PEOPLE_EDIT}

GRANTED: Final[dict[Role, frozenset[str]]] = {
    "viewer": _VIEWER,
    "responder": _RESPONDER,
    "manager": _MANAGER,
    "admin": _ADMIN,
    "owner": _ADMIN,
}
ALL: Final = _ADMIN | {PUBLIC}
ADMINS: Final[tuple[Role, ...]] = ("owner", "admin")
WHERE_SEEN: Final = frozenset({READ, INCIDENTS_ACT})
"""What a role gives for everything that its holder sees; the rest it gives for their own teams."""
ACCOUNT_WIDE: Final = frozenset({PEOPLE_EDIT})
"""What can't be narrowed to a team or an object."""
