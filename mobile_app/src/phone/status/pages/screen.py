"""One page: how it stands, what is open and planned, its components, what was, and the doors to how it is set up."""

from typing import Final

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import problem_line
from phone.kit.hooks import drafted_state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.text import heading, text
from phone.status import wording
from phone.status.events.publish_sheet import publish_dialog
from phone.status.marks import impact_colour, impact_ground, impact_mark, impact_word
from phone.status.open_page import OpenPage, PageParts
from phone.status.pages.list import status_row
from phone.status.proposal_card import proposal_cards
from phone.status.rights import may_publish, may_set_up
from phone.status.stores import StatusStores
from shared.domain.status.events import Impact
from shared.wire.status_pages import Component, StatusEvent

ASKING: Final = "status-page-asking"
PUBLISH: Final = "publish"


@ft.component
def PageScreen(
    window: Window, opened: OpenPage, stores: StatusStores, look: Look, *, event_id: str | None
) -> ft.Control:
    """`event_id` is what is open beside it."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    parts, words = opened.parts, look.words
    publishing = stores.publishing

    def close() -> None:
        ask("")

    def done(page_id: str, event: StatusEvent) -> None:
        window.go(f"/status-pages/{page_id}/events/{event.id}")

    is_publisher = parts is not None and may_publish(window.session.me, parts.page)
    ft.use_dialog(
        publish_dialog(window, publishing, look, (parts.page,), close, page_id=parts.page.id, done=done)
        if parts is not None and is_publisher and asking == PUBLISH
        else None
    )
    name = parts.page.name if parts is not None else words("status.page")
    bar = archive_bar(window, name, "/status-pages", [])
    if look.is_split and event_id is None:  # the list of pages stands beside it
        title = heading(name, "title", look.palette.ink, level=1)
        bar = ft.Container(
            content=title, padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=12, bottom=12)
        )
    if parts is None:
        wait = placeholders.failed(look, opened.error, window.retry) if opened.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    sections: list[ft.Control] = []
    if opened.error is not None and window.link.online:
        sections.append(column([problem_line(look, problems.problem(words, opened.error))]))
    sections.append(column([_banner(window, parts, opened.events)]))
    if is_publisher:
        asked = tuple(each for each in opened.proposals if each.state == "asked")
        if asked:
            sections.append(_title(look, words("proposal.title")))
        sections += [column([each]) for each in proposal_cards(window, publishing, look, parts.page, asked)]
        sign = ft.Icons.CAMPAIGN_OUTLINED
        send = (
            filled(look, words("publish.title"), lambda: ask(PUBLISH), key="publish")
            if event_id is None and not any(each.is_open and not wording.is_ahead(each) for each in opened.events)
            else quiet(look, words("publish.title"), lambda: ask(PUBLISH), icon=sign, key="publish")
        )
        sections.append(ft.Container(content=column([send]), padding=ft.Padding.only(top=12)))
    open_ones = [each for each in opened.events if each.is_open]
    over = [each for each in opened.events if not each.is_open]
    sections += _events(window, parts, words("status.open_events"), open_ones, event_id)
    sections += _components(look, parts, opened)
    sections += _doors(window, opened, parts)
    sections += _events(window, parts, words("status.over_events"), over, event_id)
    if opened.next_events is not None:
        sections.append(column([ft.Row([word(look, words("status.earlier"), opened.more, key="more-events")])]))
    return ft.Column(
        [bar, PullList(sections, window.retry, opened.more)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _title(look: Look, title: str) -> ft.Control:
    return ft.Container(
        content=heading(title, "label", look.palette.muted),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20, bottom=4),
    )


def _banner(window: Window, parts: PageParts, events: tuple[StatusEvent, ...]) -> ft.Control:
    """What customers read on top, and who they are."""
    look, words, page = window.look, window.look.words, parts.page
    going_on = [each for each in events if each.is_open and not wording.is_ahead(each)]
    impact: Impact = wording.page_impact(going_on)
    if not going_on:
        told = words("status.all_works")
    elif len(going_on) == 1:
        told = wording.said(words, going_on[0].title, page)
    else:
        told = words("status.open_count", count=len(going_on))
    kind = words("status.for_customers" if page.is_public else "status.for_members")
    lines = ft.Column(
        [
            heading(told, "lead", look.palette.ink, bold=True),
            text(
                words("status.row_about", state=words(f"impact.{impact}"), about=kind),
                "small",
                impact_colour(look, impact),
            ),
        ],
        spacing=4,
        tight=True,
        expand=True,
    )
    return ft.Container(
        content=ft.Row(
            [ft.Container(content=impact_mark(look, impact, 20), padding=ft.Padding.only(top=3)), lines],
            spacing=14,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=impact_ground(look, impact),
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def _events(
    window: Window, parts: PageParts, title: str, events: list[StatusEvent], event_id: str | None
) -> list[ft.Control]:
    if not events:
        return []
    rows: list[ft.Control] = [_title(window.look, title)]
    words = window.look.words
    for each in events:
        line = wording.event_line(words, each, now=window.clock.minutes.at, zone=window.look.zone)
        address = f"/status-pages/{parts.page.id}/events/{each.id}"
        rows.append(
            status_row(
                window.look,
                wording.impact_of(each),
                wording.said(words, each.title, parts.page),
                wording.row_line(words, each, line),
                lambda address=address: window.go(address),
                own=each.id == event_id,
                key=f"event-{each.id}",
            )
        )
    return rows


def _components(look: Look, parts: PageParts, opened: OpenPage) -> list[ft.Control]:
    words, found = look.words, list[ft.Control]()
    for group in parts.groups:
        name = wording.said(words, group.name, parts.page) if group.name is not None else words("status.components")
        found.append(_title(look, name))
        found += [_component(look, parts, each, opened.uptime.get(each.id)) for each in group.components]
    if not parts.components:
        found.append(_title(look, words("status.components")))
        found.append(column([text(words("status.no_components"), "body", look.palette.muted)]))
    return found


def _component(look: Look, parts: PageParts, each: Component, percent: str | None) -> ft.Control:
    """Name, how it is, and how often it was up in 90 days."""
    words, palette = look.words, look.palette
    lines: list[ft.Control] = [text(wording.said(words, each.name, parts.page), "body", palette.ink)]
    if percent is not None:
        key = "status.uptime_hidden" if each.is_uptime_hidden else "status.uptime"
        lines.append(text(words(key, percent=percent), "small", palette.muted))
    row = ft.Row([ft.Column(lines, spacing=0, tight=True, expand=True), impact_word(look, each.impact)], spacing=8)
    return ft.MergeSemantics(
        content=ft.Container(
            content=row,
            border=ft.Border.only(bottom=ft.BorderSide(1, palette.line)),
            margin=ft.Margin.symmetric(horizontal=PHONE_MARGIN),
            padding=ft.Padding.symmetric(vertical=12),
        )
    )


def _doors(window: Window, opened: OpenPage, parts: PageParts) -> list[ft.Control]:
    """What the page is made of: everybody who sees it may look at most of it."""
    look, words, page = window.look, window.look.words, parts.page
    me = window.session.me
    below = f"/status-pages/{page.id}"
    public_url = me.server.public_url if me is not None else ""
    found: list[ft.Control] = [_title(look, words("status.page_itself"))]
    visit = ft.Row(
        [word(look, words("status.visit"), url=wording.address(page, public_url), key="visit-page")], wrap=True
    )
    found.append(column([visit], margin=8))
    if may_set_up(me, page):
        found += [
            way_row(
                look,
                ft.Icons.TUNE_OUTLINED,
                words("page.settings"),
                lambda: window.go(f"{below}/settings"),
                key="page-settings",
            ),
            way_row(
                look,
                ft.Icons.CATEGORY_OUTLINED,
                words("components.title"),
                lambda: window.go(f"{below}/components"),
                value=words("components.count", count=len(parts.components)),
                key="page-components",
            ),
            way_row(
                look,
                ft.Icons.GROUP_OUTLINED,
                words("subscribers.title"),
                lambda: window.go(f"{below}/subscribers"),
                key="page-subscribers",
            ),
        ]
    found += [
        way_row(
            look,
            ft.Icons.ARTICLE_OUTLINED,
            words("templates.title"),
            lambda: window.go(f"{below}/templates"),
            value=words("templates.count", count=len(parts.templates)),
            key="page-templates",
        ),
        way_row(
            look,
            ft.Icons.ROUTE_OUTLINED,
            words("status_rules.title"),
            lambda: window.go(f"{below}/rules"),
            value=words("status_rules.count", count=len(opened.rules)),
            key="page-rules",
        ),
    ]
    return found
