"""Bars on top of a screen: its title, the way back, whether changes arrive by themselves."""

import flet as ft

from phone.base import moments
from phone.base.device.clock import Tick
from phone.base.link import Link
from phone.base.theme import LIST, PHONE_MARGIN, TARGET
from phone.base.window import Window
from phone.kit.controls import icon
from phone.kit.text import fits, heading, lines_for, text, whole_words


def archive_bar(window: Window, title: str, back: str, actions: list[ft.Control]) -> ft.Control:
    """Back, title, and what can be done."""
    look = window.look
    arrow = icon(look, ft.Icons.ARROW_BACK, look.words("back.plain"), lambda: window.go(back), key="back")
    most = whole_words(title, "title", (LIST if look.is_split else look.width) - 16 - TARGET * (1 + len(actions)))
    told = heading(title, "title", look.palette.ink, level=1, lines=lines_for(2), most=most)
    row = ft.Row(
        [
            arrow,
            ft.Container(content=told, expand=True),
            *actions,
        ],
        spacing=4,
    )
    return ft.Container(content=row, padding=ft.Padding.only(left=4, right=4, top=8, bottom=4))


def title_bar(window: Window, title: str, actions: list[ft.Control], *, live: bool = False) -> ft.Control:
    """A tab's own title; the list's tells whether it is live."""
    palette = window.look.palette
    width = LIST if window.look.is_split else window.look.width
    most = whole_words(title, "display", width - PHONE_MARGIN - 4)
    lines: list[ft.Control] = [heading(title, "display", palette.ink, level=1, most=most)]
    if live:
        lines.append(LiveLine(window, window.link, window.clock.minutes))
    if fits(title, "display", width - PHONE_MARGIN - 4 - TARGET * len(actions)):
        row = ft.Row(
            [ft.Column(lines, spacing=0, expand=True), *actions],
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    else:
        # A word that is cut in two says less than a second line.
        whole = ft.Column(lines, spacing=0, tight=True)
        row = ft.Column([whole, ft.Row([*actions], spacing=0, alignment=ft.MainAxisAlignment.END)], spacing=0)
    return ft.Container(content=row, padding=ft.Padding.only(left=PHONE_MARGIN, right=4, top=12, bottom=8))


@ft.component
def LiveLine(window: Window, link: Link, tick: Tick) -> ft.Control:
    """Weekday, time, and whether changes arrive by themselves."""
    look = window.look
    when = moments.day_clock(look.words, tick.at, look.zone)
    return text(
        look.words("live.on" if link.live and link.online else "live.off", when=when), "small", look.palette.muted
    )
