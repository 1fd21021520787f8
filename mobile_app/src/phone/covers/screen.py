"""Requests for cover: those that wait for me, those that I made, those that are settled; and one of them."""

from typing import Final

import flet as ft

from phone.base import moments
from phone.base.link import Link
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.covers.cover_cards import (
    PartSheet,
    answers,
    cover_buttons,
    cover_row,
    rest_line,
    state_of,
    taking_back,
    title_line,
    told,
    waiting_cards,
)
from phone.covers.store import Covers
from phone.hand_over import cover_wording
from phone.hand_over.hand_over_sheet import HandOverSheet
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import icon, quiet
from phone.kit.layout import column
from phone.kit.marks import avatar
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from shared.wire.covers import AskedPerson, CoverRequest

MOST: Final = 20


@ft.component
def CoverList(
    window: Window,
    covers: Covers,
    link: Link,
    look: Look,
    beside: str | None,
    *,
    hand_over: HandOver,
) -> ft.Control:
    """`beside` is what is open next to it."""
    words = look.words
    ask = icon(look, ft.Icons.ADD, words("hand_over.ask"), lambda: hand_over.open("ask"), key="ask-cover")
    bar = archive_bar(window, words("covers.title"), "/on-call", [ask] if window.may_act else [])
    doors: list[ft.Control] = [
        HandOverSheet(window, hand_over, look),
        PartSheet(window, covers, look),
    ]
    if covers.items is None:
        wait = placeholders.failed(look, covers.error, window.retry) if covers.error else placeholders.skeleton(look)
        return ft.Column([bar, wait, *doors], spacing=0, expand=True)
    del link
    parts: list[ft.Control] = []
    if covers.waiting:
        parts += [
            title_line(look, words("covers.waiting"), margin=PHONE_MARGIN),
            column(
                waiting_cards(window, most=MOST, beside=beside if look.is_split else None, covers=covers), spacing=12
            ),
        ]
    parts += _group(window, words("covers.mine"), covers.mine, beside)
    parts += _group(window, words("covers.others"), covers.others, beside)
    if not covers.items:
        parts.append(placeholders.empty(look, words("covers.empty"), words("covers.empty_text")))
    return ft.Column(
        [bar, PullList(parts, window.retry), *doors],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _group(window: Window, title: str, found: tuple[CoverRequest, ...], beside: str | None) -> list[ft.Control]:
    if not found:
        return []
    parts: list[ft.Control] = [title_line(window.look, title, margin=PHONE_MARGIN)]
    for each in found[:MOST]:
        parts.append(cover_row(window, each, own=each.id == beside))
        parts.append(ft.Container(height=1, bgcolor=window.look.palette.line, margin=ft.Margin.only(left=PHONE_MARGIN)))
    return parts


@ft.component
def CoverScreen(window: Window, covers: Covers, link: Link, look: Look, ident: str) -> ft.Control:
    """One of them, with everybody who was asked and everything that can be done; the list has the sheets."""
    words, request = look.words, covers.find(ident)
    del link
    bar: list[ft.Control] = [] if look.is_split else [archive_bar(window, words("cover.screen"), "/covers", [])]
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    if request is None:
        wait = placeholders.failed(look, covers.error, window.retry) if covers.error else placeholders.skeleton(look)
        return ft.Column([*bar, wait], spacing=0, expand=True)
    parts: list[ft.Control] = []
    if look.is_split:
        parts.append(
            ft.Container(
                content=heading(words("cover.screen"), "title", look.palette.ink, level=1),
                padding=ft.Padding.only(top=20),
            )
        )
    parts += [ft.Row([state_of(window, request)], tight=True), _about(window, request)]
    parts.append(text(cover_wording.state(look.reader, request, now=window.clock.now()), "body", look.palette.ink))
    if answers(window, request):
        if "accept" in request.can:
            key = "cover.accept_waits" if request.needs_approval else "cover.accept_at_once"
            parts.append(text(words(key), "small", look.palette.muted))
            parts += rest_line(look, request)
        parts.append(cover_buttons(window, request, covers=covers))
    parts += [*_people(window, request), *taking_back(window, request, covers)]
    parts.append(
        ft.Row(
            [
                quiet(
                    look,
                    words("cover.open_schedule"),
                    lambda: window.go(f"/schedules/{request.schedule.id}"),
                    icon=ft.Icons.CALENDAR_MONTH_OUTLINED,
                    key="open-schedule",
                )
            ],
            tight=True,
        )
    )
    return ft.Column(
        [*bar, PullList([column(parts, margin=margin, spacing=16)], window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _about(window: Window, request: CoverRequest) -> ft.Control:
    sign = avatar(window.look, request.requester.name, who=request.requester.id)
    lines = ft.Column(told(window, request), spacing=2, tight=True, expand=True)
    return ft.MergeSemantics(content=ft.Row([sign, lines], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START))


def _people(window: Window, request: CoverRequest) -> list[ft.Control]:
    """Who was asked, and what each of them said."""
    look, palette, words = window.look, window.look.palette, window.look.words
    rows = [_person(window, request, each) for each in request.asked]
    asked_at = moments.moment(words, request.created_at, now=window.clock.now(), zone=look.zone)
    return [
        ft.Column(
            [
                heading(words("cover.asked"), "label", palette.muted),
                *rows,
                text(words("cover.asked_at", when=asked_at), "small", palette.muted),
            ],
            spacing=10,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    ]


def _person(window: Window, request: CoverRequest, each: AskedPerson) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    has_it = request.accepted_by is not None and request.accepted_by.id == each.user.id
    left = "has_left" if each.left_at is not None else "no_answer"
    key = "has_accepted" if has_it else "has_declined" if each.declined_at is not None else left
    return ft.MergeSemantics(
        content=ft.Row(
            [
                avatar(look, each.user.name, who=each.user.id),
                ft.Column(
                    [
                        text(look.reader.alone(each.user), "strong", palette.ink),
                        text(words(f"cover.{key}"), "small", palette.muted),
                    ],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
            ],
            spacing=12,
        )
    )
