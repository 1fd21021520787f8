"""One week of a calendar: its days, and a lane for each role or layer with bars by fraction of the day."""

from collections.abc import Sequence
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.theme import enlargement
from phone.kit.controls import Face, tappable
from phone.kit.text import text
from phone.rotas.picture import Day, Lane
from phone.schedules.calendar.cells import Scene, bars_of, cell, gap_bars, now_mark, spoken
from phone.schedules.calendar.shift_bar import bar

NAMES: Final = 92.0
SATURDAY_AND_SUNDAY: Final = (5, 6)
WEEKEND: Final = {"light": "#08101214", "dark": "#0AFFFFFF"}


def week(scene: Scene, days: Sequence[Day]) -> ft.Control:
    """Days above, lanes below; on a wide screen the lanes' names stand beside them."""
    names = NAMES if scene.look.is_split and any(lane.name for lane in scene.drawn.lanes) else 0
    width = scene.width - names
    parts: list[ft.Control] = [_beside(names, None, _days(scene, days, width))]
    for lane in scene.drawn.lanes:
        if lane.name and not names:
            parts.append(
                ft.Container(
                    content=text(lane.name, "caption", scene.look.palette.muted), padding=ft.Padding.only(top=4)
                )
            )
        parts.append(_beside(names, lane.name, lane_row(scene, days, lane, width), look=scene))
    return ft.Column(parts, spacing=0, tight=True)


def _beside(names: float, name: str | None, content: ft.Control, *, look: Scene | None = None) -> ft.Control:
    if not names:
        return content
    told = text(name, "caption", look.look.palette.muted, lines=2) if name and look is not None else None
    return ft.Row(
        [ft.Container(content=told, width=names, padding=ft.Padding.only(right=8)), content],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _days(scene: Scene, days: Sequence[Day], width: float) -> ft.Control:
    return ft.Row([_day(scene, day, width / len(days)) for day in days], spacing=0)


def _day(scene: Scene, day: Day, width: float) -> ft.Control:
    """The date, which opens everything of the day."""
    look, palette, today = scene.look, scene.look.palette, scene.is_today(day)
    number = ft.Container(
        content=text(str(day.date.day), "strong", palette.on_accent if today else palette.ink),
        width=30 * enlargement(),
        height=30 * enlargement(),
        border_radius=30,
        bgcolor=palette.accent if today else None,
        alignment=ft.Alignment.CENTER,
    )
    lines: list[ft.Control] = [
        text(look.words(f"day_short.{day.date.weekday()}"), "caption", palette.muted, align=ft.TextAlign.CENTER),
        number,
    ]
    if day.changes_clocks:
        told = moments.offset(day.offsets[1])
        lines.append(text(told, "caption", palette.warning, lines=1, align=ft.TextAlign.CENTER))
    content = ft.Semantics(
        label=spoken(scene, day, scene.drawn.lanes),
        exclude_semantics=True,
        content=ft.Column(lines, spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
    )
    if len(scene.drawn.lanes) == 1:
        # Its only lane says and opens the same.
        return ft.Container(
            width=width,
            content=ft.Semantics(exclude_semantics=True, content=content),
            padding=ft.Padding.symmetric(vertical=4),
            alignment=ft.Alignment.CENTER,
        )
    return ft.Container(
        width=width,
        content=ft.MergeSemantics(
            content=tappable(
                look,
                content,
                lambda: scene.tap(day.date, None),
                face=Face(radius=10, align=ft.Alignment.CENTER, padding=ft.Padding.symmetric(vertical=4)),
                key=f"day-{day.date.isoformat()}",
            )
        ),
    )


def lane_row(scene: Scene, days: Sequence[Day], lane: Lane, width: float) -> ft.Stack:
    """Bars in rows, and above them a cell for each day."""
    palette, height = scene.look.palette, scene.row * len(lane.rows)
    size = width / len(days)
    lines: list[ft.Control] = [
        ft.Container(left=size * n, top=0, width=size, height=height, bgcolor=WEEKEND[scene.look.brightness])
        for n, day in enumerate(days)
        if day.date.weekday() in SATURDAY_AND_SUNDAY
    ]
    lines += [
        ft.Container(left=size * n - 0.5, top=0, width=1, height=height, bgcolor=palette.line)
        for n in range(1, len(days))
    ]
    margin = (scene.row - scene.thick) / 2
    for number, row in enumerate(lane.rows):
        top = number * scene.row + margin
        lines += [bar(scene.look, each, top=top) for each in bars_of(scene, days, row, width, scene.thick)]
    tall = height - 2 * margin
    lines += [bar(scene.look, each, top=margin) for each in gap_bars(scene, days, width, tall, lane=lane)]
    lines += [bar(scene.look, each, top=margin) for each in gap_bars(scene, days, width, tall)]
    lines += now_mark(scene, days, width, height)
    shown = ft.Semantics(exclude_semantics=True, content=ft.Stack(lines, width=width, height=height))
    cells = [
        cell(scene, day, [lane], lane.key, box=(size * n, 0, size, height))
        for n, day in enumerate(days)
        if day.end > day.start
    ]
    return ft.Stack([shown, *cells], width=width, height=height)
