"""A day and a time of day in a named zone: a step to either side, a calendar, a time that is typed."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.weeks import DAYS, first_day, next_month, weeks_of
from phone.kit.controls import Face, icon, tappable
from phone.kit.fields import Entry, field
from phone.kit.hooks import state
from phone.kit.text import text
from shared.domain.time import at, localized

TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


@ft.component
def WhenField(
    look: Look, label: str, value: datetime, zone_name: str, change: Callable[[datetime], Any], key: str
) -> ft.Control:
    """`change` gets the instant and may be awaited; a time that can't be read is said so and changes nothing."""
    local = localized(zone_name, value)
    typed, type_it = state(moments.clock(value, local.tzinfo or look.zone))
    unfolded, unfold = state(False)
    palette, words = look.palette, look.words
    is_time = TIME.fullmatch(typed.strip()) is not None

    def move(day: date) -> Any:
        return change(at(zone_name, f"{day.isoformat()}T{local:%H:%M}"))

    def take(text_given: str) -> Any:
        type_it(text_given)
        parts = TIME.fullmatch(text_given.strip())
        if parts is None:
            return None
        return change(at(zone_name, f"{local.date().isoformat()}T{int(parts[1]):02}:{parts[2]}"))

    def choose(day: date) -> Any:
        unfold(False)
        return move(day)

    shown = moments.day_date(words, local.date())
    day = tappable(
        look,
        text(shown, "body", palette.ink, lines=2, align=ft.TextAlign.CENTER, label=f"{label}, {shown}"),
        lambda: unfold(not unfolded),
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=10,
            padding=ft.Padding.symmetric(horizontal=6, vertical=14),
            align=ft.Alignment.CENTER,
        ),
        expand=True,
        key=f"{key}-day",
    )
    entry = Entry(hint="09:00", name=words("names.more", names=label, name=words("when.time")))
    time = ft.Container(content=field(look, "", typed, take, entry=entry, key=f"{key}-time"), width=92)
    row = ft.Row(
        [
            icon(
                look,
                ft.Icons.CHEVRON_LEFT,
                words("when.earlier", what=label),
                lambda: move(local.date() - timedelta(days=1)),
                key=f"{key}-earlier",
            ),
            day,
            icon(
                look,
                ft.Icons.CHEVRON_RIGHT,
                words("when.later", what=label),
                lambda: move(local.date() + timedelta(days=1)),
                key=f"{key}-later",
            ),
            time,
        ],
        spacing=2,
    )
    lines: list[ft.Control] = [text(label, "label", palette.ink), row]
    if unfolded:
        lines.append(DayGrid(look, local.date(), choose, key))
    if not is_time:
        lines.append(text(words("when.not_a_time"), "small", palette.critical))
    return ft.Column(lines, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def DayGrid(look: Look, chosen: date, choose: Callable[[date], Any], key: str) -> ft.Control:
    """The days of a month to choose one of."""
    month, turn = state(chosen.replace(day=1))
    palette, words = look.palette, look.words
    title = words("calendar.month_title", month=words(f"month_long.{month.month}"), year=month.year)
    head = ft.Row(
        [
            icon(
                look,
                ft.Icons.CHEVRON_LEFT,
                words("when.month_before"),
                lambda: turn(next_month(month, -1)),
                key=f"{key}-month-before",
            ),
            text(title, "strong", palette.ink, expand=True, align=ft.TextAlign.CENTER),
            icon(
                look,
                ft.Icons.CHEVRON_RIGHT,
                words("when.month_after"),
                lambda: turn(next_month(month)),
                key=f"{key}-month-after",
            ),
        ]
    )
    first = first_day("month", month)
    names: list[ft.Control] = [
        text(words(f"day_short.{n}"), "caption", palette.muted, align=ft.TextAlign.CENTER, expand=True)
        for n in range(DAYS)
    ]
    rows: list[ft.Control] = [head, ft.Semantics(exclude_semantics=True, content=ft.Row(names, spacing=0))]
    for week in range(weeks_of("month", month)):
        days = [first + timedelta(days=week * DAYS + n) for n in range(DAYS)]
        cells = [_cell(look, day, month, chosen, choose, key) for day in days]
        rows.append(ft.Row(list(cells), spacing=0))
    return ft.Container(
        content=ft.Column(rows, spacing=0, tight=True),
        bgcolor=palette.surface,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(8),
    )


def _cell(look: Look, day: date, month: date, chosen: date, choose: Callable[[date], Any], key: str) -> ft.Control:
    palette, own = look.palette, day == chosen
    colour = palette.on_accent if own else palette.ink if day.month == month.month else palette.muted
    told = moments.day_date(look.words, day)
    return tappable(
        look,
        text(str(day.day), "strong" if own else "body", colour, label=told, align=ft.TextAlign.CENTER),
        lambda: choose(day),
        face=Face(
            colour=palette.accent if own else "#00000000",
            radius=10,
            padding=ft.Padding.symmetric(vertical=14),
            align=ft.Alignment.CENTER,
        ),
        selected=own,
        expand=True,
        key=f"{key}-{day.isoformat()}",
    )
