"""How a service does now: open incidents, who is on call at each level, where alerts come from, what was lately."""

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments
from phone.base.window import Window
from phone.console.beside import Beside
from phone.console.form.kind import Known
from phone.console.health import sign
from phone.console.object_rows import object_rows
from phone.console.policies.levels import wait
from phone.kit.cards import card, titled
from phone.kit.controls import Face, quiet, tappable, word
from phone.kit.marks import avatar
from phone.kit.text import text
from shared.wire.services import LevelNow, RecentIncident, Service, ServiceNow

RECENT = 5


@ft.component
def ServicePanel(window: Window, beside: Beside, item: Service) -> ft.Control:
    """Above the form, how it is in one line."""
    if beside.now is None or beside.ident != item.id:
        return ft.Container(height=0)
    return _state(window, beside.now)


@ft.component
def ServiceActivity(window: Window, beside: Beside, known: Known, item: Service) -> ft.Control:
    """Below it, who is paged now, what comes in and what came lately."""
    parts: list[ft.Control] = []
    if beside.now is not None and beside.ident == item.id:
        parts.append(_levels(window, known, beside.now))
    parts.append(_ways_in(window, known, item))
    if beside.now is not None and beside.ident == item.id and beside.now.recent:
        parts.append(_recent(window, known, beside.now.recent[:RECENT]))
    if item.runbook_url.startswith(("https://", "http://")):
        parts.append(ft.Row([word(window.look, known.words("service.runbook"), url=item.runbook_url, key="runbook")]))
    return ft.Column(parts, spacing=20, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _state(window: Window, now: ServiceNow) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    if not now.triggered and not now.acknowledged:
        row = [sign(look, "ok", 18), text(words("service.calm"), "strong", palette.ink, expand=True)]
        return card(look, [ft.Row(list(row), spacing=8)])
    severity = now.severity.value if now.severity is not None else "info"
    colour = severity_colour(look, severity)
    counts = [("triggered", now.triggered), ("acknowledged", now.acknowledged)]
    told = words.names([words(f"service.{state}", count=count) for state, count in counts if count])
    return card(
        look,
        [
            ft.Row(
                [
                    shape(severity, colour),
                    text(words(f"severity.{severity}"), "strong", colour),
                    text(told, "strong", palette.ink, expand=True),
                ],
                spacing=8,
            )
        ],
    )


def _levels(window: Window, known: Known, now: ServiceNow) -> ft.Control:
    words = known.words
    if not now.levels:
        return titled(window.look, words("service.on_call"), [_muted(window, words("effect.service_quiet"))])
    rows: list[ft.Control] = []
    after_s = 0
    for level in now.levels:
        rows.append(_level(window, known, level, after_s))
        after_s += level.delay_s
    return titled(window.look, words("service.on_call"), [card(window.look, rows, spacing=12)])


def _level(window: Window, known: Known, level: LevelNow, after_s: int) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    when = words("service.at_once") if not after_s else words("service.after", span=wait(known, after_s))
    names = known.reader.alone(*level.people) if level.people else words("service.nobody")
    first = level.people[0] if level.people else None
    mark = (
        avatar(look, first.name, who=first.id, size=32)
        if first is not None
        else ft.Container(
            content=ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=18, color=palette.warning),
            width=32,
            height=32,
            border_radius=32,
            bgcolor=palette.warning_bg,
            alignment=ft.Alignment.CENTER,
        )
    )
    about = ft.Column(
        [
            text(names[:1].upper() + names[1:], "strong", palette.ink if first is not None else palette.warning),
            text(words.names([target.name for target in level.targets]), "small", palette.muted),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    return ft.MergeSemantics(content=ft.Row([mark, about, text(when, "small", palette.muted)], spacing=12))


def _ways_in(window: Window, known: Known, item: Service) -> ft.Control:
    words = known.words
    integrations = [each for each in known.lists.items("integrations") or () if each.service_id == item.id]
    if integrations:
        return titled(
            window.look, words("service.integrations"), [object_rows(window, known, "integrations", integrations)]
        )
    parts = [_muted(window, words("service.no_integration"))]
    if "configuration:edit" in known.me.permissions:
        label = words("kind_new.integrations")
        new = quiet(
            window.look,
            label,
            lambda: window.go("/configure/integrations/new"),
            icon=ft.Icons.ADD,
            key="new-integration",
        )
        parts.append(ft.Row([new], tight=True))
    return titled(window.look, words("service.integrations"), [card(window.look, parts)])


def _recent(window: Window, known: Known, incidents: list[RecentIncident]) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    rows: list[ft.Control] = []
    for each in incidents:
        when = moments.ago(words, each.triggered_at, now=known.now)
        state = words.first(f"state.{each.state}", "state.triggered")
        colour = severity_colour(look, each.severity.value) if each.state != "resolved" else palette.faint
        about = ft.Column(
            [
                text(each.title, "body", palette.ink, lines=2),
                text(f"INC-{each.number} · {state} · {when}", "small", palette.muted),
            ],
            spacing=1,
            tight=True,
            expand=True,
        )
        mark = ft.Container(content=shape(each.severity.value, colour), padding=ft.Padding.only(top=4))
        row = ft.Row([mark, about], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
        if rows:
            rows.append(ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=42)))
        rows.append(
            tappable(
                look,
                row,
                lambda ident=each.id: window.go(f"/incidents/{ident}"),
                face=Face(padding=ft.Padding.symmetric(horizontal=16, vertical=10), radius=10),
                key=f"recent-{each.number}",
            )
        )
    body = ft.Container(
        content=ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
    )
    return titled(look, words("service.recent"), [body])


def _muted(window: Window, told: str) -> ft.Control:
    return text(told, "body", window.look.palette.muted)
