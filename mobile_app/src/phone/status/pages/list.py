"""Status: what waits for approval, what is open, and every page with how it stands."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.controls import Face, icon, quiet, tappable
from phone.kit.fields import problem_line
from phone.kit.hooks import drafted_state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.status import wording
from phone.status.board import PageNow, StatusBoard
from phone.status.events.publish_sheet import publish_dialog
from phone.status.marks import impact_mark
from phone.status.proposal_card import proposal_cards
from phone.status.rights import may_make
from phone.status.stores import StatusStores
from shared.domain.status.events import Impact
from shared.wire.status_pages import StatusEvent

ASKING: Final = "status-list-asking"
PUBLISH: Final = "publish"


@ft.component
def StatusList(
    window: Window, board: StatusBoard, stores: StatusStores, look: Look, beside: str | None, *, event_id: str | None
) -> ft.Control:
    """`beside` is the page that is open next to it, `event_id` the event."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    words = look.words
    publishing = stores.publishing

    def close() -> None:
        ask("")

    def done(page_id: str, event: StatusEvent) -> None:
        window.go(f"/status-pages/{page_id}/events/{event.id}")

    pages = board.publishable
    ft.use_dialog(
        publish_dialog(window, publishing, look, pages, close, done=done) if asking == PUBLISH and pages else None
    )
    actions: list[ft.Control] = []
    if pages:
        actions.append(
            icon(look, ft.Icons.CAMPAIGN_OUTLINED, words("publish.title"), lambda: ask(PUBLISH), key="publish")
        )
    actions.append(icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh"))
    bar = title_bar(window, words("tab.status"), actions)
    if board.items is None:
        wait = placeholders.failed(look, board.error, window.retry) if board.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    parts: list[ft.Control] = []
    if board.error is not None and window.link.online:
        parts.append(column([problem_line(look, problems.problem(words, board.error))]))
    if not board.items:
        parts.append(_none(window))
        return ft.Column([bar, PullList(parts, window.retry)], spacing=0, expand=True)
    if board.waiting:
        parts.append(_title(look, words("proposal.title")))
        parts += [
            column([each])
            for now in board.items
            for each in proposal_cards(window, publishing, look, now.page, now.asked)
        ]
    parts += _open(window, board.items, event_id)
    parts.append(_title(look, words("status.pages")))
    parts += [_page(window, each, own=each.page.id == beside) for each in board.items]
    if may_make(window.session.me):
        make = quiet(
            look, words("status.make"), lambda: window.go("/status-pages/new"), icon=ft.Icons.ADD, key="make-page"
        )
        parts.append(ft.Container(content=column([ft.Row([make], wrap=True)]), padding=ft.Padding.only(top=16)))
    return ft.Column(
        [bar, PullList(parts, window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _none(window: Window) -> ft.Control:
    look, words = window.look, window.look.words
    if not may_make(window.session.me):
        return placeholders.empty(look, words("status.empty"), words("status.empty_reader"))
    make = quiet(look, words("status.make"), lambda: window.go("/status-pages/new"), icon=ft.Icons.ADD, key="make-page")
    return placeholders.empty(look, words("status.empty"), words("status.empty_text"), action=make)


def _title(look: Look, title: str) -> ft.Control:
    return ft.Container(
        content=heading(title, "label", look.palette.muted),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=16, bottom=4),
    )


def _open(window: Window, items: tuple[PageNow, ...], event_id: str | None) -> list[ft.Control]:
    """What goes on first, then what is planned; nothing is good news, and said so."""
    look, words = window.look, window.look.words
    found = [(now, event) for now in items for event in now.open]
    going_on = [pair for pair in found if not wording.is_ahead(pair[1])]
    ahead = [pair for pair in found if wording.is_ahead(pair[1])]
    parts: list[ft.Control] = [_title(look, words("status.open_events"))]
    if going_on:
        parts += [_event(window, now, event, own=event.id == event_id) for now, event in going_on]
    else:
        calm = ft.Row(
            [
                impact_mark(look, "operational"),
                text(words("status.nothing_open"), "body", look.palette.ink, expand=True),
            ],
            spacing=12,
        )
        parts.append(ft.Container(content=calm, padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=12)))
    if ahead:
        parts.append(_title(look, words("status.ahead")))
        parts += [_event(window, now, event, own=event.id == event_id) for now, event in ahead]
    return parts


def _event(window: Window, now: PageNow, event: StatusEvent, *, own: bool) -> ft.Control:
    words = window.look.words
    line = wording.event_line(words, event, now=window.clock.minutes.at, zone=window.look.zone)
    about = wording.row_line(words, event, words("status.on_page", page=now.page.name, line=line))
    title = wording.said(words, event.title, now.page)
    address = f"/status-pages/{now.page.id}/events/{event.id}"
    return status_row(
        window.look,
        wording.impact_of(event),
        title,
        about,
        lambda: window.go(address),
        own=own,
        key=f"event-{event.id}",
    )


def _page(window: Window, now: PageNow, *, own: bool) -> ft.Control:
    impact = wording.page_impact(now.open)
    words = window.look.words
    about = wording.page_line(words, now)
    if impact != "operational":
        about = words("status.row_about", state=words(f"impact.{impact}"), about=about)
    address = f"/status-pages/{now.page.id}"
    return status_row(
        window.look, impact, now.page.name, about, lambda: window.go(address), own=own, key=f"page-{now.page.id}"
    )


def status_row(
    look: Look,
    impact: Impact,
    title: str,
    about: str,
    handler: Callable[[], Any],
    *,
    own: bool = False,
    key: str,
    margin: float = PHONE_MARGIN,
) -> ft.Control:
    """Mark, title and a line; a tap opens it."""
    palette = look.palette
    row = ft.Row(
        [
            ft.Container(content=impact_mark(look, impact), width=22, padding=ft.Padding.only(top=4)),
            ft.Column(
                [
                    text(title, "strong", palette.ink, lines=3),
                    text(about, "small", palette.muted),
                ],
                spacing=2,
                tight=True,
                expand=True,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    face = Face(
        colour=palette.accent_bg if own else "#00000000", padding=ft.Padding.symmetric(horizontal=margin, vertical=14)
    )
    line = ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=margin + 30))
    return ft.Column(
        [tappable(look, row, handler, face=face, selected=own, key=key), line],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
