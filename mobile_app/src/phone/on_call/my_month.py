"""My shifts as a month, and the covers in it: hours that I gave away, and hours that I took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.hand_over import cover_wording
from phone.kit.controls import Face, tappable
from phone.kit.month_grid import Month, month_grid, month_head
from phone.kit.text import heading, sentence, text
from phone.on_call.my_shifts_store import MyShiftsOfRange
from shared.wire.covers import CoverRequest
from shared.wire.schedules import MyShift

BAR: Final = 4


@dataclass(frozen=True)
class Swap:
    """A cover that was agreed: I gave the hours away, or took them."""

    way: Literal["given", "taken"]
    request: CoverRequest


def swaps_of(requests: Sequence[CoverRequest], me: str, start: datetime, end: datetime, *, now: datetime) -> list[Swap]:
    """Those that touch these hours, the earliest first."""
    found: list[Swap] = []
    for each in requests:
        is_agreed = cover_wording.condition(each, now) == "agreed" and each.start < end and start < each.end
        if not is_agreed or each.accepted_by is None:
            continue
        if each.requester.id == me:
            found.append(Swap("given", each))
        elif each.accepted_by.id == me:
            found.append(Swap("taken", each))
    return sorted(found, key=lambda swap: swap.request.start)


def is_on(each: MyShift, day: date, zone: tzinfo) -> bool:
    """Whether any of a shift is on a day of the reader's zone."""
    return touches(each.shift.start, each.shift.end, day, zone)


def touches(start: datetime, end: datetime, day: date, zone: tzinfo) -> bool:
    """Whether hours are on a day; what ends at midnight isn't on the day that begins then."""
    return start.astimezone(zone).date() <= day <= (end - timedelta(microseconds=1)).astimezone(zone).date()


def month_of_mine(
    look: Look, mine: MyShiftsOfRange, items: Sequence[MyShift], swaps: Sequence[Swap], *, today: date
) -> ft.Control:
    """A cell for each day: a bar where I am on call, an outlined one where somebody stands in for me."""
    month = mine.month or Month.of(today)

    def cell(day: date) -> ft.Control:
        on = [each for each in items if is_on(each, day, look.zone)]
        given = [
            each
            for each in swaps
            if each.way == "given" and touches(each.request.start, each.request.end, day, look.zone)
        ]
        return _cell(look, mine, day, on, given, is_today=day == today)

    return ft.Column(
        [month_head(look, month, mine.turn_to, level=2), month_grid(look, month, cell), _legend(look)],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _cell(
    look: Look, mine: MyShiftsOfRange, day: date, on: list[MyShift], given: list[Swap], *, is_today: bool
) -> ft.Control:
    palette, words = look.palette, look.words
    said = [moments.day_date(words, day), *dict.fromkeys(each.schedule.name for each in on)]
    said += [
        words("mine.given_to", who=look.reader.person(each.request.accepted_by))
        for each in given
        if each.request.accepted_by is not None
    ]
    number = text(
        str(day.day),
        "button" if is_today or on else "small",
        palette.accent if is_today else palette.ink if on else palette.muted,
        label=words("list.comma").join(said) if len(said) > 1 else words("mine.day_off", day=said[0]),
        lines=1,
        most=1.5,
    )
    parts: list[ft.Control] = [number, ft.Container(content=_bar(look, bool(on), bool(given)), height=BAR)]
    return tappable(
        look,
        ft.Column(parts, spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
        lambda: mine.pick(day),
        face=Face(
            colour=palette.accent_bg if on else "#00000000",
            radius=8,
            align=ft.Alignment.CENTER,
            side=ft.BorderSide(width=1.5, color=palette.accent) if mine.day == day else None,
        ),
        selected=mine.day == day,
        key=f"mine-{day.isoformat()}",
    )


def _bar(look: Look, is_on_call: bool, is_given: bool) -> ft.Control:
    palette = look.palette
    if is_on_call:
        return ft.Container(width=22, height=BAR, border_radius=2, bgcolor=palette.accent)
    if is_given:
        return ft.Container(width=22, height=BAR, border_radius=2, border=ft.Border.all(1, palette.muted))
    return ft.Container(width=22, height=BAR)


def _legend(look: Look) -> ft.Control:
    pairs = [
        ft.Row(
            [
                _bar(look, key == "on", key == "given"),
                text(look.words(f"mine.legend_{key}"), "small", look.palette.muted),
            ],
            spacing=8,
            tight=True,
        )
        for key in ("on", "given")
    ]
    return ft.Row(list(pairs), spacing=20, run_spacing=4, wrap=True)


def swap_list(window: Window, swaps: Sequence[Swap]) -> ft.Control:
    """What was agreed, each a way to the request."""
    look, palette, words = window.look, window.look.palette, window.look.words
    rows: list[ft.Control] = []
    for each in swaps:
        request = each.request
        other = request.accepted_by if each.way == "given" else request.requester
        if other is None:
            continue
        pieces = words.pieces(f"mine.cover_{each.way}", who=look.reader.person(other), schedule=request.schedule.name)
        when = cover_wording.hours(words, request.start, request.end, look.zone)
        sign = ft.Icons.CALL_MADE if each.way == "given" else ft.Icons.CALL_RECEIVED
        row = ft.Row(
            [
                ft.Icon(sign, size=20, color=palette.muted),
                ft.Column(
                    [
                        sentence(pieces, "body", palette.ink, apart={"who": palette.ink}),
                        text(when, "small", palette.muted),
                    ],
                    spacing=2,
                    tight=True,
                    expand=True,
                ),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
            ],
            spacing=12,
        )
        face = Face(radius=10, padding=ft.Padding.symmetric(horizontal=8, vertical=12))
        rows.append(
            tappable(
                look, row, lambda ident=request.id: window.go(f"/covers/{ident}"), face=face, key=f"swap-{request.id}"
            )
        )
    return ft.Column(
        [
            ft.Container(
                content=heading(words("mine.covers"), "label", palette.muted), padding=ft.Padding.only(top=20, bottom=4)
            ),
            *rows,
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
