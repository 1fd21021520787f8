"""What stands beside the form of some kinds: the address of an integration, who is on call for a service."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.components.controls import Face, quiet, tappable
from phone.components.copy_box import copy_box
from phone.components.health import health_line
from phone.components.text import heading, text
from phone.console.kind import Kind, Known
from phone.console.kinds import KINDS
from phone.state.app import App
from phone.state.look import Look
from shared.wire.schedules import Schedule
from shared.wire.services import Integration, Service

Panel = Callable[[App, Known, Any], list[ft.Control]]


def panels(app: App, known: Known, kind: Kind[Any], item: Any) -> list[ft.Control]:
    """Above the form, where something about the object matters more than changing it."""
    make = PANELS.get(kind.slug)
    return make(app, known, item) if make is not None else []


def titled(look: Look, title: str, parts: list[ft.Control], *, help: str = "") -> ft.Control:
    """A part of the screen with its own heading."""
    head: list[ft.Control] = [heading(title, "strong", look.palette.ink)]
    if help:
        head.append(text(help, "small", look.palette.muted))
    return ft.Column(
        [ft.Column(head, spacing=2, tight=True), *parts],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def card(look: Look, parts: list[ft.Control], *, spacing: float = 8) -> ft.Control:
    """Things that belong together, on raised ground."""
    return ft.Container(
        content=ft.Column(parts, spacing=spacing, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=look.palette.raised,
        border=ft.Border.all(1, look.palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def object_row(app: App, known: Known, slug: str, item: Any) -> ft.Control:
    """Another object, to go to."""
    look, palette, kind = app.look, app.look.palette, KINDS[slug]
    lines: list[ft.Control] = [text(kind.name(item), "strong", palette.ink)]
    health = kind.health(known, item)
    if health is not None:
        lines.append(health_line(look, health))
    row = ft.Row(
        [
            ft.Column(lines, spacing=2, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ]
    )
    return tappable(
        look,
        row,
        lambda: app.go(f"/configure/{slug}/{item.id}"),
        face=Face(padding=ft.Padding.symmetric(horizontal=16, vertical=12), radius=10),
        key=f"open-{item.id}",
    )


def object_rows(app: App, known: Known, slug: str, items: list[Any]) -> ft.Control:
    """Several of them in one card."""
    rows: list[ft.Control] = []
    for item in items:
        if rows:
            rows.append(ft.Container(height=1, bgcolor=app.look.palette.line, margin=ft.Margin.only(left=16)))
        rows.append(object_row(app, known, slug, item))
    return ft.Container(
        content=ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=app.look.palette.raised,
        border=ft.Border.all(1, app.look.palette.line),
        border_radius=12,
    )


def _integration(app: App, known: Known, item: Integration) -> list[ft.Control]:
    words = known.words
    if not item.key:
        return [text(words("integration.hidden"), "body", app.look.palette.muted)]
    parts = [
        copy_box(
            app,
            words("integration.address"),
            item.ingest_url,
            key="copy-address",
            help=words("integration.address_help"),
        )
    ]
    if item.setup:
        parts.append(copy_box(app, words("integration.setup"), item.setup, key="copy-setup", lines=None))
    return parts


def _service(app: App, known: Known, item: Service) -> list[ft.Control]:
    words = known.words
    integrations = [each for each in known.lists.items("integrations") or () if each.service_id == item.id]
    body = object_rows(app, known, "integrations", integrations)
    if not integrations:
        new = quiet(
            app.look,
            words("kind_new.integrations"),
            lambda: app.go("/configure/integrations/new"),
            icon=ft.Icons.ADD,
            key="new-integration",
        )
        body = card(
            app.look,
            [text(words("service.no_integration"), "body", app.look.palette.muted), ft.Row([new], tight=True)],
        )
    return [titled(app.look, words("service.integrations"), [body])]


def _schedule(app: App, known: Known, item: Schedule) -> list[ft.Control]:
    words = known.words
    button = quiet(
        app.look, words("schedule.on_call"), lambda: app.go("/on-call"), icon=ft.Icons.ARROW_FORWARD, key="on-call"
    )
    lines: list[ft.Control] = [text(words("schedule.here_later"), "body", app.look.palette.ink)]
    if item.description:
        lines.insert(0, text(item.description, "body", app.look.palette.ink))
    return [card(app.look, [*lines, ft.Row([button], tight=True)])]


PANELS: Final[dict[str, Panel]] = {"integrations": _integration, "services": _service, "schedules": _schedule}
