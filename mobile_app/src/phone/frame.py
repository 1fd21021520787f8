"""The frame: tabs below or a rail beside, the banner without a network, the message at the bottom."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.device.clock import Tick
from phone.base.link import Link
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, RAIL
from phone.covers.store import Covers
from phone.incidents.outbox import Outbox
from phone.incidents.store import Incidents
from phone.kit.controls import Face, icon, tappable, word
from phone.kit.marks import mark
from phone.kit.text import text, width_of
from phone.kit.toast_bar import ToastBar
from phone.search.search_box import SearchBox
from phone.search.shortcuts import ShortcutList
from phone.status.board import StatusBoard
from phone.stores import Stores

MESSAGE: Final = 480
SIGN_TEXT: Final = 1.25
"""How much the words under the signs grow: five of them share a phone's width, and a cut word says less."""
WORKED_OUT: Final = ("/schedules", "/on-call")


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One way in: its path, its word and its sign at rest and chosen."""

    path: str
    key: str
    icon: ft.IconData
    chosen: ft.IconData
    demo_only: bool = False
    wide_only: bool = False


NO_TAB: Final = ""
"""The ways to the other screens, with none of them lit."""
TABS: Final = (
    Tab(
        path="/incidents",
        key="tab.incidents",
        icon=ft.Icons.NOTIFICATIONS_NONE,
        chosen=ft.Icons.NOTIFICATIONS,
    ),
    Tab(
        path="/alerts",
        key="tab.alerts",
        icon=ft.Icons.MANAGE_SEARCH,
        chosen=ft.Icons.MANAGE_SEARCH,
        wide_only=True,
    ),
    Tab(
        path="/on-call",
        key="tab.on_call",
        icon=ft.Icons.PERSON_PIN_CIRCLE_OUTLINED,
        chosen=ft.Icons.PERSON_PIN_CIRCLE,
    ),
    Tab(
        path="/schedules",
        key="tab.schedules",
        icon=ft.Icons.CALENDAR_MONTH_OUTLINED,
        chosen=ft.Icons.CALENDAR_MONTH,
    ),
    Tab(
        path="/status-pages",
        key="tab.status",
        icon=ft.Icons.CAMPAIGN_OUTLINED,
        chosen=ft.Icons.CAMPAIGN,
    ),
    Tab(
        path="/outbox",
        key="tab.outbox",
        icon=ft.Icons.OUTBOX_OUTLINED,
        chosen=ft.Icons.OUTBOX,
        demo_only=True,
    ),
    Tab(
        path="/configure",
        key="tab.configure",
        icon=ft.Icons.TUNE_OUTLINED,
        chosen=ft.Icons.TUNE,
        wide_only=True,
    ),
    Tab(path="/me", key="tab.me", icon=ft.Icons.ACCOUNT_CIRCLE_OUTLINED, chosen=ft.Icons.ACCOUNT_CIRCLE),
)


def frame(
    app: Stores, body: ft.Control, *, tab: str | None, lift: float = 0, list_width: float | None = None
) -> ft.Control:
    """`body` with the ways to the other screens.

    Messages stand `lift` above the lower edge of a phone. Beside a detail they stand over its list, elsewhere at the
    right, where no screen has its buttons.
    """
    look = app.look
    held = ft.Stack(
        [
            ft.Column(
                [
                    Banner(app, app.link, app.outbox, app.incidents, app.clock.minutes),
                    ft.Container(content=body, expand=True),
                ],
                spacing=0,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            _told_at(app, lift, list_width),
        ],
        expand=True,
    )
    held.controls.append(SearchBox(app, app.search.door, look, search=app.search))
    held.controls.append(ShortcutList(app.shortcuts, look))
    if tab is None:
        return held
    if look.is_split:
        line = ft.Container(width=1, bgcolor=look.palette.line)
        return ft.Row(
            [Ways(app, app.incidents, app.covers, app.status.board, tab), line, held],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    line = ft.Container(height=1, bgcolor=look.palette.line)
    return ft.Column(
        [held, line, Ways(app, app.incidents, app.covers, app.status.board, tab)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _told_at(app: Stores, lift: float, list_width: float | None) -> ft.Control:
    bar = ToastBar(app, app.toast)
    if not app.look.is_split:
        return ft.Container(content=bar, left=0, right=0, bottom=lift)
    if list_width is not None:
        return ft.Container(content=bar, left=0, width=list_width, bottom=0)
    return ft.Container(content=bar, right=0, width=MESSAGE, bottom=0)


def ways_of(app: Stores) -> list[Tab]:
    """Those that this reader has in a window of this width, in order."""
    demo = app.session.me is not None and app.session.me.server.demo
    return [tab for tab in TABS if (demo or not tab.demo_only) and (app.look.is_split or not tab.wide_only)]


@ft.component
def Ways(app: Stores, incidents: Incidents, covers: Covers, status: StatusBoard, chosen: str) -> ft.Control:
    """The tabs or the rail, with the numbers that wait: incidents in red, other questions in the accent."""
    look, palette = app.look, app.look.palette
    waiting = {
        "/incidents": incidents.counts.waiting_for_me if incidents.counts else 0,
        "/on-call": len(covers.waiting),
        "/status-pages": status.waiting,
    }
    ways = [_way(app, tab, own=tab.path == chosen, badge=waiting.get(tab.path, 0)) for tab in ways_of(app)]
    if look.is_split:
        logo = ft.Container(
            content=mark(look, 36), alignment=ft.Alignment.CENTER, padding=ft.Padding.symmetric(vertical=16)
        )
        return ft.Container(
            content=ft.Column(
                [logo, _search(app), *ways], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
            width=RAIL,
            bgcolor=palette.surface,
            padding=ft.Padding.symmetric(horizontal=8),
        )
    return ft.Container(
        content=ft.Row(list(ways), spacing=0),
        bgcolor=palette.raised,
        padding=ft.Padding.symmetric(vertical=2),
    )


def _way(app: Stores, tab: Tab, *, own: bool, badge: int) -> ft.Control:
    look, palette = app.look, app.look.palette
    colour = palette.accent if own else palette.muted
    name = look.words(tab.key)
    spoken = look.words("tab.waiting", name=name, count=badge) if badge else name
    sign: list[ft.Control] = [ft.Icon(tab.chosen if own else tab.icon, size=24, color=colour, left=12, top=4)]
    if badge:
        is_alarm = tab.path == "/incidents"
        sign.append(_badge(look, badge, is_alarm=is_alarm))
    pill = ft.Container(
        # The word below says the number too.
        content=ft.Semantics(
            exclude_semantics=True,
            content=ft.Stack(sign, width=48, height=32, clip_behavior=ft.ClipBehavior.NONE),
        ),
        bgcolor=palette.accent_bg if own and look.is_split else None,
        border_radius=999,
    )
    # All in one size, that of the longest; the demo has one more than others.
    named = [look.words(each.key) for each in TABS if not each.wide_only]
    room = look.width / len(named) - 4
    most = SIGN_TEXT if look.is_split else min(SIGN_TEXT, *(room / width_of(each, "caption") for each in named))
    label = text(name, "caption", colour, lines=1, bold=own, label=spoken, most=most)
    return tappable(
        look,
        ft.Column([pill, label], spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
        lambda: app.go(tab.path),
        face=Face(padding=ft.Padding.symmetric(horizontal=2, vertical=4), radius=12, align=ft.Alignment.CENTER),
        selected=own,
        expand=not look.is_split,
        key=f"tab-{tab.path}",
    )


def _search(app: Stores) -> ft.Control:
    """In the rail; the keys that do the same stand in its name."""
    button = icon(app.look, ft.Icons.SEARCH, app.look.words("search.open_keys"), app.search.open, key="search")
    return ft.Row([button], alignment=ft.MainAxisAlignment.CENTER)


def _badge(look: Look, number: int, *, is_alarm: bool) -> ft.Control:
    palette = look.palette
    ink, ground = (palette.on_critical, palette.critical_fill) if is_alarm else (palette.on_accent, palette.accent)
    return ft.Container(
        content=text(str(min(number, 99)), "caption", ink, bold=True, align=ft.TextAlign.CENTER, most=SIGN_TEXT),
        bgcolor=ground,
        border_radius=999,
        padding=ft.Padding.symmetric(horizontal=5.5),
        left=25,
        top=0,
    )


@ft.component
def Banner(app: Stores, link: Link, outbox: Outbox, incidents: Incidents, tick: Tick) -> ft.Control:
    """No connection: what is shown, and what waits to be sent."""
    look, palette = app.look, app.look.palette
    if link.online or app.session.phase != "signed_in":
        return ft.Container(height=0)
    lines = [text(look.words("offline.title"), "label", palette.ink)]
    # Who is on call is worked out here; everything else is what was last read.
    worked_out = app.place.route.startswith(WORKED_OUT)
    read = {"/covers": app.covers.read_at, "/status-pages": app.status.board.read_at}
    listed_at = next((at for path, at in read.items() if app.place.route.startswith(path)), incidents.read_at)
    read_at = app.rotas.read_at if worked_out else listed_at
    when = moments.ago(look.words, read_at, now=tick.at) if read_at else None
    key = "offline.worked_out" if worked_out else "offline.list"
    lines.append(text(look.words(key, when=when) if when else look.words("offline.empty"), "small", palette.ink))
    if outbox.pending:
        lines.append(text(look.words("offline.sending", count=len(outbox.pending)), "label", palette.ink))
    row = ft.Row(
        [
            ft.Icon(ft.Icons.CLOUD_OFF_OUTLINED, size=22, color=palette.warning),
            ft.Column(list(lines), spacing=2, expand=True),
            word(look, look.words("retry"), app.retry, key="banner-retry"),
        ],
        spacing=12,
    )
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=row,
            bgcolor=palette.warning_bg,
            padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=8),
        ),
    )
