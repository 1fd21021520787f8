"""Schedules as a picture: those of one team as lanes of one grid, what is missing, and who carries how much."""

from functools import partial
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.device.clock import Tick
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.theme import PHONE_MARGIN, RAIL, TABLET_MARGIN, enlargement
from phone.base.window import Window
from phone.hand_over.hand_over_sheet import hand_over_dialog
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.controls import icon, quiet
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.rotas.order import NO_TEAM
from phone.rotas.picture import EVERYBODY, Picture
from phone.rotas.store import Rotas
from phone.schedules.calendar.calendar import calendar_head, head_lines, legend, shows_time_off, views
from phone.schedules.calendar.cells import Scene
from phone.schedules.lanes.grid import NAME_BESIDE_FROM, Hands, grid
from phone.schedules.lanes.people import people_column, people_row
from phone.schedules.lanes.store import Coming, TeamLanes
from phone.schedules.sheets import schedule_sheet
from phone.schedules.store import OpenSchedule, Slot
from shared.wire.lists import Ref
from shared.wire.schedules import OverrideInput, ScheduleRota, ScopeInput

BESIDE: Final = 232.0
BESIDE_FROM: Final = 1100.0
GAPS: Final = 3
JUMP: Final = 4.0
TEAM: Final = 240.0
VIEWS: Final = 340.0


@ft.component
def LanesScreen(
    window: Window,
    lanes: TeamLanes,
    rotas: Rotas,
    schedule: OpenSchedule,
    door: HandOver,
    look: Look,
) -> ft.Control:
    """The whole tab."""
    words = look.words
    drawn = lanes.draw(lambda item: rota_wording.LaneNames(words, item.roles)) if rotas.items else []
    of_open = next((each for item, each in drawn if item.schedule.id == schedule.id), None)
    ft.use_dialog(
        schedule_sheet(window, rotas, schedule, hand_over=door, drawn=of_open) or hand_over_dialog(window, door, look)
    )
    every = icon(
        look, ft.Icons.FORMAT_LIST_BULLETED, words("lanes.all"), lambda: window.go("/schedules/all"), key="all"
    )
    parts: list[ft.Control] = [
        _wide_bar(look, lanes, every) if look.is_split else title_bar(window, words("schedules.title"), [every])
    ]
    if rotas.items is None:
        wait = placeholders.failed(look, rotas.error, window.retry) if rotas.error else placeholders.skeleton(look)
        return PullList([*parts, wait], window.retry)
    if not drawn:
        parts.append(placeholders.empty(look, words("on_call.empty"), words("schedules.empty_text")))
        return PullList(parts, window.retry)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    body = Lanes(window, lanes, schedule, look, window.clock.minutes, drawn)
    choices = [] if look.is_split else _choices(look, lanes)
    parts.append(column([*choices, body], margin=margin, spacing=12))
    return PullList(parts, window.retry)


def _wide_bar(look: Look, lanes: TeamLanes, every: ft.Control) -> ft.Control:
    """Title and choices in one line, the choices below it where they don't fit."""
    sizes = (TEAM, VIEWS)[-len(_choices(look, lanes)) :]
    boxes = [
        ft.Container(content=each, width=size * enlargement())
        for each, size in zip(_choices(look, lanes), sizes, strict=True)
    ]
    title = heading(look.words("schedules.title"), "display", look.palette.ink, level=1)
    return ft.Container(
        content=ft.Row(
            [title, ft.Row([*boxes, every], wrap=True, spacing=12, run_spacing=8)],
            wrap=True,
            run_spacing=8,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        ),
        padding=ft.Padding.only(left=TABLET_MARGIN, right=TABLET_MARGIN - 12, top=16, bottom=4),
    )


def _choices(look: Look, lanes: TeamLanes) -> list[ft.Control]:
    """Which team, and how much at once."""
    teams, shown = lanes.teams, lanes.team
    seen = views(look, lanes.chosen.view, lanes.choose_view)
    if len(teams) < 2 or shown is None:
        return [seen]
    options = tuple(Option(value=team.id, label=_team_name(look, team)) for team in teams)
    named = Field(key="team", label=look.words("field.team"), shows_label=False, form="choice", options=options)
    return [Picker(look, named, shown.id, lanes.choose_team), seen]


def _team_name(look: Look, team: Ref) -> str:
    return team.name if team != NO_TEAM else look.words("lanes.no_team")


