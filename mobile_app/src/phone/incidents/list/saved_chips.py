"""The reader's saved filters as chips above the list."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.base.window import Window
from phone.incidents.store import Filter
from phone.incidents.stores import IncidentStores
from phone.kit.controls import Face, icon, tappable
from phone.kit.text import text
from shared.wire.incidents import SavedFilter


def saved_chips(window: Window, ask: Callable[[str], Any], stores: IncidentStores) -> list[ft.Control]:
    """Nothing while there is no filter, saved or set."""
    look, saved = window.look, stores.saved
    chips: list[ft.Control] = [_chip(window, each, stores) for each in saved.items]
    if saved.get(saved.chosen) is not None:
        chips.append(
            icon(look, ft.Icons.EDIT_OUTLINED, look.words("saved.manage"), lambda: ask("manage"), key="manage")
        )
    elif stores.listed.filter.count:
        add = ft.Row(
            [
                ft.Icon(ft.Icons.BOOKMARK_ADD_OUTLINED, size=18, color=look.palette.accent),
                text(look.words("saved.add"), "button", look.palette.accent),
            ],
            spacing=6,
            tight=True,
        )
        face = Face(padding=ft.Padding.symmetric(horizontal=10, vertical=14), radius=999)
        chips.append(tappable(look, add, lambda: ask("save"), face=face, key="save-filter"))
    return [ft.Row(chips, spacing=8, scroll=ft.ScrollMode.AUTO)] if chips else []


def _chip(window: Window, saved: SavedFilter, stores: IncidentStores) -> ft.Control:
    look, palette, own = window.look, window.look.palette, stores.saved.chosen == saved.id
    parts: list[ft.Control] = [text(saved.name, "button" if own else "small", palette.ink)]
    if saved.is_default:
        parts.insert(0, ft.Icon(ft.Icons.PUSH_PIN, size=14, color=palette.muted))

    async def show() -> None:
        stores.saved.chosen = None if own else saved.id
        await stores.listed.narrow(Filter() if own else Filter.of(saved.query), scope=saved.query.scope)

    return tappable(
        look,
        ft.Row(parts, spacing=6, tight=True),
        show,
        face=Face(
            colour=palette.accent_bg if own else palette.raised,
            side=ft.BorderSide(width=1.5 if own else 1, color=palette.accent if own else palette.line),
            radius=999,
            padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        ),
        selected=own,
        key=f"saved-{saved.id}",
    )
