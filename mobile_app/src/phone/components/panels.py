"""What stands above the form of some kinds: what matters more than changing the object."""

from typing import Any

import flet as ft

from phone.components.channel_panel import ChannelPanel
from phone.components.controls import quiet
from phone.components.integration_panel import IntegrationPanel
from phone.components.invitation_panel import InvitationPanel
from phone.components.parts import card
from phone.components.person_panel import PersonPanel
from phone.components.service_panel import ServicePanel
from phone.components.team_panel import TeamPanel
from phone.components.text import text
from phone.console.kind import Kind, Known
from phone.state.app import App
from shared.wire.schedules import Schedule


def panels(app: App, known: Known, kind: Kind[Any], item: Any) -> list[ft.Control]:
    """The panels of an object; most kinds have none."""
    match kind.slug:
        case "services":
            return [ServicePanel(app, app.beside, known, item)]
        case "integrations":
            return [IntegrationPanel(app, app.beside, known, item)]
        case "teams":
            return [TeamPanel(app, app.beside, known, item)]
        case "invitations":
            return [InvitationPanel(app, app.inviting, known, item)]
        case "channels":
            return [ChannelPanel(app, app.beside, known, item)]
        case "schedules":
            return [_schedule(app, known, item)]
        case _:
            return []


def panels_below(app: App, known: Known, kind: Kind[Any], item: Any, *, can_change: bool) -> list[ft.Control]:
    """What stands below the form: what is done at once and seldom."""
    return [PersonPanel(app, app.person, known, item, can_change)] if kind.slug == "people" else []


def _schedule(app: App, known: Known, item: Schedule) -> ft.Control:
    look, words = app.look, known.words
    button = quiet(
        look, words("schedule.on_call"), lambda: app.go("/on-call"), icon=ft.Icons.ARROW_FORWARD, key="on-call"
    )
    lines: list[ft.Control] = [text(words("schedule.here_later"), "body", look.palette.ink)]
    if item.description:
        lines.insert(0, text(item.description, "body", look.palette.ink))
    return card(look, [*lines, ft.Row([button], tight=True)])
