"""What every handler declares of who may call it, and whom it is given."""

from typing import Any

from litestar.datastructures import State
from litestar.types import Scope

from server.accounts.access.permissions import ALL, INCIDENTS_ACT, PUBLIC, READ
from server.kernel.database import Database, Priority
from server.kernel.limits.strangers import SMALL_BYTES

URGENT = (PUBLIC, INCIDENTS_ACT)


def needs(
    permission: str, *, person: bool = False, fresh: bool = False, priority: Priority | None = None
) -> dict[str, Any]:
    """What a handler declares: `opt=needs(READ)`; with `person` it is closed to API keys, as all below /me is.

    With `fresh` a person has to have signed in, or proved themself, within ten minutes: what it makes outlasts the
    session, and whoever stole that shall not have it (decision 31). Programs have no sign-in that could be fresh.

    Who answers, signs in or acts on incidents is served like a page, everybody else like a notice, unless it says
    otherwise: what is many things at once is bulk.
    """
    if permission not in ALL:
        raise ValueError(f"unknown permission {permission}")
    usual = Priority.PAGE if permission in URGENT else Priority.NOTICE
    chosen = usual if priority is None else priority
    return {"permission": permission, "person_only": person, "fresh": fresh, "priority": chosen}


def provide_db(state: State, scope: Scope) -> Database:
    """Dependency `db`: at the priority of the handler."""
    return state.db.at(scope["route_handler"].opt.get("priority", Priority.NOTICE))


PERSON = needs(READ, person=True)
LASTING = needs(READ, person=True, fresh=True)


def strangers(*, status: int = 200, reads_bytes: int = SMALL_BYTES) -> dict[str, Any]:
    """What a handler declares that anybody may ask: how little it reads of them."""
    return {"opt": needs(PUBLIC), "status_code": status, "request_max_body_size": reads_bytes}
