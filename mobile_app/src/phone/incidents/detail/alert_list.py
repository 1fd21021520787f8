"""The alerts of an incident: state, labels as chips, links that open."""

from collections.abc import Sequence
from typing import Final

import flet as ft
from msgspec import structs

from phone.alerts.label_chip import label_chip
from phone.alerts.severity import severity_colour, shape
from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.incidents.open_incident import OpenIncident
from phone.kit.controls import Face, tappable, word
from phone.kit.text import text
from shared.wire.incidents import Alert

OPENABLE: Final = ("https://", "http://")


def alert_list(window: Window, *, opened: OpenIncident) -> list[ft.Control]:
    """All of the few that there are; what the first says already is not said again."""
    alerts = opened.alerts
    return [_alert(window, _own(alert, alerts[0]) if at else alert) for at, alert in enumerate(alerts)]


def _own(alert: Alert, first: Alert) -> Alert:
    labels = {name: value for name, value in alert.labels.items() if first.labels.get(name) != value}
    return structs.replace(alert, labels=labels, links=[each for each in alert.links if each not in first.links])


def link_row(look: Look, links: Sequence[tuple[str, str]]) -> list[ft.Control]:
    """Words and addresses, as far as a browser may open them."""
    words: list[ft.Control] = [
        word(look, said or look.words("alert.link"), url=href) for said, href in links if href.startswith(OPENABLE)
    ]
    return [ft.Row(words, wrap=True, spacing=8)] if words else []


def _alert(window: Window, alert: Alert) -> ft.Control:
    look, palette = window.look, window.look.palette
    colour = severity_colour(look, alert.severity) if alert.closed_at is None else palette.faint
    name = tappable(
        look,
        ft.Row(
            [
                text(alert.title, "strong", palette.ink, expand=True),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
            ]
        ),
        lambda: window.go(f"/alerts/{alert.id}"),
        face=Face(padding=ft.Padding.symmetric(vertical=14), radius=10),
        key=f"alert-{alert.id}",
    )
    lines: list[ft.Control] = [ft.Container(content=name, margin=ft.Margin.only(top=-14, bottom=-13))]
    if alert.description and alert.description != alert.title:
        lines.append(text(alert.description, "small", palette.ink, lines=4))
    lines.append(text(" · ".join(_facts(window, alert)), "small", palette.muted))
    if alert.labels:
        chips = [label_chip(look, name, value) for name, value in alert.labels.items()]
        lines.append(ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8))
    lines += link_row(look, [(link.text, link.href) for link in alert.links])
    return ft.Row(
        [
            ft.Container(content=shape(alert.severity, colour), width=22, padding=ft.Padding.only(top=4)),
            ft.Column(lines, spacing=6, expand=True),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _facts(window: Window, alert: Alert) -> list[str]:
    words, now = window.look.words, window.clock.minutes.at
    severity = words(f"severity.{alert.severity}")
    facts = [severity, words("alert.count", count=alert.count)]
    if alert.closed_at is not None:
        facts.append(words("alert.recovered", when=moments.ago(words, alert.closed_at, now=now)))
    else:
        facts.append(words("alert.since", when=moments.moment(words, alert.starts_at, now=now, zone=window.look.zone)))
    if alert.silenced:
        facts.append(words("alert.silenced"))
    return facts
