"""The grid of a team: days above, a lane for each role of each schedule, now as a line through all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.theme import enlargement
from phone.base.weeks import DAYS
from phone.kit.controls import CLEAR, Face, on, tappable
from phone.kit.text import text
from phone.rotas import rota_wording
from phone.rotas.picture import Day, Lane
from phone.schedules.calendar.cells import Scene, x_of
from phone.schedules.calendar.week import lane_row
from phone.schedules.lanes.store import Dragged

NAMES: Final = 128.0
NAME_BESIDE_FROM: Final = 720.0
TWO_WEEKS_ABREAST_FROM: Final = 760.0
CLOCK: Final = 22.0
EVERY_MS: Final = 40
VEIL: Final = {"light": "#331F4B99", "dark": "#408FB4FF"}


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What a finger or a pointer does: open a schedule, and go over days of a lane."""

    open: Callable[[str], Any]
    begin: Callable[[str, str, date], Any]
    go_on: Callable[[date], Any]
    let_go: Callable[[], Any]
    dragged: Dragged | None


def abreast(width: float) -> int:
    """How many days stand in one row."""
    return 2 * DAYS if width >= TWO_WEEKS_ABREAST_FROM else DAYS


def grid(scenes: Sequence[Scene], width: float, hands: Hands) -> list[ft.Control]:
    """One block for each row of days."""
    if not scenes:
        return []
    days = [day for days in scenes[0].drawn.weeks for day in days]
    step = len(days) if len(days) <= abreast(width) else DAYS
    return [_block(scenes, days[at : at + step], width, hands) for at in range(0, len(days), step)]


def _block(scenes: Sequence[Scene], days: Sequence[Day], width: float, hands: Hands) -> ft.Control:
    names = NAMES if width >= NAME_BESIDE_FROM else 0
    room = width - names
    rows: list[ft.Control] = [_beside(names, None, _head(scenes[0], days, room))]
    for scene in scenes:
        for number, lane in enumerate(scene.drawn.lanes):
            if names:
                rows.append(ft.Container(height=1, bgcolor=scene.look.palette.line))
            name = _name(scene, lane, hands, beside=bool(names), is_first=number == 0)
            drawn = _dragged_over(scene, days, lane, room, hands)
            rows += [_beside(names, name, drawn)] if names else [name, drawn]
    rows += _clock(scenes[0], days, room, names)
    return ft.Column(rows, spacing=0, tight=True)


def _beside(names: float, name: ft.Control | None, content: ft.Control) -> ft.Control:
    if not names:
        return content
    return ft.Row(
        [ft.Container(content=name, width=names), content],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _head(scene: Scene, days: Sequence[Day], width: float) -> ft.Control:
    """Weekday and date of each day."""
    look, palette, size = scene.look, scene.look.palette, 30 * enlargement()
    cells: list[ft.Control] = []
    for day in days:
        today = scene.is_today(day)
        colour = palette.accent if today else palette.muted
        number = ft.Container(
            content=text(str(day.date.day), "strong", palette.on_accent if today else palette.ink),
            width=size,
            height=size,
            border_radius=size,
            bgcolor=palette.accent if today else None,
            alignment=ft.Alignment.CENTER,
        )
        short = text(look.words(f"day_short.{day.date.weekday()}"), "caption", colour, lines=1)
        lines: list[ft.Control] = [short, number]
        if day.changes_clocks:
            lines.append(text(moments.offset(day.offsets[1]), "caption", palette.warning, lines=1))
        column = ft.Column(lines, spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
        cells.append(
            ft.Container(
                width=width / len(days),
                padding=ft.Padding.symmetric(vertical=6),
                content=ft.Semantics(
                    label=moments.day_date(look.words, day.date), exclude_semantics=True, content=column
                ),
            )
        )
    return ft.Row(cells, spacing=0)


def _name(scene: Scene, lane: Lane, hands: Hands, *, beside: bool, is_first: bool) -> ft.Control:
    """Which schedule, which role; the way to the schedule stands at its first lane."""
    look, palette, schedule = scene.look, scene.look.palette, scene.item.schedule
    role = rota_wording.role_beside(look.words, scene.item, _role(lane), schedule.name)
    there = scene.item.rota.schedule.time_zone
    lines: list[ft.Control] = []
    if is_first:
        lines.append(text(schedule.name, "label", palette.ink, lines=2))
    if role:
        lines.append(text(role, "caption", palette.muted, lines=1))
    if beside and is_first and not role and there != scene.drawn.zone_name:
        lines.append(text(there.replace("_", " "), "caption", palette.muted, lines=1))
    told = ft.Column(lines, spacing=1, tight=True)
    if not is_first:
        return ft.Container(content=told, padding=ft.Padding.only(left=12, right=4, top=4))
    return tappable(
        look,
        told,
        lambda: hands.open(schedule.id),
        face=Face(
            colour=CLEAR,
            radius=8,
            padding=_around(beside=beside, is_alone=len(lines) == 1),
        ),
        key=f"lane-{schedule.id}",
    )


def _around(*, beside: bool, is_alone: bool) -> ft.Padding:
    """What makes of one line or two something that a finger hits."""
    if beside:
        return ft.Padding.only(left=12, right=4, top=15 if is_alone else 7, bottom=15 if is_alone else 7)
    return ft.Padding.only(left=4, right=4, top=16 if is_alone else 14, bottom=14 if is_alone else 4)


def _role(lane: Lane) -> str | None:
    return lane.key if lane.name else None


def _dragged_over(scene: Scene, days: Sequence[Day], lane: Lane, width: float, hands: Hands) -> ft.Control:
    """The lane, and over it the days that are being gone over."""
    drawn = row = lane_row(scene, days, lane, width)
    dragged, schedule_id = hands.dragged, scene.item.schedule.id
    if dragged is not None and (dragged.schedule_id, dragged.lane) == (schedule_id, lane.key):
        first, last = dragged.days
        size = width / len(days)
        over: list[ft.Control] = [
            ft.Container(left=size * n, top=0, width=size, height=row.height, bgcolor=VEIL[scene.look.brightness])
            for n, day in enumerate(days)
            if first <= day.date <= last
        ]
        drawn = ft.Stack([drawn, *over], width=width, height=row.height)
    if not scene.item.may_edit:
        return drawn

    def day_at(x: float) -> date:
        return days[min(max(int(x / width * len(days)), 0), len(days) - 1)].date

    return ft.GestureDetector(
        content=drawn,
        exclude_from_semantics=True,
        drag_interval=EVERY_MS,
        on_horizontal_drag_start=lambda event: hands.begin(schedule_id, lane.key, day_at(event.local_position.x)),
        on_horizontal_drag_update=lambda event: hands.go_on(day_at(event.local_position.x)),
        on_horizontal_drag_end=on(hands.let_go),
    )


def _clock(scene: Scene, days: Sequence[Day], width: float, names: float) -> list[ft.Control]:
    """The time at the foot of the line of now."""
    if not days[0].start <= scene.now < days[-1].end:
        return []
    palette = scene.look.palette
    told = moments.clock(scene.now, scene.zone)
    wide = 46 * enlargement()
    at = min(max(x_of(days, width, scene.now) - wide / 2, 0), width - wide)
    pill = ft.Container(
        content=text(told, "caption", palette.surface, bold=True, lines=1),
        left=names + at,
        width=wide,
        height=(CLOCK - 4) * enlargement(),
        bgcolor=palette.ink,
        border_radius=6,
        alignment=ft.Alignment.CENTER,
    )
    return [ft.Stack([pill], width=names + width, height=CLOCK * enlargement())]
