"""The stores that screens of status pages read and act by, together."""

from dataclasses import dataclass

from phone.names.store import Names
from phone.status.board import StatusBoard
from phone.status.on_incident.store import IncidentOnPages
from phone.status.open_event import OpenEvent
from phone.status.open_page import OpenPage
from phone.status.publishing import Publishing
from phone.status.set_up import SettingUp
from phone.status.subscribers import Subscribers


@dataclass(frozen=True, kw_only=True)
class StatusStores:
    """The list, the page and the event that are open, and what is done to them."""

    board: StatusBoard
    page: OpenPage
    event: OpenEvent
    publishing: Publishing
    on_incident: IncidentOnPages
    setting_up: SettingUp
    subscribers: Subscribers
    names: Names
