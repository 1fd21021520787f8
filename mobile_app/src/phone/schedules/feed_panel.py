"""The address under which a calendar reads shifts: copied, made anew, removed."""

from typing import Any

import flet as ft

from phone.base import moments, problems
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.cards import card, titled
from phone.kit.controls import filled, quiet, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import problem_line
from phone.kit.question import AskedOnce, Question
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.schedules.feed import Feed


@ft.component
def FeedPanel(window: Window, feed: Feed, path: str, may_make: bool = True, help: str = "feed.help") -> ft.Control:
    """`path` is where the feed is read, made and removed; `help` the key of what it is for."""
    look, words = window.look, window.look.words

    async def read() -> None:
        await feed.show(path)

    ft.use_effect(read, [path])
    ft.use_dialog(_question(look, feed) if feed.asks and feed.path == path else None)
    parts: list[ft.Control] = []
    if feed.path != path or (feed.feed is None and feed.error is None):
        parts.append(text(words("loading"), "body", look.palette.muted))
    elif feed.feed is not None and feed.feed.url is not None:
        parts += _address(window, feed, feed.feed.url, may_make=may_make)
    elif feed.feed is not None:
        parts.append(text(words("feed.none" if may_make else "feed.none_here"), "body", look.palette.ink))
        if may_make:
            make = quiet(look, words("feed.make"), feed.make, icon=ft.Icons.CALENDAR_MONTH_OUTLINED, key="feed-make")
            parts.append(ft.Row([make], tight=True))
    if feed.error is not None:
        parts.append(problem_line(look, problems.problem(words, feed.error)))
    return titled(look, words("feed.title"), [card(look, parts)], help=words(help))


def _address(window: Window, feed: Feed, url: str, *, may_make: bool) -> list[ft.Control]:
    look, words = window.look, window.look.words
    parts: list[ft.Control] = [copy_box(window, words("feed.address"), url, key="copy-feed", help=words("feed.secret"))]
    if feed.feed is not None and feed.feed.made_at is not None:
        when = moments.moment(words, feed.feed.made_at, now=window.clock.minutes.at, zone=look.zone)
        parts.append(text(words("feed.made", when=when), "small", look.palette.muted))
    if may_make:
        renew = quiet(look, words("feed.renew"), lambda: feed.ask(True), key="feed-renew")
        parts.append(
            AskedOnce(
                look,
                Question(about=words("feed.remove_text"), yes=words("feed.remove"), key="feed-remove"),
                feed.remove,
                lambda ask: ft.Row(
                    [renew, word(look, words("feed.remove"), ask, colour=look.palette.critical, key="feed-remove")],
                    wrap=True,
                    spacing=8,
                    run_spacing=8,
                ),
            )
        )
    return parts


def _question(look: Look, feed: Feed) -> ft.BottomSheet:
    words = look.words

    def close() -> Any:
        feed.ask(False)

    parts: list[ft.Control] = [
        text(words("feed.renew_text"), "body", look.palette.ink),
        filled(look, words("feed.renew"), feed.make, key="feed-renew-yes"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    return sheet(look, words("feed.renew_title"), parts, close)
