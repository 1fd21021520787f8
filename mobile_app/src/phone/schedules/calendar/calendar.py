"""The calendar of a schedule: which weeks, how they are looked at, the weeks themselves, and what the bars mean."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import flet as ft

from phone.base.device.clock import Tick
from phone.base.hues import hue
from phone.base.i18n import Words
from phone.base.look import Look
from phone.base.weeks import View
from phone.kit.choices import check, segments
from phone.kit.controls import icon, quiet
from phone.kit.hooks import state
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.rotas.picture import Picture
from phone.rotas.store import Rotas
from phone.rotas.watches import concerns
from phone.schedules.calendar.cells import Scene
from phone.schedules.calendar.month import month
from phone.schedules.calendar.shift_bar import FULL_HEIGHT, Bar, bar
from phone.schedules.calendar.week import week
from phone.schedules.store import OpenSchedule, Slot

VIEWS: Final[tuple[View, ...]] = ("week", "two_weeks", "month")
JUMP: Final = 4.0


@ft.component
def Calendar(schedule: OpenSchedule, _rotas: Rotas, look: Look, tick: Tick, width: float) -> ft.Control:
    """`width` is a first guess; what it really has comes once it is laid out."""
    given, measure = state(width)
    item = schedule.item
    drawn = schedule.draw(rota_wording.LaneNames(look.words, item.roles)) if item is not None else None
    if drawn is None or item is None:
        return ft.Container(height=0)

    def resized(event: Any) -> None:
        if abs(event.width - given) >= JUMP:
            measure(event.width)

    scene = Scene(
        look=look,
        item=item,
        drawn=drawn,
        width=given,
        now=tick.at,
        highlights_mine=schedule.chosen.highlights_mine,
        hues=look.hues,
        tap=lambda day, lane: schedule.ask(Slot(day=day, lane=lane)),
    )
    weeks: list[ft.Control] = (
        [month(scene, schedule.shown.month)]
        if schedule.chosen.view == "month"
        else [week(scene, days) for days in drawn.weeks]
    )
    parts: list[ft.Control] = [
        views(look, schedule.chosen.view, schedule.choose_view),
        _head(look, schedule, drawn),
        ft.Column(weeks, spacing=16, tight=True),
        legend(look, is_anybody_away=shows_time_off(drawn)),
        _switches(look, schedule),
    ]
    return ft.Container(
        content=ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        on_size_change=resized,
    )


def views(look: Look, chosen: View, choose: Callable[[str], Any]) -> ft.Control:
    """A week, two, or a month."""
    choices = [(view, look.words(f"calendar.{view}"), look.words(f"calendar.{view}")) for view in VIEWS]
    return segments(look, choices, chosen, choose)


def _head(look: Look, schedule: OpenSchedule, drawn: Picture) -> ft.Control:
    today = schedule.go_to_today if schedule.day is not None else None
    return calendar_head(
        look, head_lines(look.words, schedule.chosen.view, schedule.shown, drawn), schedule.move, today
    )


def head_lines(words: Words, view: View, day: date, drawn: Picture) -> tuple[str, str]:
    """Which days are shown, and in which zone."""
    title = month_title(words, day) if view == "month" else range_title(words, drawn)
    return title, rota_wording.zone_line(words, drawn)


def calendar_head(
    look: Look,
    lines: tuple[str, str],
    move: Callable[[int], Any],
    today: Callable[[], Any] | None,
    *,
    goes_back: bool = True,
) -> ft.Control:
    """Which days, in which zone, and the ways to others; `today` where it isn't shown."""
    palette, words = look.palette, look.words
    title, zone = lines
    told: list[ft.Control] = [
        heading(title, "lead", palette.ink, bold=True),
        text(zone, "caption", palette.muted),
    ]
    ways: list[ft.Control] = [
        icon(look, ft.Icons.CHEVRON_RIGHT, words("calendar.after"), lambda: move(1), key="after"),
    ]
    if goes_back:
        ways.insert(0, icon(look, ft.Icons.CHEVRON_LEFT, words("calendar.before"), lambda: move(-1), key="before"))
    if today is not None:
        ways.insert(0, quiet(look, words("calendar.today"), today, key="today"))
    return ft.Row([ft.Column(told, spacing=2, tight=True, expand=True), *ways], spacing=0)


def month_title(words: Words, day: date) -> str:
    """ "November 2026"."""
    return words("calendar.month_title", month=words(f"month_long.{day.month}"), year=day.year)


def range_title(words: Words, drawn: Picture) -> str:
    """ "16 to 29 November", or with both months."""
    first, last = drawn.weeks[0][0].date, drawn.weeks[-1][-1].date
    if first.month == last.month:
        return words("calendar.range_same", first=first.day, last=last.day, month=words(f"month_long.{last.month}"))
    start, end = (words("time.date", day=day.day, month=words(f"month.{day.month}")) for day in (first, last))
    return words("calendar.range", start=start, end=end)


def legend(look: Look, *, is_anybody_away: bool) -> ft.Control:
    """What the bars mean, said in words beside a piece of each."""
    palette, words = look.palette, look.words
    kinds = {
        "mine": Bar(left=0, width=24, height=18, is_mine=True),
        "others": Bar(left=0, width=28, height=FULL_HEIGHT, hue=hue(look.brightness, 1)),
        "override": Bar(left=0, width=24, height=18, is_override=True, hue=hue(look.brightness, 1)),
        "nobody": Bar(left=0, width=19, height=18, is_gap=True),
    }
    items: list[ft.Control] = []
    for name, each in kinds.items():
        sample = ft.Stack([bar(look, each, top=0)], width=each.width, height=each.height)
        told = text(words(f"calendar.{name}"), "small", palette.muted)
        items.append(ft.Row([sample, told], spacing=6, tight=True))
    if is_anybody_away:
        away = ft.Icon(ft.Icons.BEACH_ACCESS, size=16, color=palette.warning)
        items.append(ft.Row([away, text(words("calendar.away"), "small", palette.muted)], spacing=6, tight=True))
    return ft.Row(items, wrap=True, spacing=16, run_spacing=6)


def shows_time_off(drawn: Picture) -> bool:
    """Whether anybody has asked for time off in what is shown."""
    shown = [shift for lane in drawn.lanes for row in lane.rows for shift in row]
    return any(drawn.is_away(shift, drawn.start, drawn.end) for shift in shown)


def _switches(look: Look, schedule: OpenSchedule) -> ft.Control:
    """Highlight mine, my own zone, by layer: what is chosen is kept on the device."""
    words, chosen, item = look.words, schedule.chosen, schedule.item
    rows: list[ft.Control] = []
    if item is not None and concerns(item.rota, look.person):
        rows.append(
            check(
                look,
                words("calendar.highlight"),
                chosen.highlights_mine,
                lambda: schedule.choose(highlights_mine=not chosen.highlights_mine),
                key="highlight",
            )
        )
    if item is not None and item.rota.schedule.time_zone != look.zone_name:
        rows.append(
            check(
                look,
                words("calendar.my_zone"),
                chosen.in_my_zone,
                lambda: schedule.choose(in_my_zone=not chosen.in_my_zone),
                key="my-zone",
            )
        )
    if item is not None and len(item.rota.schedule.layers) > 1:
        rows.append(
            check(
                look,
                words("calendar.by_layer"),
                chosen.by_layer,
                lambda: schedule.choose(by_layer=not chosen.by_layer),
                key="by-layer",
            )
        )
    return ft.Row(rows, wrap=True, spacing=8, run_spacing=8)
