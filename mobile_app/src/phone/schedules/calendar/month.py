"""A month of a calendar: a box for each day, thin bars across them, a tap opens the day."""

from collections.abc import Sequence
from typing import Final

import flet as ft

from phone.base.theme import enlargement
from phone.base.weeks import DAYS
from phone.kit.text import text
from phone.rotas.picture import Day
from phone.schedules.calendar.cells import Scene, bars_of, cell, gap_bars, now_mark
from phone.schedules.calendar.shift_bar import bar

HEAD: Final = 28.0
ROW: Final = 24.0
BAR: Final = 20.0
LEAST: Final = 64.0


def month(scene: Scene, shown_month: int) -> ft.Control:
    """Weekdays once, then the weeks; days of other months are quiet."""
    look, palette = scene.look, scene.look.palette
    size = scene.width / DAYS
    names: list[ft.Control] = [
        ft.Container(
            content=text(look.words(f"day_short.{n}"), "caption", palette.muted, align=ft.TextAlign.CENTER),
            width=size,
            alignment=ft.Alignment.CENTER,
        )
        for n in range(DAYS)
    ]
    head = ft.Semantics(exclude_semantics=True, content=ft.Row(names, spacing=0))
    parts: list[ft.Control] = [head, *(_week(scene, days, shown_month) for days in scene.drawn.weeks)]
    lanes = [lane.name for lane in scene.drawn.lanes if lane.name]
    if len(lanes) > 1:
        told = look.words("calendar.lanes", lanes=look.words.names(lanes))
        parts.append(ft.Container(content=text(told, "caption", palette.muted), padding=ft.Padding.only(top=6)))
    return ft.Column(parts, spacing=0, tight=True)


def _week(scene: Scene, days: Sequence[Day], shown_month: int) -> ft.Control:
    palette, width = scene.look.palette, scene.width
    head, step, thick = (each * enlargement() for each in (HEAD, ROW, BAR))
    rows = sum(len(lane.rows) for lane in scene.drawn.lanes)
    height = max(LEAST, head + rows * step + 6)
    size = width / DAYS
    lines: list[ft.Control] = [ft.Container(left=0, top=0, width=width, height=1, bgcolor=palette.line)]
    lines += [
        ft.Container(left=size * n - 0.5, top=0, width=1, height=height, bgcolor=palette.line) for n in range(1, DAYS)
    ]
    lines += [
        _number(scene, day, size * n, size, is_inside=day.date.month == shown_month) for n, day in enumerate(days)
    ]
    top = head
    for lane in scene.drawn.lanes:
        tall = len(lane.rows) * step - (step - thick)
        for number, row in enumerate(lane.rows):
            lines += [
                bar(scene.look, each, top=top + number * step) for each in bars_of(scene, days, row, width, thick)
            ]
        lines += [bar(scene.look, each, top=top) for each in gap_bars(scene, days, width, tall, lane=lane)]
        top += len(lane.rows) * step
    tall = rows * step - (step - thick)
    lines += [bar(scene.look, each, top=head) for each in gap_bars(scene, days, width, tall)]
    lines.append(ft.Stack(now_mark(scene, days, width, height - head), left=0, top=head, width=width, height=height))
    shown = ft.Semantics(exclude_semantics=True, content=ft.Stack(lines, width=width, height=height))
    cells = [
        cell(scene, day, scene.drawn.lanes, None, box=(size * n, 0, size, height))
        for n, day in enumerate(days)
        if day.end > day.start
    ]
    return ft.Stack([shown, *cells], width=width, height=height)


def _number(scene: Scene, day: Day, left: float, width: float, *, is_inside: bool) -> ft.Control:
    palette, today = scene.look.palette, scene.is_today(day)
    colour = palette.on_accent if today else palette.ink if is_inside else palette.muted
    size = 22 * enlargement()
    disc = ft.Container(
        content=text(str(day.date.day), "caption", colour, bold=is_inside),
        width=size,
        height=size,
        border_radius=size,
        bgcolor=palette.accent if today else None,
        alignment=ft.Alignment.CENTER,
    )
    return ft.Container(content=disc, left=left, top=3, width=width, alignment=ft.Alignment.CENTER)
