"""My own shifts on every schedule, day by day or as a month, what I gave away and took, where I am on call now."""

from datetime import date, datetime

import flet as ft
from msgspec import structs

from phone.base import moments
from phone.base.device.clock import Tick
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN, enlargement
from phone.base.window import Window
from phone.covers.store import Covers
from phone.hand_over.hand_over_sheet import HandOverSheet
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import segments
from phone.kit.controls import Face, icon, tappable
from phone.kit.layout import column
from phone.kit.marks import pill
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.on_call.my_month import is_on, month_of_mine, swap_list, swaps_of
from phone.on_call.my_shifts_store import RANGES, VIEWS, MyShiftsOfRange, by_day
from phone.rotas import rota_wording
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from shared.wire.lists import Ref
from shared.wire.schedules import MyShift


@ft.component
def MyShiftsScreen(
    window: Window,
    mine: MyShiftsOfRange,
    rotas: Rotas,
    covers: Covers,
    look: Look,
    _tick: Tick,
    *,
    hand_over: HandOver,
    on_call: OnCall,
) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    words = look.words
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    refresh = icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh-mine")
    away = icon(
        look, ft.Icons.BEACH_ACCESS_OUTLINED, words("hand_over.off"), lambda: hand_over.open("off"), key="time-off"
    )
    bar = archive_bar(window, words("mine.title"), "/schedules", [away, refresh])
    if look.is_split:
        title = heading(words("mine.title"), "title", look.palette.ink, level=1)
        bar = ft.Container(
            content=ft.Row([ft.Container(content=title, expand=True), away]),
            padding=ft.Padding.only(left=margin, right=margin - 8, top=12, bottom=4),
        )
    answer = mine.answer(look.person, look.zone_name)
    if answer is None:
        wait = placeholders.failed(look, rotas.error, window.retry) if rotas.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    views = [(each, words(f"mine.as_{each}"), words(f"mine.as_{each}")) for each in VIEWS]
    head: list[ft.Control] = [
        _now(window, answer.on_call_now, rotas),
        segments(look, views, mine.view, mine.show_as),
    ]
    start, end = mine.window(look.zone_name)
    now = window.clock.now()
    swaps = swaps_of(covers.items or (), look.person, start, end, now=now)
    days = by_day(answer.items, start, look.zone_name)
    if mine.view == "calendar":
        head.append(month_of_mine(look, mine, answer.items, swaps, today=now.astimezone(look.zone).date()))
        if mine.day is not None:
            there = [each for each in answer.items if is_on(each, mine.day, look.zone)]
            days = [(mine.day, there)] if there else []
    else:
        choices = [(each, words(f"mine.{each}"), words(f"mine.{each}_long")) for each in RANGES]
        head.append(segments(look, choices, mine.range, mine.choose))
    parts: list[ft.Control] = [column(head, margin=margin, spacing=16)]
    if days:
        parts.append(column([_total(look, answer.items, end)], margin=margin))
        parts += [
            _day(window, day, items, margin, covers=covers, hand_over=hand_over, rotas=rotas) for day, items in days
        ]
    elif not answer.items:
        parts.append(_empty(window, on_call=on_call))
    if swaps:
        parts.append(column([swap_list(window, swaps)], margin=margin))
    return ft.Column(
        [
            bar,
            PullList(parts, window.retry),
            HandOverSheet(window, hand_over, look),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _now(window: Window, schedules: list[Ref], rotas: Rotas) -> ft.Control:
    """The names of the schedules on which I am on call, each a link where I see it."""
    palette, words = window.look.palette, window.look.words
    if not schedules:
        return text(words("card.not_on_call"), "strong", palette.ink)
    chips: list[ft.Control] = [
        _link(window, ref) if rotas.find(ref.id) is not None else text(ref.name, "button", palette.ink)
        for ref in schedules
    ]
    return ft.Column(
        [text(words("mine.on_call_now"), "label", palette.muted), ft.Row(chips, wrap=True, spacing=8, run_spacing=8)],
        spacing=8,
        tight=True,
    )


def _link(window: Window, ref: Ref) -> ft.Control:
    look, palette = window.look, window.look.palette
    row = ft.Row(
        [
            text(ref.name, "button", palette.accent),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=palette.accent),
        ],
        spacing=4,
        tight=True,
    )
    face = Face(colour=palette.accent_bg, radius=999, padding=ft.Padding.only(left=16, right=10, top=14, bottom=14))
    return tappable(look, row, lambda: window.go(f"/schedules/{ref.id}"), face=face, key=f"now-{ref.id}")


def _total(look: Look, items: list[MyShift], end: datetime) -> ft.Control:
    """Of the hours within the range alone."""
    within = [structs.replace(each.shift, end=min(each.shift.end, end)) for each in items]
    length = rota_wording.total(within)
    told = look.words("mine.total", count=len(items), length=moments.hours(look.words, length))
    return ft.Container(content=text(told, "small", look.palette.muted), padding=ft.Padding.only(top=16, bottom=4))


def _day(
    window: Window, day: date, items: list[MyShift], margin: float, *, covers: Covers, hand_over: HandOver, rotas: Rotas
) -> ft.Control:
    """A day on the left, its shifts on the right."""
    palette, words = window.look.palette, window.look.words
    block = ft.Semantics(
        header=True,
        label=moments.day_date(words, day),
        exclude_semantics=True,
        content=ft.Column(
            [
                text(words(f"day.{day.weekday()}"), "small", palette.muted),
                text(str(day.day), "lead", palette.ink, bold=True),
                text(words(f"month.{day.month}"), "caption", palette.muted),
            ],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )
    rows = [_shift(window, day, each, covers=covers, hand_over=hand_over, rotas=rotas) for each in items]
    return ft.Column(
        [
            ft.Container(
                content=ft.Row(
                    [
                        ft.Container(content=block, width=48 * enlargement(), padding=ft.Padding.only(top=10)),
                        ft.Column(
                            rows, spacing=0, tight=True, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
                        ),
                    ],
                    spacing=4,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                ),
                padding=ft.Padding.only(left=margin - 4, right=margin - 8),
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=margin + 56)),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _shift(
    window: Window, day: date, each: MyShift, *, covers: Covers, hand_over: HandOver, rotas: Rotas
) -> ft.Control:
    look, palette, words, shift = window.look, window.look.palette, window.look.words, each.shift
    role = rota_wording.role_beside(words, rotas.find(each.schedule.id), shift.role_id, each.schedule.name)
    title = words("slot.who", who=each.schedule.name, role=role) if role else each.schedule.name
    zone = zone_of(look.zone_name)
    begins = shift.start.astimezone(zone).date() == day
    heard = rota_wording.hours_and_length(words, shift, zone)
    # The day stands beside it to be seen, and in it to be heard.
    hours = rota_wording.hours_of_day(words, shift, zone) if begins else heard
    lines: list[ft.Control] = [
        text(title, "strong", palette.ink),
        text(hours, "small", palette.muted, label=heard),
    ]
    marks: list[ft.Control] = []
    if shift.override_id is not None:
        marks.append(pill(words("mine.override"), palette.info, palette.info_bg))
    if shift.on_time_off:
        sign = ft.Icon(ft.Icons.BEACH_ACCESS, size=14, color=palette.warning)
        marks.append(pill(words("schedule.off"), palette.warning, palette.warning_bg, sign=sign))
    if shift.tentative:
        marks.append(pill(words("mine.tentative"), palette.muted, palette.fill))
    asked = covers.asked_about(each.schedule.id, shift.start, shift.end)
    if asked is not None:
        marks.append(pill(words("mine.cover_asked"), palette.warning, palette.warning_bg))
    if marks:
        lines.append(ft.Row(marks, wrap=True, spacing=6, run_spacing=4))
    if rotas.find(each.schedule.id) is None:
        lines.append(text(words("mine.unseen"), "small", palette.muted))
        told = ft.Column(lines, spacing=2, tight=True)
        return ft.MergeSemantics(
            content=ft.Container(content=told, padding=ft.Padding.symmetric(horizontal=8, vertical=12))
        )
    is_done = not window.may_act or shift.end <= window.clock.now()
    row = ft.Row(
        [
            ft.Column(lines, spacing=2, tight=True, expand=True),
            # One sign at the end of a row: what can be done with it, or that it leads on.
            *([ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted)] if is_done else []),
        ],
        spacing=12,
    )
    when = moments.stretch(words, shift.start, shift.end, look.zone)
    key = f"{each.schedule.id}-{shift.start:%Y%m%d%H%M}"
    whole = tappable(
        look,
        row,
        lambda: window.go(f"/schedules/{each.schedule.id}"),
        face=Face(padding=ft.Padding.symmetric(horizontal=8, vertical=12), radius=10),
        key=f"shift-{key}",
    )
    if is_done:
        return whole
    if asked is not None:
        deed = icon(
            look,
            ft.Icons.HOURGLASS_EMPTY,
            words("mine.open_cover", when=when),
            lambda: window.go(f"/covers/{asked.id}"),
            key=f"asked-{key}",
            colour=palette.warning,
        )
    else:
        deed = icon(
            look,
            ft.Icons.BACK_HAND_OUTLINED,
            words("mine.ask_rest", end=moments.exact(words, shift.end, look.zone))
            if shift.start <= window.clock.now()
            else words("mine.ask_cover", when=when),
            lambda: hand_over.open("ask", shift=hand_over.find(each.schedule.id, shift.start, shift.end)),
            key=f"ask-{key}",
            colour=palette.accent,
        )
    return ft.Row([ft.Container(content=whole, expand=True), deed], spacing=0)


def _empty(window: Window, *, on_call: OnCall) -> ft.Control:
    look, words, known = window.look, window.look.words, on_call.mine
    told = words("mine.empty_text")
    if known is not None and known.next is not None:
        when = moments.exact(words, known.next.start, look.zone)
        told = words("card.next", schedule=known.next.schedule.name, when=when)
    return placeholders.empty(look, words("mine.empty"), told)
