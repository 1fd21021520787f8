"""The search over everything: a field, and what was found below it, for fingers and for keys."""

from typing import Final

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.controls import Face, icon, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.text import heading, text
from phone.search.store import ADDRESSES, Door, Search
from shared.wire.search import Found

WIDTH: Final = 560
SIGNS: Final[dict[str, ft.IconData]] = {
    "incident": ft.Icons.NOTIFICATIONS_NONE,
    "service": ft.Icons.DNS_OUTLINED,
    "integration": ft.Icons.INPUT,
    "escalation_policy": ft.Icons.TRENDING_UP,
    "schedule": ft.Icons.CALENDAR_TODAY_OUTLINED,
    "team": ft.Icons.GROUPS_OUTLINED,
    "user": ft.Icons.PERSON_OUTLINE,
}


@ft.component
def SearchBox(window: Window, door: Door, look: Look, *, search: Search) -> ft.Control:
    """Draws nothing itself: what it opens lies over everything."""
    ft.use_dialog(_dialog(window, look, search=search) if door.is_open else None)
    return ft.Container(width=0, height=0)


def _dialog(window: Window, look: Look, *, search: Search) -> ft.AlertDialog:
    palette, words = look.palette, look.words
    entry = Entry(hint=words("search.hint"), autofocus=True)
    box = field(
        look,
        "",
        search.text,
        search.type,
        submit=lambda: choose(window, search.pick, search=search),
        entry=entry,
        key="search",
    )
    close = icon(look, ft.Icons.CLOSE, words("close"), search.close, key="search-close")
    return ft.AlertDialog(
        content=ft.Container(
            content=ft.Column(
                [
                    ft.Row([ft.Container(content=box, expand=True), close], spacing=4),
                    ft.Container(content=Results(window, search, look), expand=True),
                ],
                spacing=8,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            width=WIDTH,
            height=480,
        ),
        alignment=ft.Alignment.TOP_CENTER,
        bgcolor=palette.raised,
        barrier_color=palette.scrim,
        shape=ft.RoundedRectangleBorder(radius=16),
        inset_padding=ft.Padding.symmetric(horizontal=12, vertical=48 if look.is_split else 12),
        content_padding=ft.Padding.all(12),
        on_dismiss=lambda _: search.close(),
    )


def choose(window: Window, hit: Found | None, *, search: Search) -> None:
    """Go to what was found."""
    if hit is not None:
        search.close()
        window.go(ADDRESSES[hit.kind].format(id=hit.id))


@ft.component
def Results(window: Window, search: Search, look: Look) -> ft.Control:
    """Grouped by kind; the chosen one is marked."""
    palette, words = look.palette, look.words
    if search.error is not None:
        return problem_line(look, problems.problem(words, search.error))
    if search.found is None:
        hint = text(words("search.lead"), "body", palette.muted)
        keys = [text(words("search.keys"), "small", palette.muted)] if look.is_split else []
        return ft.Container(content=ft.Column([hint, *keys], spacing=8), padding=ft.Padding.all(8))
    if not search.found:
        nothing = text(words("search.none", text=search.text.strip()), "body", palette.muted)
        return ft.Container(content=ft.Semantics(live_region=True, content=nothing), padding=ft.Padding.all(8))
    rows: list[ft.Control] = []
    at = 0
    for kind, hits in search.groups:
        title = heading(words(f"search_kind.{kind}"), "label", palette.muted)
        rows.append(ft.Container(content=title, padding=ft.Padding.only(left=8, top=12, bottom=4)))
        for hit in hits:
            rows.append(_row(window, hit, own=at == search.chosen, search=search))
            at += 1
    return ft.ListView(controls=rows, expand=True)


def _row(window: Window, hit: Found, *, own: bool, search: Search) -> ft.Control:
    look, palette = window.look, window.look.palette
    name = hit.name if hit.number is None else look.words("search.incident", number=hit.number, title=hit.name)
    lines: list[ft.Control] = [text(name, "body", palette.ink, lines=1, bold=own)]
    if note := _note(window, hit):
        lines.append(text(note, "small", palette.muted, lines=1))
    sign: ft.Control = ft.Icon(SIGNS[hit.kind], size=20, color=palette.muted)
    if hit.severity is not None:
        over = hit.state == "resolved"
        sign = ft.Container(
            content=shape(hit.severity, palette.muted if over else severity_colour(look, hit.severity)),
            width=20,
            alignment=ft.Alignment.CENTER,
        )
    row = ft.Row(
        [
            sign,
            ft.Column(lines, spacing=1, tight=True, expand=True),
        ],
        spacing=12,
    )
    return tappable(
        look,
        row,
        lambda: choose(window, hit, search=search),
        face=Face(
            padding=ft.Padding.symmetric(horizontal=10, vertical=14 if not note else 8),
            radius=10,
            colour=palette.accent_bg if own else "#00000000",
        ),
        selected=own,
        key=f"hit-{hit.kind}-{hit.id}",
    )


def _note(window: Window, hit: Found) -> str:
    """An incident's severity, state and age before its service."""
    if hit.severity is None or hit.state is None or hit.triggered_at is None:
        return hit.note
    words, age = window.look.words, moments.ago(window.look.words, hit.triggered_at, now=window.clock.now())
    told = [words(f"severity.{hit.severity}"), words(f"state.{hit.state}"), age]
    return " · ".join([*told, hit.note] if hit.note else told)
