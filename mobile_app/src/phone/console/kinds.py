"""Every kind of object that the Console knows, in the order in which it shows them."""

from typing import Any, Final

from phone.console.api_keys.kind import ApiKeys
from phone.console.channels.kind import Channels
from phone.console.form.kind import Kind
from phone.console.integrations.kind import Integrations
from phone.console.integrations.sources import Sources
from phone.console.integrations.strays import Strays
from phone.console.on_call_roles.kind import OnCallRoles
from phone.console.people.invitations import Invitations
from phone.console.people.kind import People
from phone.console.policies.kind import Policies
from phone.console.roles.kind import Roles
from phone.console.schedules.kind import Schedules
from phone.console.service_calendars.kind import ServiceCalendars
from phone.console.services.kind import Services
from phone.console.silences.kind import Silences
from phone.console.teams.kind import Teams
from shared.wire.sessions import Me

SHOWN: Final[tuple[Kind[Any, Any], ...]] = (
    Services(),
    Integrations(),
    Silences(),
    Policies(),
    Schedules(),
    OnCallRoles(),
    ServiceCalendars(),
    Teams(),
    People(),
    Invitations(),
    Roles(),
    ApiKeys(),
    Channels(),
)
KINDS: Final[dict[str, Kind[Any, Any]]] = {kind.slug: kind for kind in (*SHOWN, Sources(), Strays())}


def kinds_for(me: Me) -> list[Kind[Any, Any]]:
    """The kinds that this reader finds."""
    return [kind for kind in SHOWN if kind.is_shown(me)]


def kind_of(slug: str) -> Kind[Any, Any] | None:
    """The kind of an address."""
    found = KINDS.get(slug)
    return found if found in SHOWN else None
