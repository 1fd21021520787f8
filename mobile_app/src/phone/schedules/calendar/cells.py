"""What the views of a calendar share: where things stand in a week, who stands there, and the cells to tap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.hues import Hue
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.kit.controls import Face, tappable
from phone.rotas import rota_wording
from phone.rotas.picture import Day, Lane, Picture, touching
from phone.schedules.calendar.shift_bar import ROW, THICK, Bar
from shared.domain.on_call.shifts import Shift
from shared.wire.schedules import ScheduleRota

AFTER_NOW: Final = 6.0
NEAR_NOW: Final = 48.0
"""Words that the line of now would cross begin behind it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A calendar that is being drawn: for whom, of what, how wide, in whose colours, and what a tap on a day opens.

    A lane is `row` high, a bar in it `thick`.
    """

    look: Look
    item: ScheduleRota
    drawn: Picture
    width: float
    now: datetime
    highlights_mine: bool
    hues: Mapping[str, Hue]
    tap: Callable[[date, str | None], Any]
    row: float = ROW
    thick: float = THICK

    @property
    def zone(self) -> tzinfo:
        return zone_of(self.drawn.zone_name)

    def name(self, user_id: str) -> str:
        """As it stands on a bar."""
        return self.look.reader.alone(rota_wording.person(self.look.words, self.item, user_id))

    def signed(self, user_id: str) -> str:
        """Whose initials stand before it."""
        return rota_wording.person(self.look.words, self.item, user_id).name

    def is_today(self, day: Day) -> bool:
        return day.start <= self.now < day.end


def x_of(days: Sequence[Day], width: float, at: datetime) -> float:
    """Where an instant stands: each day is as wide as the others, whatever its length."""
    return sum(day.share(at) for day in days) * width / len(days)


def bars_of(scene: Scene, days: Sequence[Day], found: Sequence[Shift], width: float, height: float) -> list[Bar]:
    """The shifts of a row in one week."""
    start, end = days[0].start, days[-1].end
    bars: list[Bar] = []
    for shift in touching(found, start, end):
        left = x_of(days, width, max(shift.start, start))
        behind_now = x_of(days, width, scene.now) - left if shift.start <= scene.now < end else -1.0
        mine = shift.user_id == scene.look.person
        bars.append(
            Bar(
                left=left,
                width=x_of(days, width, min(shift.end, end)) - left,
                height=height,
                name=scene.name(shift.user_id),
                person=scene.signed(shift.user_id),
                hue=scene.hues.get(shift.user_id),
                is_mine=mine,
                is_override=shift.override_id is not None,
                is_away=scene.drawn.is_away(shift, start, end),
                is_faded=scene.highlights_mine and not mine,
                indent=behind_now + AFTER_NOW if 0 <= behind_now <= NEAR_NOW else 0,
                starts_before=shift.start < start or (shift.starts_before and shift.start <= start),
                continues_after=shift.end > end or (shift.continues_after and shift.end >= end),
            )
        )
    return bars


def gap_bars(scene: Scene, days: Sequence[Day], width: float, height: float, *, lane: Lane | None = None) -> list[Bar]:
    """Where nobody is, or nobody in a lane's role while others are; the time before a schedule began is no gap."""
    start, end = days[0].start, days[-1].end
    bars: list[Bar] = []
    for gap in scene.drawn.gaps if lane is None else lane.gaps:
        was_before = gap.causes == ("not_started",) and gap.end <= scene.now
        if gap.start < end and gap.end > start and not was_before:
            left = x_of(days, width, max(gap.start, start))
            bars.append(
                Bar(
                    left=left,
                    width=x_of(days, width, min(gap.end, end)) - left,
                    height=height,
                    name=lane.name if lane is not None else "",
                    is_gap=lane is None,
                    is_partial_gap=lane is not None,
                    starts_before=gap.start < start,
                    continues_after=gap.end > end,
                )
            )
    return bars


def spoken(scene: Scene, day: Day, lanes: Sequence[Lane]) -> str:
    """What a screen reader says of a day: each shift with its role and its hours, and where nobody is."""
    reader, zone = scene.look.reader, scene.zone
    told = [moments.day_date(reader.words, day.date)]
    for lane in lanes:
        found = sorted(touching([each for row in lane.rows for each in row], day.start, day.end), key=_by_start)
        for shift in found:
            away = scene.drawn.is_away(shift, day.start, day.end)
            told.append(rota_wording.shift_label(reader, scene.item, shift, zone, is_away=away))
        told += [
            rota_wording.gap_label(reader.words, gap, zone, lane.name)
            for gap in lane.gaps
            if gap.start < day.end and gap.end > day.start
        ]
    nobody = [gap for gap in scene.drawn.gaps if gap.start < day.end and gap.end > day.start]
    told += [rota_wording.gap_label(reader.words, gap, zone) for gap in nobody]
    return reader.words("calendar.spoken_end").join(told)


def _by_start(shift: Shift) -> datetime:
    return shift.start


def cell(
    scene: Scene, day: Day, lanes: Sequence[Lane], lane: str | None, *, box: tuple[float, float, float, float]
) -> ft.Control:
    """A part of a day to tap, `box` being left, top, width and height; it says what the bars below it show."""
    left, top, width, height = box
    what = ft.Semantics(label=spoken(scene, day, lanes), content=ft.Container())
    return ft.Container(
        left=left,
        top=top,
        width=width,
        height=height,
        content=ft.MergeSemantics(
            content=tappable(
                scene.look,
                what,
                lambda: scene.tap(day.date, lane),
                face=Face(radius=8),
                key=f"slot-{day.date.isoformat()}" + (f"-{lane}" if lane else ""),
            )
        ),
    )


def now_mark(scene: Scene, days: Sequence[Day], width: float, height: float) -> list[ft.Control]:
    """Where time is, in the week that holds it."""
    if not days[0].start <= scene.now < days[-1].end:
        return []
    left = x_of(days, width, scene.now) - 1
    return [ft.Container(left=left, top=0, width=2, height=height, bgcolor=scene.look.palette.ink, border_radius=1)]
