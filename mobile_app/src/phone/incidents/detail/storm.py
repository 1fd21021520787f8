"""Many alerts of one incident: what they have in common once, then a line for each, the rest behind the last."""

import flet as ft

from phone.alerts.label_chip import label_chip
from phone.alerts.severity import severity_colour, shape
from phone.base import moments
from phone.base.theme import TARGET, enlargement
from phone.base.window import Window
from phone.incidents.detail.alert_list import link_row
from phone.incidents.open_incident import FOLDED, OpenIncident
from phone.kit.controls import Face, tappable
from phone.kit.text import text
from shared.domain.pipeline.alike import Alike, own_words
from shared.wire.incidents import Alert, Incident


def storm(window: Window, incident: Incident, *, opened: OpenIncident) -> list[ft.Control]:
    """One card: labels and links of all, the newest alerts, and the way to every one."""
    parts = [*alike_part(window, opened.common), *_lines(window, opened), _all(window, incident)]
    return [
        ft.Container(
            content=ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            bgcolor=window.look.palette.raised,
            border=ft.Border.all(1, window.look.palette.line),
            border_radius=12,
        )
    ]


def alike_part(window: Window, common: Alike) -> list[ft.Control]:
    """Nothing where alerts have nothing in common."""
    look, words = window.look, window.look.words
    if not common.labels and not common.links:
        return []
    chips: list[ft.Control] = [label_chip(look, name, value) for name, value in common.labels.items()]
    parts: list[ft.Control] = [text(words("incident.alike"), "small", look.palette.muted)]
    if chips:
        parts.append(ft.Row(chips, wrap=True, spacing=8, run_spacing=8))
    parts += link_row(look, [(link.text, link.href) for link in common.links])
    column = ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [ft.Container(content=column, padding=ft.Padding.only(left=16, right=16, top=14, bottom=10))]


def _lines(window: Window, opened: OpenIncident) -> list[ft.Control]:
    return [alert_line(window, alert, opened.common) for alert in opened.alerts[:FOLDED]]


def alert_line(window: Window, alert: Alert, common: Alike) -> ft.Control:
    """What tells it from the others, how long it has fired or that it is over; it opens when tapped."""
    look, palette, words = window.look, window.look.palette, window.look.words
    fires = alert.closed_at is None
    since = moments.span(words, window.clock.minutes.at - alert.starts_at) if fires else words("incident.alert_over")
    name = own_words(alert.title, alert.labels, common)
    told = text(name, "body", palette.ink if fires else palette.muted, lines=1 if enlargement() == 1 else None)
    when = text(since, "small", palette.muted)
    row = ft.Row(
        [
            ft.Container(
                content=shape(alert.severity, severity_colour(look, alert.severity) if fires else palette.faint),
                width=22,
            ),
            *beside_or_below(told, when),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=8,
        height=TARGET if enlargement() == 1 else None,
    )
    gap = 10 if enlargement() > 1 else 0
    face = Face(padding=ft.Padding.only(left=16, right=10, top=gap, bottom=gap))
    return ft.Column(
        [
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.symmetric(horizontal=16)),
            tappable(look, row, lambda: window.go(f"/alerts/{alert.id}"), face=face, key=f"alert-{alert.id}"),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def beside_or_below(told: ft.Text, more: ft.Text) -> list[ft.Control]:
    """Both in one line, or, where the reader has large words, the second under the whole of the first."""
    if enlargement() > 1:
        return [ft.Column([told, more], spacing=0, tight=True, expand=True)]
    told.expand = True
    return [told, more]


def _all(window: Window, incident: Incident) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    fires = incident.open_alert_count
    counted = words("incident.firing", count=fires, over=incident.alert_count - fires)
    row = ft.Row(
        [
            *beside_or_below(
                text(words("incident.all_alerts", count=incident.alert_count), "strong", palette.accent),
                text(counted, "small", palette.muted),
            ),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=8,
        height=TARGET if enlargement() == 1 else None,
    )
    face = Face(padding=ft.Padding.only(left=16, right=10), radius=12)
    return ft.Column(
        [
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.symmetric(horizontal=16)),
            tappable(look, row, lambda: window.go(f"/incidents/{incident.id}/alerts"), face=face, key="all-alerts"),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
