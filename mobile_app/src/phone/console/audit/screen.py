"""The history of everything, day by day: who changed what, when, and from what to what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.audit.entry import details_of, entry_row
from phone.console.audit.store import Trail
from phone.console.directory import Directory
from phone.console.form.kind import Known
from phone.console.head import console_back
from phone.console.kinds import SHOWN
from phone.kit import placeholders
from phone.kit.choices import switch
from phone.kit.controls import icon, word
from phone.kit.fields import Entry, field
from phone.kit.form_field import Field, Option
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.text import heading
from shared.wire.audit import AuditEntry

SIDE: Final = 360
PERIODS: Final = (1, 7, 30, 90)


@ft.component
def AuditScreen(window: Window, trail: Trail, _directory: Directory, look: Look) -> ft.Control:
    """Filters above, the newest day below; on a wide window one entry with all it says at the right."""
    known, words = _directory.known(window), look.words
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    if known is None:
        return placeholders.skeleton(look)
    parts: list[ft.Control] = [_head(window, margin), _filters(window, known, margin, trail=trail)]
    if trail.entries is None:
        wait = placeholders.failed(look, trail.error, trail.load) if trail.error else placeholders.skeleton(look)
        return PullList([*parts, wait], window.retry)
    if not trail.entries:
        parts.append(placeholders.empty(look, words("trail.empty"), words("trail.empty_text")))
        return PullList(parts, window.retry)
    opened = next((each for each in trail.entries if each.id == trail.opened), None)
    beside = (opened or trail.entries[0]) if look.is_wide else None
    rows = _days(window, known, trail, margin, beside=beside)
    if trail.cursor is not None:
        rows.append(
            ft.Row([word(look, words("row.more"), trail.more, key="more")], alignment=ft.MainAxisAlignment.CENTER)
        )
    if beside is None:
        return PullList([*parts, *rows], window.retry, trail.more)
    side = ft.ListView(
        controls=[ft.Container(content=details_of(window, known, beside), padding=ft.Padding.all(24))], expand=True
    )
    both = ft.Row(
        [
            ft.Container(content=PullList(rows, window.retry, trail.more), expand=True),
            ft.Container(width=1, bgcolor=look.palette.line),
            ft.Container(content=side, width=SIDE),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Column(
        [*parts, ft.Container(height=1, bgcolor=look.palette.line), both],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _days(window: Window, known: Known, trail: Trail, margin: float, *, beside: AuditEntry | None) -> list[ft.Control]:
    """Each day with its entries."""
    look, found = window.look, list[ft.Control]()

    def day_of(entry: AuditEntry) -> date:
        return entry.at.astimezone(look.zone).date()

    for day, entries in groupby(trail.entries or (), key=day_of):
        found.append(_day_title(look, day, known.now.astimezone(look.zone).date(), margin))
        for each in entries:
            is_open = each is beside if look.is_wide else each.id == trail.opened
            found.append(entry_row(window, known, each, margin, trail=trail, is_open=is_open))
    return found


def _day_title(look: Look, day: date, today: date, margin: float) -> ft.Control:
    words = look.words
    keys = {0: "trail.today", 1: "trail.yesterday"}
    told = moments.day_date(words, day)
    if (key := keys.get((today - day).days)) is not None:
        told = words(key, day=told)
    if day.year != today.year:
        told = words("trail.of_year", day=told, year=day.year)
    title = heading(told, "label", look.palette.muted)
    return ft.Container(content=title, padding=ft.Padding.only(left=margin, right=margin, top=20, bottom=6))


def _head(window: Window, margin: float) -> ft.Control:
    look, words = window.look, window.look.words
    title = heading(words("kind.audit"), "title", look.palette.ink, level=1)
    if look.is_split:
        body = ft.Column([console_back(window), title], spacing=0)
        return ft.Container(content=body, padding=ft.Padding.only(left=margin, right=margin, top=4))
    back = icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go("/configure"), key="back")
    row = ft.Row([back, ft.Container(content=title, expand=True)], spacing=4)
    return ft.Container(content=row, padding=ft.Padding.only(left=4, right=margin, top=4))


def _filters(window: Window, known: Known, margin: float, *, trail: Trail) -> ft.Control:
    look, words, now = window.look, window.look.words, trail.filter

    async def typed(value: str) -> None:
        await trail.narrow(replace(trail.filter, text=value))

    def pick(key: str, label: str, options: Sequence[Option], chosen: str | None, change: str) -> ft.Control:
        async def choose(value: str | None) -> None:
            given = int(value) if change == "since_days" and value is not None else value
            await trail.narrow(replace(trail.filter, **{change: given}))

        return Picker(look, Field(key=key, label=words(label), options=tuple(options)), chosen, choose)

    kinds = [Option(value=kind.audited_as, label=words(f"kind.{kind.slug}")) for kind in SHOWN if kind.audited_as]
    periods = [Option(value=str(days), label=words("trail.days", count=days)) for days in PERIODS]
    every = [Option(value=None, label=words("trail.everything")), *kinds]
    people = [Option(value=None, label=words("trail.anybody")), *known.options("people")]
    times = [Option(value=None, label=words("trail.any_time")), *periods]
    since = str(now.since_days) if now.since_days is not None else None
    entry = Entry(hint=words("trail.hint"))
    name = field(look, words("trail.name"), now.text, typed, entry=entry, key="trail")
    cells = [
        pick("trail-actor", "trail.who", people, now.actor, "actor"),
        pick("trail-kind", "trail.what", every, now.kind, "kind"),
        pick("trail-since", "trail.when", times, since, "since_days"),
    ]
    sign_ins = switch(
        look,
        words("trail.sign_ins"),
        now.sessions,
        lambda: trail.narrow(replace(trail.filter, sessions=not trail.filter.sessions)),
        key="trail-sessions",
    )
    body: ft.Control
    if look.is_split:
        parts = [ft.Container(content=each, expand=True) for each in (name, *cells)]
        top = ft.Row(list(parts), spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
        body = ft.Column([top, ft.Row([ft.Container(content=sign_ins, width=220)])], spacing=4)
    else:
        halves = [ft.Container(content=each, expand=True) for each in cells[:2]]
        body = ft.Column(
            [name, ft.Row(list(halves), spacing=8), cells[2], sign_ins],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Container(content=body, padding=ft.Padding.only(left=margin, right=margin, top=12, bottom=8))
