"""What stands above and below the form of some kinds: settings come before what happened."""

from typing import Any

import flet as ft

from phone.base.window import Window
from phone.console.channels.channel_panel import ChannelPanel
from phone.console.form.kind import Kind, Known
from phone.console.form.stores import FormStores
from phone.console.integrations.integration_panel import IntegrationActivity, IntegrationPanel
from phone.console.integrations.rules_panel import RulesPanel
from phone.console.people.invitation_panel import InvitationPanel
from phone.console.people.person_panel import PersonPanel
from phone.console.schedules.schedule_panel import SchedulePanel, feed_panel
from phone.console.services.service_panel import ServiceActivity, ServicePanel
from phone.console.teams.team_panel import TeamPanel


def panels(window: Window, stores: FormStores, known: Known, kind: Kind[Any, Any], item: Any) -> list[ft.Control]:
    """The panels of an object; most kinds have none."""
    match kind.slug:
        case "services":
            return [ServicePanel(window, stores.beside, item)]
        case "integrations":
            return [IntegrationPanel(window, stores.beside, known, item)]
        case "teams":
            return [TeamPanel(window, stores.beside, known, item)]
        case "invitations":
            return [InvitationPanel(window, stores.inviting, known, item)]
        case "schedules":
            return [SchedulePanel(window, stores.rehearsal, known, item)]
        case _:
            return []


def panels_below(
    window: Window, stores: FormStores, known: Known, kind: Kind[Any, Any], item: Any, *, can_change: bool
) -> list[ft.Control]:
    """What stands below the form: what is done at once and seldom, and what happens with the object."""
    match kind.slug:
        case "services":
            return [ServiceActivity(window, stores.beside, known, item)]
        case "integrations":
            rules = RulesPanel(window, stores.rules, known, window.look, can_change)
            return [rules, IntegrationActivity(window, stores.beside, known, item)]
        case "channels":
            return [ChannelPanel(window, stores.beside, known, item)]
        case "people":
            return [PersonPanel(window, stores.person, known, item, can_change)]
        case "schedules":
            return [feed_panel(window, item, may_make=can_change, feed=stores.feed)]
        case _:
            return []
