"""Every alert of one incident, a line each, found by words and read on as the list is scrolled."""

import flet as ft

from phone.alerts.store import Archive, Wanted
from phone.base.look import Look
from phone.base.window import Window
from phone.incidents.detail.storm import alert_line, alike_part
from phone.incidents.open_incident import OpenIncident
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import word
from phone.kit.fields import Entry, field
from phone.kit.layout import column
from phone.kit.pulling import PullList
from shared.wire import routes
from shared.wire.incidents import Alert


def of_incident(alerts: Archive[Alert, Alert], incident_id: str) -> None:
    """Have the list read those of this incident from now on."""
    path = routes.INCIDENT_ALERTS.format(incident_id=incident_id)
    if alerts.path != path:
        alerts.forget()
        alerts.path = path


@ft.component
def AllAlerts(window: Window, alerts: Archive[Alert, Alert], opened: OpenIncident, look: Look) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    words, incident = look.words, opened.incident
    title = words("incident.all_alerts", count=incident.alert_count) if incident else ""
    search = field(
        look,
        "",
        alerts.wanted.text,
        lambda value: alerts.type(Wanted(text=value.strip())),
        submit=alerts.load,
        entry=Entry(hint=words("incident.find_alert")),
        key="alert-search",
    )
    parts: list[ft.Control] = [
        archive_bar(window, title, f"/incidents/{opened.id}", []),
        ft.Container(content=column([search]), padding=ft.Padding.only(bottom=8)),
        *alike_part(window, opened.common),
        *_lines(window, alerts, opened),
    ]
    return PullList(parts, alerts.load, alerts.more)


def _lines(window: Window, alerts: Archive[Alert, Alert], opened: OpenIncident) -> list[ft.Control]:
    look, words = window.look, window.look.words
    if alerts.items is None:
        if alerts.error is not None:
            return [placeholders.failed(look, alerts.error, alerts.load)]
        return [placeholders.skeleton(look)]
    if not alerts.items:
        return [placeholders.empty(look, words("archive.none"), words("incident.no_such_alert"))]
    lines = [alert_line(window, alert, opened.common) for alert in alerts.items]
    if alerts.cursor is not None:
        more = word(look, words("row.more"), alerts.more, key="more")
        lines.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return lines
