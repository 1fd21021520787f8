"""The timeline: people with initials and ink, the machine with a hollow dot and grey."""

from typing import Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import enlargement
from phone.base.window import Window
from phone.incidents.detail.chronicle import Moment, Result, told
from phone.incidents.open_incident import FOLDED, OpenIncident
from phone.kit.controls import word
from phone.kit.marks import avatar, tick
from phone.kit.text import sentence, text

NEWEST: Final = 4
TIME: Final = 52
LARGE: Final = 1.3
"""From there on a phone has no room for the time beside what happened."""


def timeline(window: Window, *, incident: OpenIncident) -> list[ft.Control]:
    """What happened, newest first; of a storm the newest of it until the rest is asked for."""
    look = window.look
    lines = told(look.reader, incident.timeline)
    if not lines:
        return [text(look.words("timeline.empty"), "body", look.palette.muted)]
    shown = lines[:NEWEST] if _is_storm(incident) and not incident.unfolded else lines
    drawn = [_line(window, moment) for moment in shown]
    if left := len(lines) - len(shown):
        more = word(look, look.words("incident.earlier", count=left), incident.unfold, key="whole-timeline")
        drawn.append(ft.Row([more], wrap=True))
    return drawn


def _is_storm(opened: OpenIncident) -> bool:
    return opened.incident is not None and opened.incident.alert_count > FOLDED


def _line(window: Window, moment: Moment) -> ft.Control:
    look, palette = window.look, window.look.palette
    at = moments.moment(look.words, moment.at, now=window.clock.minutes.at, zone=look.zone)
    sign = avatar(look, moment.person.name, who=moment.person.id, size=28) if moment.person else _dot(look)
    colour = palette.ink if moment.person else palette.muted
    when = text(at, "small", palette.muted)
    apart = look.is_split or enlargement() <= LARGE
    parts: list[ft.Control] = [] if apart else [when]
    if moment.what:
        what = "".join(piece for piece, _ in moment.what)
        pieces = moment.what
        if moment.person is not None:
            pieces = look.words.pieces("timeline.by", who=look.reader.person(moment.person), what=what)
        parts.append(sentence(pieces, "body", colour, apart={"who": palette.ink}))
    parts += [_result(look, result) for result in moment.results]
    return ft.Row(
        [
            *(
                [ft.Container(content=when, width=TIME * enlargement(), padding=ft.Padding.only(top=3))]
                if apart
                else []
            ),
            ft.Container(content=sign, width=28, alignment=ft.Alignment.TOP_CENTER),
            ft.Container(
                content=ft.Column(parts, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                expand=True,
                padding=ft.Padding.only(top=2),
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _dot(look: Look) -> ft.Control:
    return ft.Container(
        width=10,
        height=10,
        border_radius=10,
        border=ft.Border.all(2, look.palette.muted),
        margin=ft.Margin.only(top=8),
    )


def _result(look: Look, result: Result) -> ft.Control:
    palette = look.palette
    colour = {"ok": palette.ok, "failed": palette.warning, "open": palette.muted}[result.outcome]
    sign = {
        "ok": tick(colour, 15),
        "failed": ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=15, color=colour),
        "open": ft.Icon(ft.Icons.REMOVE, size=15, color=colour),
    }[result.outcome]
    told = ft.Row(
        [text(result.who, "small", palette.ink), text(result.ending, "small", colour)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        wrap=True,
        spacing=12,
        run_spacing=0,
        expand=True,
    )
    return ft.Row([sign, told], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)
