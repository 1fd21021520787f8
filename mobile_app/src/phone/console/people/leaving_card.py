"""The end of an account: what it means, which shifts would be lost, who takes them."""

from itertools import groupby

import flet as ft

from phone.base import moments
from phone.base.window import Window
from phone.console.form.kind import Known
from phone.console.people.person import HeldShift, OpenPerson
from phone.console.schedules.preview_panel import warning_line
from phone.kit.cards import card, titled
from phone.kit.controls import filled, quiet, word
from phone.kit.form_field import Field
from phone.kit.picker import Picker
from phone.kit.text import text
from shared.wire.people import User

SHOWN = 6


def leaving_card(window: Window, person: OpenPerson, known: Known, item: User) -> ft.Control:
    """Asks once; with shifts, asks for each schedule who takes them."""
    look, palette, words = window.look, window.look.palette, known.words
    if item.deactivated_at is not None:
        button = quiet(look, words("leave.reopen"), person.reactivate, icon=ft.Icons.UNDO, key="reactivate")
        return titled(
            look,
            words("leave.title_over"),
            [*(warning_line(look, known, each) for each in person.warnings), ft.Row([button], wrap=True)],
            help=words("leave.over", who=known.person(item.id)),
        )
    if person.left:
        return _returned(window, person, known, item)
    if person.asking != "leave":
        button = quiet(
            look,
            words("leave.begin"),
            lambda: person.ask("leave"),
            icon=ft.Icons.PERSON_OFF_OUTLINED,
            key="deactivate",
        )
        return titled(look, words("leave.title"), [ft.Row([button], wrap=True)], help=words("leave.help"))
    parts: list[ft.Control] = [text(words("leave.sure", who=known.person(item.id)), "body", palette.ink)]
    if person.shifts:
        told = text(
            words("leave.shifts", who=known.person(item.id), count=len(person.shifts)), "strong", palette.warning
        )
        parts.append(ft.Semantics(live_region=True, content=told))
    for key, shifts in groupby(person.shifts, key=lambda shift: shift.taken_as):
        parts.append(_schedule(window, person, known, item, key, list(shifts)))
    yes = filled(
        look,
        words("leave.hand_over" if person.shifts else "leave.yes"),
        person.deactivate,
        colour=palette.critical_fill,
        ink=palette.on_critical,
        busy=person.busy or not person.has_takers,
        key="deactivate-yes",
    )
    cancel = word(look, words("cancel"), lambda: person.ask(None), key="deactivate-no")
    parts.append(ft.Row([yes, cancel], spacing=8, wrap=True))
    return titled(look, words("leave.title"), [card(look, parts, spacing=14)])


def _returned(window: Window, person: OpenPerson, known: Known, item: User) -> ft.Control:
    """Whoever comes back is on call nowhere; where they were is a tap away."""
    look = window.look
    places: list[ft.Control] = [
        quiet(
            look,
            schedule.name,
            lambda id=schedule.id: window.go(f"/configure/schedules/{id}"),
            icon=ft.Icons.CALENDAR_MONTH_OUTLINED,
            key=f"left-{schedule.id}",
        )
        for schedule in person.left
    ]
    help = known.words("leave.back", who=known.person(item.id))
    return titled(look, known.words("leave.title_back"), [ft.Row(places, wrap=True, spacing=8)], help=help)


def _schedule(
    window: Window, person: OpenPerson, known: Known, item: User, key: str, shifts: list[HeldShift]
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    lines: list[ft.Control] = [text(shifts[0].schedule or words("leave.unseen"), "strong", palette.ink)]
    lines += [text(_said(window, known, shift), "small", palette.ink) for shift in shifts[:SHOWN]]
    if len(shifts) > SHOWN:
        lines.append(text(words("leave.more", count=len(shifts) - SHOWN), "small", palette.muted))
    others = tuple(option for option in known.options("people") if option.value != item.id)
    taker = Picker(
        look,
        Field(key=f"taker-{key}", label=words("leave.taker"), options=others),
        person.takers.get(key),
        lambda chosen: person.choose_taker(key, chosen),
    )
    return ft.Column([*lines, taker], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _said(window: Window, known: Known, shift: HeldShift) -> str:
    words, zone = known.words, window.look.zone
    start, end = moments.ends(words, shift.start, shift.end, now=known.now, zone=zone)
    return words("leave.shift", start=start, end=end)