@ft.component
def Lanes(
    window: Window,
    lanes: TeamLanes,
    schedule: OpenSchedule,
    look: Look,
    tick: Tick,
    drawn: list[tuple[ScheduleRota, Picture]],
) -> ft.Control:
    """The grid with what belongs to it; how wide it is comes once it is laid out."""
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    whole, measure = state(look.width - (RAIL if look.is_split else 0) - 2 * margin)
    is_beside = whole >= BESIDE_FROM / enlargement() and look.is_split
    width = whole - (BESIDE + TABLET_MARGIN if is_beside else 0) - (2 if look.is_split else 0)
    items = [item for item, _ in drawn]
    hues = look.hues

    def resized(event: Any) -> None:
        if abs(event.width - whole) >= JUMP:
            measure(event.width)

    async def let_go() -> None:
        gone_over = lanes.let_go()
        if gone_over is not None:
            dragged, start, end = gone_over
            item, seen = next(each for each in drawn if each[0].schedule.id == dragged.schedule_id)
            scope = _scope(dragged.lane, seen)
            draft = Draft(OverrideInput(start=start, end=end, user_id="", scope=scope))
            await schedule.show(item.schedule.id, draft)

    hands = Hands(
        open=lambda ident: window.go(f"/schedules/{ident}"),
        begin=lanes.drag,
        go_on=lanes.drag_to,
        let_go=let_go,
        dragged=lanes.dragged,
    )
    scenes = [
        Scene(
            look=look,
            item=item,
            drawn=each,
            width=width,
            now=tick.at,
            highlights_mine=False,
            hues=hues,
            tap=lambda day, lane, item=item: schedule.show(item.schedule.id, Slot(day=day, lane=lane)),
            row=72 if width >= NAME_BESIDE_FROM else 48,
            thick=48 if width >= NAME_BESIDE_FROM else 36,
        )
        for item, each in drawn
    ]
    blocks = ft.Column(grid(scenes, width, hands), spacing=16, tight=True)
    shown: ft.Control = blocks
    if look.is_split:
        shown = ft.Container(
            content=blocks,
            bgcolor=look.palette.raised,
            border=ft.Border.all(1, look.palette.line),
            border_radius=12,
            clip_behavior=ft.ClipBehavior.HARD_EDGE,
        )
    parts: list[ft.Control] = [
        calendar_head(
            look,
            head_lines(look.words, lanes.chosen.view, lanes.shown, drawn[0][1]),
            lanes.move,
            lanes.go_to_today if lanes.day is not None else None,
            goes_back=lanes.may_go_back,
        ),
        shown,
        _legend(look, items, drawn),
        *_coming(window, lanes, schedule=schedule),
    ]
    names = {user_id: name for item in items for user_id, name in item.people.items()}
    title = look.words(f"lanes.carried_{lanes.chosen.view}")
    carried = lanes.carried
    if not is_beside and carried:
        parts.append(people_row(look, title, carried, names, hues))
    left = ft.Column(parts, spacing=14, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, expand=is_beside or None)
    if not is_beside:
        return ft.Container(content=left, on_size_change=resized)
    right = ft.Container(content=people_column(look, title, carried, names, hues), width=BESIDE)
    both = ft.Row([left, right], spacing=TABLET_MARGIN, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Container(content=both, on_size_change=resized)


def _scope(lane: str, seen: Picture) -> ScopeInput:
    """The lane's role, where there is another beside it."""
    return ScopeInput(kind="role", role_id=lane) if lane != EVERYBODY and len(seen.lanes) > 1 else ScopeInput()


def _legend(look: Look, items: list[ScheduleRota], drawn: list[tuple[ScheduleRota, Picture]]) -> ft.Control:
    key = legend(look, is_anybody_away=any(shows_time_off(each) for _, each in drawn))
    if not any(item.may_edit for item in items):
        return key
    hint = text(look.words("lanes.drag"), "small", look.palette.muted)
    return ft.Row([key, hint], wrap=True, spacing=16, run_spacing=6, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)


def _coming(window: Window, lanes: TeamLanes, *, schedule: OpenSchedule) -> list[ft.Control]:
    """Where nobody is on call in the next 30 days, or that there is no such hour."""
    palette, words = window.look.palette, window.look.words
    found = lanes.coming
    if not found:
        sign = ft.Icon(ft.Icons.CHECK, size=18, color=palette.ok)
        return [ft.Row([sign, text(words("gaps.none"), "small", palette.muted, expand=True)], spacing=8)]
    cards: list[ft.Control] = [_card(window, lanes, each, schedule=schedule) for each in found[:GAPS]]
    if len(found) > GAPS:
        cards.append(text(words("gaps.more", count=len(found) - GAPS), "small", palette.muted))
    return cards


def _card(window: Window, lanes: TeamLanes, each: Coming, *, schedule: OpenSchedule) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    start, end = (at.replace(second=0, microsecond=0) for at in (each.gap.start, each.gap.end))
    when = moments.stretch(words, each.gap.start, each.gap.end, zone_of(lanes.zone_name))
    length = moments.hours(words, each.gap.end - each.gap.start)
    lines: list[ft.Control] = [
        heading(words("lanes.gap", schedule=each.item.schedule.name), "strong", palette.critical),
        text(words("slot.when", when=when, length=length), "body", palette.ink),
        text(rota_wording.causes(words, each.gap), "small", palette.muted),
    ]
    row: list[ft.Control] = [
        ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=20, color=palette.critical),
        ft.Column(lines, spacing=2, tight=True, expand=True),
    ]
    if each.item.may_edit:
        draft = Draft(OverrideInput(start=start, end=end, user_id=""))
        show = partial(schedule.show, each.item.schedule.id, draft)
        row.append(quiet(look, words("gaps.fill"), show, key=f"fill-{start:%Y%m%d%H%M}"))
    return ft.Container(
        content=ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )
