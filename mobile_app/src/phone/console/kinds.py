"""Every kind of object that the Console knows, in the order in which it shows them."""

from typing import Any, Final

from phone.console.channels import Channels
from phone.console.integrations import Integrations
from phone.console.kind import Kind
from phone.console.people import People
from phone.console.policies import Policies
from phone.console.schedules import Schedules
from phone.console.services import Services
from phone.console.sources import Sources
from phone.console.teams import Teams

SHOWN: Final[tuple[Kind[Any], ...]] = (
    Services(),
    Integrations(),
    Policies(),
    Schedules(),
    Teams(),
    People(),
    Channels(),
)
KINDS: Final[dict[str, Kind[Any]]] = {kind.slug: kind for kind in (*SHOWN, Sources())}


def kind_of(slug: str) -> Kind[Any] | None:
    """The kind of an address."""
    found = KINDS.get(slug)
    return found if found in SHOWN else None
