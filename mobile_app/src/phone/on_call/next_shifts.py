"""The reader's shifts of the next weeks as a line; a tap opens them all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.theme import enlargement
from phone.base.window import Window
from phone.kit.controls import Face, tappable
from phone.kit.text import fits, text, width_of
from phone.rotas.order import rank
from phone.rotas.rota_wording import hours
from phone.rotas.store import Rotas
from phone.rotas.watches import LOOK_AHEAD
from shared.wire.schedules import MyShift

THICK: Final = 14
SAID: Final = 5
LEAST: Final = 6
"""So many dp keep a shift of an hour visible."""


def next_shifts(window: Window, ahead: Sequence[MyShift], rotas: Rotas, *, width: float) -> ft.Control:
    """What is primary is filled, the rest an outline; dates stand below where there is room for them."""
    look, words, palette, now = window.look, window.look.words, window.look.palette, window.clock.minutes.at
    inner = width - 34
    coming = next((each for each in ahead if not _runs(each, now)), None)
    told = words("on_call.none_ahead")
    if coming is not None:
        start = moments.day_date(words, coming.shift.start.astimezone(look.zone).date())
        told = words("on_call.next_is", start=start, length=_length(window, coming))
    head = ft.Row(
        [text(words("on_call.my_next"), "strong", palette.ink), text(told, "small", palette.muted)],
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        spacing=12,
        run_spacing=2,
    )
    bars: list[ft.Control] = [
        ft.Container(left=0, right=0, top=6, height=THICK, border_radius=THICK, bgcolor=palette.fill)
    ]
    labels: list[ft.Control] = []
    free_from = 0.0
    for each in ahead:
        left = _at(each.shift.start, now, inner)
        bars.append(_bar(window, each, rotas, left, _at(each.shift.end, now, inner)))
        label = words("on_call.line_now") if _runs(each, now) else _date(window, each.shift.start)
        if left >= free_from and fits(label, "caption", inner - left):
            date = text(label, "caption", palette.muted, lines=1, label="")
            labels.append(ft.Container(content=date, left=left, top=THICK + 14))
            free_from = left + width_of(label, "caption") * enlargement() + 12
    bars.append(ft.Container(left=0, top=0, width=2, height=THICK + 12, bgcolor=palette.ink))
    line = ft.Stack([*bars, *labels], height=THICK + 12 + 22 * enlargement(), width=inner)
    content = ft.Column([head, line], spacing=10, tight=True)
    face = Face(
        colour=palette.raised,
        side=ft.BorderSide(width=1, color=palette.line),
        radius=14,
        padding=ft.Padding.only(left=16, right=16, top=14, bottom=8),
    )
    return ft.Semantics(
        label=_said(window, ahead),
        content=tappable(look, content, lambda: window.go("/schedules/mine"), face=face, key="next-shifts"),
    )


def _runs(each: MyShift, now: datetime) -> bool:
    """The shifts may have been looked for within this minute, which the shown clock leaves out."""
    return each.shift.starts_before or each.shift.start <= now


def _bar(window: Window, each: MyShift, rotas: Rotas, left: float, right: float) -> ft.Control:
    palette, item = window.look.palette, rotas.find(each.schedule.id)
    is_first = each.shift.role_id in (None, "primary") and (item is None or rank(item) == 0)
    return ft.Container(
        left=left,
        width=max(LEAST, right - left - 1),
        top=6,
        height=THICK,
        border_radius=THICK / 2,
        bgcolor=palette.accent if is_first else palette.raised,
        border=ft.Border.all(2, palette.accent),
    )


def _at(at: datetime, now: datetime, width: float) -> float:
    """How far along the line, in dp."""
    return width * min(1.0, max(0.0, (at - now) / LOOK_AHEAD))


def _date(window: Window, at: datetime) -> str:
    day = at.astimezone(window.look.zone)
    return window.look.words("time.date", day=day.day, month=window.look.words(f"month.{day.month}"))


def _length(window: Window, each: MyShift) -> str:
    shift = each.shift
    length: timedelta = shift.end - shift.start
    told = moments.hours(window.look.words, length)
    return window.look.words("on_call.and_on", length=told) if shift.continues_after else told


def _said(window: Window, ahead: Sequence[MyShift]) -> str:
    """The same for who doesn't see it."""
    look, words = window.look, window.look.words
    told = [
        words("on_call.said", schedule=each.schedule.name, when=hours(words, each.shift, look.zone))
        for each in ahead[:SAID]
    ]
    return words("on_call.my_next_said", shifts=words.names(told) if told else words("on_call.none_ahead"))
