"""A date with a time of day, or a time of day alone: the date is chosen in a month, the time is typed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import flet as ft

from phone.base.i18n import Words
from phone.base.look import Look
from phone.kit.controls import Face, icon, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field
from phone.kit.hooks import state
from phone.kit.month_grid import DateChoice
from phone.kit.sheet import sheet
from phone.kit.text import text


@ft.component
def MomentField(
    look: Look,
    each: Field,
    value: str | None,
    choose: Callable[[str | None], Any],
    typed: Callable[[str], Any],
    error: str | None,
    today: date,
    inside: bool = False,
) -> ft.Control:
    """`typed` gets the whole wall time while its time of day is typed; without a value the hint says what holds.

    `inside` a sheet the month opens below the box: a sheet doesn't open another.
    """
    opened, open_it = state(False)
    palette, words = look.palette, look.words
    day = date.fromisoformat(value[:10]) if value else today

    def take(chosen: date) -> Any:
        open_it(False)
        return choose(f"{chosen.isoformat()}T{value[11:] if value else '00:00'}")

    def close() -> None:
        open_it(False)

    picker = DateChoice(look, day if value else None, take, today)
    ft.use_dialog(sheet(look, each.label, [picker], close) if opened and not inside else None)
    told = date_text(words, day) if value else each.hint or words("moment.none")
    sign: list[ft.Control] = (
        [] if each.fixed else [ft.Icon(ft.Icons.CALENDAR_TODAY_OUTLINED, size=18, color=palette.muted)]
    )
    row = ft.Row(
        [
            text(
                told,
                "body",
                palette.ink if value else palette.muted,
                lines=1,
                label=f"{each.label}, {told}",
                expand=True,
            ),
            *sign,
        ],
        spacing=8,
    )
    padding = ft.Padding.symmetric(horizontal=14, vertical=14)
    side = ft.BorderSide(width=1, color=palette.critical if error else palette.line)
    box: ft.Control = (
        ft.Container(
            content=row, bgcolor=palette.fill, border=ft.Border.all(1, palette.line), border_radius=10, padding=padding
        )
        if each.fixed
        else tappable(
            look,
            row,
            lambda: open_it(not opened),
            face=Face(colour=palette.raised, side=side, radius=10, padding=padding),
            key=f"field-{each.key}",
        )
    )
    parts: list[ft.Control] = [ft.Container(content=box, expand=True)]
    if value:
        parts.append(
            ft.Container(
                content=time_box(look, each, value[11:], lambda given: typed(f"{value[:10]}T{given}")), width=88
            )
        )
    if value and not each.fixed and not each.required:
        label = words("moment.clear", field=each.label)
        parts.append(
            icon(look, ft.Icons.CLOSE, label, lambda: choose(None), key=f"clear-{each.key}", colour=palette.muted)
        )
    head: list[ft.Control] = [text(each.label, "label", palette.ink)]
    if each.help:
        head.append(text(each.help, "small", palette.muted))
    tail: list[ft.Control] = [picker] if opened and inside else []
    if error:
        tail.append(problem_line(look, error))
    return ft.Column(
        [*head, ft.Row(parts, spacing=6), *tail],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def time_box(look: Look, each: Field, value: str, typed: Callable[[str], Any], *, label: str = "") -> ft.Control:
    """A time of day to type; 9, 9:30 and 0930 are understood."""
    return field(
        look,
        label,
        value,
        typed,
        entry=Entry(hint="09:00", fixed=each.fixed, keyboard=ft.KeyboardType.DATETIME),
        key=f"time-{each.key}",
    )


def date_text(words: Words, day: date) -> str:
    """ "Mon 2 Nov 2026"."""
    told = words("time.date", day=day.day, month=words(f"month.{day.month}"))
    return words("moment.date", day=words(f"day.{day.weekday()}"), date=told, year=day.year)
