"""What is written about an incident, what it was merged into, and how the like was solved before."""

from typing import Final

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.detail.alert_list import link_row
from phone.incidents.open_incident import OpenIncident
from phone.kit.controls import Face, quiet, tappable, word
from phone.kit.text import heading, text
from shared.wire.incidents import Incident, SimilarIncident
from shared.wire.services import ServiceChange

MOST_CHANGES: Final = 10
REVIEWED: Final = ("impact", "root_cause", "method", "lessons")


def merged_card(window: Window, incident: Incident) -> list[ft.Control]:
    """Where it goes on, when it is part of another incident."""
    look, palette, words = window.look, window.look.palette, window.look.words
    into = incident.merged_into
    if into is None:
        return []
    told = words("merged.into", number=into.number, title=into.title)
    button = quiet(look, words("merged.open"), lambda: window.go(f"/incidents/{into.id}"), key="merged-into")
    return [
        ft.Container(
            content=ft.Column([text(told, "body", palette.ink), ft.Row([button], wrap=True)], spacing=10),
            bgcolor=palette.info_bg,
            border_radius=12,
            padding=ft.Padding.all(16),
        )
    ]


def review_section(window: Window, incident: Incident, *, opened: OpenIncident) -> list[ft.Control]:
    """What was written, and the way to write: once it is resolved, or once anything is there."""
    look, palette, words = window.look, window.look.palette, window.look.words
    written = [(name, getattr(incident, name)) for name in REVIEWED if getattr(incident, name)]
    if not written and (incident.state != "resolved" or "edit" not in incident.can):
        return []
    head: list[ft.Control] = [ft.Container(content=heading(words("review.title"), "label", palette.muted), expand=True)]
    if "edit" in incident.can:
        label = words("review.edit") if written else words("review.write")
        head.append(word(look, label, lambda: opened.ask("review"), key="review"))
    lines: list[ft.Control] = [ft.Row(head)]
    if not written:
        lines.append(text(words("review.empty"), "body", palette.muted))
    for name, told in written:
        lines.append(
            ft.Column(
                [text(words(f"review.{name}"), "small", palette.muted), text(str(told), "body", palette.ink)], spacing=2
            )
        )
    return [ft.Column(lines, spacing=10, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def changes_section(window: Window, *, incident: OpenIncident) -> list[ft.Control]:
    """What was done to its service in the day before it, and since."""
    look, changes = window.look, incident.changes
    if not changes:
        return []
    title = heading(look.words("changes.title"), "label", look.palette.muted)
    return [
        ft.Container(content=title, padding=ft.Padding.only(top=12)),
        ft.Column([_change(window, each) for each in changes[:MOST_CHANGES]], spacing=8),
    ]


def _change(window: Window, change: ServiceChange) -> ft.Control:
    look, palette = window.look, window.look.palette
    when = moments.moment(look.words, change.happened_at, now=window.clock.minutes.at, zone=look.zone)
    told = look.words("changes.row", when=when, source=change.source or change.integration.name)
    lines: list[ft.Control] = [text(change.summary, "body", palette.ink, lines=3), text(told, "small", palette.muted)]
    lines += link_row(look, [(link.text, link.href) for link in change.links])
    return ft.Column(lines, spacing=2, tight=True)


def similar_section(window: Window, *, incident: OpenIncident) -> list[ft.Control]:
    """Earlier incidents of the kind, newest first."""
    look, similar = window.look, incident.similar
    if not similar:
        return []
    title = heading(look.words("similar.title"), "label", look.palette.muted)
    return [
        ft.Container(content=title, padding=ft.Padding.only(top=12)),
        ft.Column(
            [_before(window, each, incident.incident) for each in similar[:3]],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    ]


def _before(window: Window, before: SimilarIncident, shown: Incident | None) -> ft.Control:
    """Its name, unless it is that of the incident that is read."""
    look, palette = window.look, window.look.palette
    when = moments.date(look.words, before.triggered_at, look.zone)
    took = moments.long_span(look.words, before.resolved_at - before.triggered_at)
    title = look.words("similar.row", title=before.title, when=when, took=took)
    if shown is not None and shown.title == before.title:
        title = look.words("similar.same", when=when, took=took)
    colour = severity_colour(look, before.severity)
    row = ft.Row(
        [
            ft.Container(content=shape(before.severity, colour), width=22, padding=ft.Padding.only(top=4)),
            ft.Column(
                [
                    text(title, "strong", palette.ink, lines=2),
                    text(wording.solved(look.reader, before), "small", palette.muted, lines=4),
                ],
                spacing=3,
                expand=True,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return tappable(
        look,
        row,
        lambda: window.go(f"/incidents/{before.id}"),
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=12,
            padding=ft.Padding.all(14),
        ),
        key=f"similar-{before.id}",
    )
