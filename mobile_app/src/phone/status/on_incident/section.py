"""On an incident's own screen: what customers read of it, in two taps from nothing, and in two for each update."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.cards import card
from phone.kit.controls import Face, quiet, tappable
from phone.kit.hooks import drafted_state
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.status import wording
from phone.status.board import StatusBoard
from phone.status.events.publish_sheet import publish_dialog
from phone.status.events.update_sheet import UpdateForm
from phone.status.marks import impact_mark
from phone.status.on_incident.store import IncidentOnPages
from phone.status.proposal_card import ProposalCard
from phone.status.publishing import Publishing
from phone.status.stores import StatusStores
from shared.wire.incidents import Incident
from shared.wire.lists import Ref
from shared.wire.status_pages import StatusEvent
from shared.wire.status_publishing import Publication

PUBLISH: Final = "publish"


@ft.component
def OnStatusPages(
    window: Window,
    incident: Incident,
    on_pages: IncidentOnPages,
    board: StatusBoard,
    stores: StatusStores,
    look: Look,
) -> ft.Control:
    """Nothing for an incident that no page tells of, and a reader who publishes on none."""
    asking, ask = drafted_state(look.drafts, f"incident-on-pages-asking:{incident.id}", "")
    words = look.words
    publishing = stores.publishing
    del board
    shown = on_pages.publications if on_pages.id == incident.id else None

    def close() -> None:
        ask("")

    def done(_page_id: str, _event: StatusEvent) -> None:
        """The reader stays: the timeline says it, and so does this part."""

    async def update(publication: Publication) -> None:
        publishing.calm()
        if await publishing.choose_page(publication.status_page.id) is not None:
            ask(publication.event.id)

    named = Ref(incident.id, words("incident.named", number=incident.number, title=incident.title))
    dialog = None
    if asking == PUBLISH and on_pages.free:
        page_id = _likely(incident, on_pages)
        dialog = publish_dialog(
            window, publishing, look, on_pages.free, close, page_id=page_id, incident=named, done=done
        )
    elif asking:
        dialog = _update_sheet(window, look, publishing, shown or (), asking, close)
    ft.use_dialog(dialog)
    if shown is None or not (shown or on_pages.free or on_pages.asked):
        return ft.Container(height=0)
    parts: list[ft.Control] = [
        ft.Container(
            content=heading(words("on_pages.title"), "label", look.palette.muted), padding=ft.Padding.only(top=12)
        )
    ]
    parts += [ProposalCard(window, publishing, look, page, each) for page, each in on_pages.asked]
    mine = {each.id for each in on_pages.pages}
    parts += [_publication(window, each, update, may=each.status_page.id in mine) for each in shown]
    if on_pages.free and incident.state != "resolved":
        sign = ft.Icons.CAMPAIGN_OUTLINED
        button = quiet(look, words("on_pages.publish"), lambda: ask(PUBLISH), icon=sign, key="publish-incident")
        parts.append(ft.Row([button], wrap=True))
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _likely(incident: Incident, on_pages: IncidentOnPages) -> str:
    """The page of the incident's team, else the first."""
    team = incident.team.id if incident.team is not None else ""
    own = next((each.id for each in on_pages.free if each.team_id == team), None)
    return own or on_pages.free[0].id


def _update_sheet(
    window: Window,
    look: Look,
    publishing: Publishing,
    shown: tuple[Publication, ...],
    event_id: str,
    close: Callable[[], Any],
) -> ft.BottomSheet | None:
    found = next((each for each in shown if each.event.id == event_id), None)
    parts = publishing.parts
    if found is None or parts is None or parts.page.id != found.status_page.id:
        return None
    form = UpdateForm(window, publishing, look, parts, found.event, close, proposed=found.proposed)
    return sheet(look, look.words("publish.update_title"), [form], close)


def _publication(
    window: Window, publication: Publication, update: Callable[[Publication], Any], *, may: bool
) -> ft.Control:
    """What one page says; a tap leads there."""
    look, words, event = window.look, window.look.words, publication.event
    title = event.title.said(words.language, words.language)
    line = wording.event_line(words, event, now=window.clock.minutes.at, zone=look.zone)
    newest = event.updates[0] if event.updates else None
    lines: list[ft.Control] = [
        text(title, "strong", look.palette.ink),
        text(words("status.on_page", page=publication.status_page.name, line=line), "small", look.palette.muted),
    ]
    if event.is_open and newest is not None and newest.next_update_at is not None:
        when = moments.moment(words, newest.next_update_at, now=window.clock.minutes.at, zone=look.zone)
        is_late = newest.next_update_at < window.clock.minutes.at
        key = "status.promise_late" if is_late else "status.promised"
        lines.append(text(words(key, when=when), "small", look.palette.warning if is_late else look.palette.muted))
    row = ft.Row(
        [
            ft.Container(content=impact_mark(look, wording.impact_of(event)), padding=ft.Padding.only(top=4)),
            ft.Column(lines, spacing=2, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=look.palette.muted),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    address = f"/status-pages/{publication.status_page.id}/events/{event.id}"
    parts: list[ft.Control] = [
        tappable(
            look,
            row,
            lambda: window.go(address),
            face=Face(padding=ft.Padding.symmetric(vertical=4), radius=10),
            key=f"publication-{event.id}",
        )
    ]
    if may and event.is_open:
        send = quiet(look, words("publish.update"), lambda: update(publication), key=f"update-{event.id}")
        parts.append(ft.Row([send], wrap=True))
    return card(look, parts)
