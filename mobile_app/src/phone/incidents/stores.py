"""The stores that screens of incidents read and act by, together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from phone.incidents.open_incident import OpenIncident
from phone.incidents.outbox import Outbox
from phone.incidents.saved_filters import SavedFilters
from phone.incidents.selection import Selection
from phone.incidents.store import Incidents
from phone.incidents.verbs import Verbs
from phone.names.store import Names
from phone.rotas.on_call import OnCall


@dataclass(frozen=True, kw_only=True)
class IncidentStores:
    """The list, the one that is open, what is done to them, who is on call meanwhile; `give` opens the way to
    hand the pager over.
    """

    listed: Incidents
    opened: OpenIncident
    verbs: Verbs
    outbox: Outbox
    selection: Selection
    saved: SavedFilters
    names: Names
    on_call: OnCall
    give: Callable[[], Any]

    @property
    def of_list(self) -> tuple[ft.Observable, ...]:
        """What draws the list anew."""
        return self.listed, self.outbox, self.selection, self.saved
