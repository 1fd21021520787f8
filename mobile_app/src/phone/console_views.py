"""The Console's views: kinds, objects, one object; a stack on a phone, side by side on a tablet."""

from typing import Final

import flet as ft

from phone.app import App
from phone.console.audit.screen import AuditScreen
from phone.console.configure import PAGES, ConfigureIndex
from phone.console.configured import ConfiguredObject
from phone.console.coverage.screen import CoverageScreen
from phone.console.kind_list import KindList
from phone.console.kinds import kind_of
from phone.console.people.invitations import TABLE
from phone.console.people.invite_table import InviteTable
from phone.frame import frame
from phone.kit.layout import pick_one, view
from phone.kit.not_found import not_found

SAVE_BAR_PHONE: Final = 130
LIST: Final = 320


def console_views(app: App) -> list[ft.Control]:
    """The stack of views of an address under /configure."""
    look = app.look
    _, *parts = app.place.route.partition("?")[0].strip("/").split("/")
    kind = kind_of(parts[0]) if parts else None
    is_page = len(parts) == 1 and parts[0] in PAGES
    if parts and kind is None and not is_page:
        return [view(app, app.place.route, frame(app, not_found(app), tab="/configure"))]
    ident = parts[1] if len(parts) > 1 else None
    stack: list[ft.Control] = [ConfigureIndex(app, app.directory, look, parts[0] if parts else None)]
    if is_page:
        stack.append(_page(app, parts[0]))
    if kind is not None:
        stack.append(KindList(app, app.directory, app.editor, look, kind, ident))
    if kind is not None and kind.slug == "invitations" and ident == TABLE:
        stack.append(InviteTable(app, app.inviting, look, directory=app.directory))
    elif kind is not None and ident is not None:
        stack.append(ConfiguredObject(app, app.form_stores, look, kind, ident, app.editor, app.directory))
    return _beside(app, stack, is_page=is_page) if look.is_split else _stacked(app, stack)


def _page(app: App, name: str) -> ft.Control:
    """A screen of the Console that lists no objects of one kind."""
    if name == "coverage":
        return CoverageScreen(app, app.coverage, app.look, directory=app.directory)
    return AuditScreen(app, app.trail, app.directory, app.look)


def _stacked(app: App, stack: list[ft.Control]) -> list[ft.Control]:
    parts = app.place.route.partition("?")[0].strip("/").split("/")
    return [
        view(
            app,
            "/" + "/".join(parts[: depth + 1]),
            frame(app, screen, tab="/me" if depth == 0 else None, lift=SAVE_BAR_PHONE if depth == 2 else 0),
        )
        for depth, screen in enumerate(stack)
    ]


def _beside(app: App, stack: list[ft.Control], *, is_page: bool) -> list[ft.Control]:
    line = ft.Container(width=1, bgcolor=app.look.palette.line)
    if len(stack) == 1:
        left, right = stack[0], pick_one(app, "console.pick_kind")
    elif len(stack) == 2 and not is_page:
        left, right = stack[1], pick_one(app, "console.pick")
    else:
        left, right = stack[-2], stack[-1]
    both = ft.Row(
        [ft.Container(content=left, width=LIST), line, ft.Container(content=right, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return [view(app, "/", frame(app, both, tab="/configure", list_width=LIST))]
