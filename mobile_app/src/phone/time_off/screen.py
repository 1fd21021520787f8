"""My time off: what is ahead, the calendars that it comes from, and the calendar that others can read of my shifts."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.base import moments
from phone.base.link import Link
from phone.base.look import Look
from phone.base.window import Window
from phone.hand_over import cover_wording
from phone.hand_over.hand_over_sheet import HandOverSheet
from phone.hand_over.store import HandOver
from phone.hand_over.tiles import offline_line
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.cards import card, titled
from phone.kit.controls import Handler, filled, icon, quiet
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.schedules.feed import Feed
from phone.schedules.feed_panel import FeedPanel
from phone.time_off.calendars_card import CalendarsCard
from phone.time_off.store import MyTimeOff
from shared.wire import routes
from shared.wire.covers import TimeOff


@ft.component
def MyTimeOffScreen(
    window: Window,
    mine: MyTimeOff,
    link: Link,
    look: Look,
    *,
    feed: Feed,
    hand_over: HandOver,
) -> ft.Control:
    """The whole screen, one column wide."""
    asking, ask = state("")
    words = look.words
    asked = next((each for each in mine.ahead if each.id == asking), None)

    def close() -> None:
        ask("")

    async def cancel() -> None:
        close()
        if asked is not None:
            await mine.cancel(asked.id)

    ft.use_dialog(_question(look, asked, cancel, close) if asked is not None else None)
    bar = archive_bar(window, words("time_off.title"), "/me", [])
    # Every part keeps its place: what is typed below must not be lost when something is told above.
    parts: list[ft.Control] = [ft.Container(height=0) if link.online else offline_line(look)]
    if mine.items is None:
        parts.append(placeholders.failed(look, mine.error, window.retry) if mine.error else placeholders.skeleton(look))
    else:
        parts.append(_ahead(window, mine, lambda ident: _begin(mine, ask, ident), hand_over=hand_over))
        refused = mine.refused
        parts.append(
            ft.Container(height=0)
            if refused is None
            else problem_line(look, cover_wording.refusal(look.reader, refused))
        )
        parts.append(CalendarsCard(window, mine, look))
        parts.append(FeedPanel(window, feed, routes.MY_FEED, help="feed.help_mine"))
    whole = ft.Column(
        [
            bar,
            PullList([column(parts, spacing=24)], window.retry),
            HandOverSheet(window, hand_over, look),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Row(
        [ft.Container(content=whole, width=600 if look.is_split else None, expand=not look.is_split)],
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )


def _begin(mine: MyTimeOff, ask: Callable[[str], Any], ident: str) -> None:
    mine.calm()
    ask(ident)


def _ahead(window: Window, mine: MyTimeOff, ask: Callable[[str], Any], *, hand_over: HandOver) -> ft.Control:
    look, words = window.look, window.look.words
    rows: list[ft.Control] = []
    for each in mine.ahead:
        if rows:
            rows.append(ft.Container(height=1, bgcolor=look.palette.line))
        rows.append(_row(window, each, ask))
    if not rows:
        rows = [text(words("time_off.none"), "body", look.palette.muted)]
    enter = quiet(
        look,
        words("off.enter"),
        lambda: hand_over.open("off"),
        icon=ft.Icons.BEACH_ACCESS_OUTLINED,
        key="enter-off",
    )
    return titled(
        look, words("time_off.ahead"), [card(look, rows), ft.Row([enter], tight=True)], help=words("time_off.help")
    )


def _row(window: Window, each: TimeOff, ask: Callable[[str], Any]) -> ft.Control:
    look, words, palette = window.look, window.look.words, window.look.palette
    when = moments.stretch(words, each.start, each.end, look.zone)
    about = cover_wording.length(words, each.start, each.end, look.zone_name)
    if each.source == "calendar":
        about = words("time_off.from_calendar", length=about)
    lines: list[ft.Control] = [text(when, "strong", palette.ink), text(about, "small", palette.muted)]
    if each.reason:
        lines.append(text(each.reason, "small", palette.ink))
    row: list[ft.Control] = [
        ft.Icon(ft.Icons.BEACH_ACCESS_OUTLINED, size=22, color=palette.muted),
        ft.Column(lines, spacing=1, tight=True, expand=True),
    ]
    if each.source == "entered":
        label = words("time_off.cancel_this", when=when)
        row.append(
            icon(look, ft.Icons.CLOSE, label, lambda: ask(each.id), key=f"cancel-{each.id}", colour=palette.muted)
        )
    return ft.Row(row, spacing=14)


def _question(look: Look, asked: TimeOff, cancel: Handler, close: Handler) -> ft.BottomSheet:
    words = look.words
    when = moments.stretch(words, asked.start, asked.end, look.zone)
    parts: list[ft.Control] = [
        text(words("time_off.cancel_text", when=when), "body", look.palette.ink),
        filled(look, words("time_off.cancel"), cancel, key="cancel-off"),
        quiet(look, words("time_off.keep"), close, key="cancel"),
    ]
    return sheet(look, words("time_off.cancel_title"), parts, close)
