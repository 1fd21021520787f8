"""What each account role may do; the same strings are declared on handlers and used as API-key scopes."""

from typing import Final

from shared.wire.sessions import Role

READ: Final = "read"
INCIDENTS_ACT: Final = "incidents:act"
SCHEDULES_EDIT: Final = "schedules:edit"
CONFIGURATION_EDIT: Final = "configuration:edit"
PEOPLE_EDIT: Final = "people:edit"
PUBLIC: Final = "public"

_VIEWER = frozenset({READ})
_RESPONDER = _VIEWER | {INCIDENTS_ACT, SCHEDULES_EDIT}
_MANAGER = _RESPONDER | {CONFIGURATION_EDIT}
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
