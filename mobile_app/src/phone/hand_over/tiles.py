"""What the sides of the hand-over sheet share: two tiles of a stretch of time, candidates, a note, no network."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.hand_over import cover_wording
from phone.kit.controls import Face, Handler, tappable, word
from phone.kit.fields import Entry, field
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.text import fits, text
from phone.kit.when_field import WhenField
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from shared.wire.covers import CoverCandidate
from shared.wire.lists import Ref

Change = Callable[[datetime], Any]
FIRST_SHOWN: Final = 4
"""So many of those who are free; the others are behind a word."""


@ft.component
def Stretch(look: Look, start: datetime, end: datetime, begin_at: Change, end_at: Change, key: str) -> ft.Control:
    """From and to as two tiles; a tap opens the one that is changed."""
    opened, open_it = state("")
    palette, words = look.palette, look.words

    def turn(side: str) -> None:
        open_it("" if side == opened else side)

    span = cover_wording.length(words, start, end, look.zone_name) if start < end else words("stretch.wrong")
    ends = words("stretch.ends", clock=moments.clock(end, look.zone), span=span)
    starts = moments.clock(start, look.zone)
    days = [moments.day_date(words, each.astimezone(look.zone).date()) for each in (start, end)]
    room = (min(look.width, 560) - 40 - 36) / 2 - 26
    abreast = all(fits(each, "strong", room) for each in days) and fits(ends, "small", room)
    first = _tile(look, "from", start, starts, lambda: turn("from"), own=opened == "from", key=key, abreast=abreast)
    last = _tile(look, "to", end, ends, lambda: turn("to"), own=opened == "to", key=key, abreast=abreast)
    arrow = ft.Icon(ft.Icons.ARROW_FORWARD, size=20, color=palette.muted)
    stretched = ft.CrossAxisAlignment.STRETCH
    tiles: ft.Control = ft.Column([first, last], spacing=8, tight=True, horizontal_alignment=stretched)
    if abreast:
        tiles = ft.Row([first, arrow, last], spacing=8)
    nothing = ft.Container(height=0)
    # Each in a place of its own: what is typed into one must not be found in the other.
    both: list[ft.Control] = [
        WhenField(look, words("override.from"), start, look.zone_name, begin_at, f"{key}-from")
        if opened == "from"
        else nothing,
        WhenField(look, words("override.to"), end, look.zone_name, end_at, f"{key}-to") if opened == "to" else nothing,
    ]
    return ft.Column(
        [tiles, *both],
        spacing=8 if opened else 0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _tile(
    look: Look, side: str, at: datetime, below: str, turn: Handler, *, own: bool, key: str, abreast: bool
) -> ft.Control:
    palette, words = look.palette, look.words
    label = words(f"override.{side}")
    day = moments.day_date(words, at.astimezone(look.zone).date())
    spoken = words("stretch.tile", label=label, day=day, below=below)
    lines: list[ft.Control] = [
        text(label, "small", palette.muted, label=spoken),
        text(day, "strong", palette.ink, lines=1, label=""),
        text(below, "small", palette.muted, lines=1, label=""),
    ]
    face = Face(
        colour=palette.accent_bg if own else palette.raised,
        side=ft.BorderSide(width=1.5 if own else 1, color=palette.accent if own else palette.line),
        radius=10,
        padding=ft.Padding.symmetric(horizontal=12, vertical=9),
    )
    return tappable(
        look,
        ft.Column(lines, spacing=1, tight=True),
        turn,
        face=face,
        selected=own,
        expand=abreast,
        key=f"{key}-tile-{side}",
    )


def candidate_rows(
    look: Look,
    found: Sequence[CoverCandidate],
    chosen: Sequence[Ref],
    toggle: Callable[[str], Any],
    *,
    single: bool = False,
) -> ft.Control:
    """Everybody who is free, best first, with the reasons; one of them or several."""
    ids = {each.id for each in chosen}
    rows: list[ft.Control] = [
        _candidate(look, each, lambda each=each: toggle(each.user.id), own=each.user.id in ids, single=single)
        for each in found
    ]
    return ft.Column(rows, spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _candidate(look: Look, each: CoverCandidate, handler: Handler, *, own: bool, single: bool) -> ft.Control:
    palette = look.palette
    on, off = ft.Icons.CHECK_BOX, ft.Icons.CHECK_BOX_OUTLINE_BLANK
    if single:
        on, off = ft.Icons.RADIO_BUTTON_CHECKED, ft.Icons.RADIO_BUTTON_UNCHECKED
    row = ft.Row(
        [
            avatar(look, each.user.name, who=each.user.id),
            ft.Column(
                [text(each.user.name, "strong", palette.ink), reason(look, each)], spacing=1, tight=True, expand=True
            ),
            ft.Icon(on if own else off, size=22, color=palette.accent if own else palette.muted),
        ],
        spacing=12,
    )
    return tappable(
        look,
        row,
        handler,
        face=Face(
            padding=ft.Padding.symmetric(horizontal=8, vertical=8),
            radius=10,
            colour=palette.accent_bg if own else "#00000000",
        ),
        selected=own,
        key=f"candidate-{each.user.id}",
    )


def reason(look: Look, each: CoverCandidate) -> ft.Control:
    """Amber where the rest would be short, with a sign: the colour alone says nothing."""
    palette = look.palette
    told = cover_wording.about(look.words, each)
    if each.is_rested:
        return text(told, "small", palette.muted)
    sign = ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=15, color=palette.warning)
    return ft.Row(
        [sign, text(told, "small", palette.warning, expand=True)],
        spacing=4,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


@ft.component
def OneOfTheFree(
    look: Look,
    names: Names,
    found: Sequence[CoverCandidate],
    chosen: Ref | None,
    choose: Callable[[str], Any],
    *,
    without: tuple[str, ...] = (),
    none: str,
    about: str,
) -> ft.Control:
    """One of those who are free, the best four of them, or anybody else: behind a word, and at once where nobody is."""
    others, show_others = state(False)
    parts: list[ft.Control] = []
    shown = found[:FIRST_SHOWN]
    if shown:
        parts.append(candidate_rows(look, shown, [chosen] if chosen is not None else [], choose, single=True))
    else:
        parts.append(amber(look, ft.Icons.WARNING_AMBER_ROUNDED, none))
    is_another = chosen is not None and chosen.id not in {each.user.id for each in shown}
    if others or is_another or not shown:
        one = (chosen.id,) if chosen is not None else ()
        parts.append(NamePicker(look, names, "people", one, choose, without=without))
    else:
        more = word(look, look.words("give.somebody_else"), lambda: show_others(True), key=f"{about}-others")
        parts.append(ft.Row([more]))
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def note_field(look: Look, value: str, changed: Callable[[str], Any]) -> ft.Control:
    """A few words for whoever is asked."""
    entry = Entry(hint=look.words("ask_cover.note"), name=look.words("ask_cover.note"))
    return field(look, "", value, changed, entry=entry, key="cover-reason")


def promise(look: Look, told: str) -> ft.Control:
    """What stays as it is until somebody answers."""
    return ft.Row(
        [
            ft.Icon(ft.Icons.SHIELD_OUTLINED, size=22, color=look.palette.accent),
            text(told, "body", look.palette.ink, expand=True),
        ],
        spacing=12,
    )


def amber(look: Look, sign: ft.IconData, told: str) -> ft.Control:
    """Something to know before going on."""
    palette = look.palette
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Row(
                [ft.Icon(sign, size=20, color=palette.warning), text(told, "small", palette.ink, expand=True)],
                spacing=10,
            ),
            bgcolor=palette.warning_bg,
            border_radius=10,
            padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        ),
    )


def offline_line(look: Look) -> ft.Control:
    """Nothing can be asked of anybody without the network."""
    return amber(look, ft.Icons.CLOUD_OFF_OUTLINED, look.words("hand_over.offline"))


def waits(look: Look, key: str) -> ft.Control:
    """While the server works it out."""
    told = text(look.words(key), "body", look.palette.muted)
    return ft.Semantics(live_region=True, content=told)
