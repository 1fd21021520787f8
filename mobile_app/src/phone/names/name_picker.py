"""Choosing people, policies, services or teams: a search when there are many, a tick at each chosen one."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.kit.controls import Face, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.text import text
from phone.names.store import Kind, Named, Names
from shared.wire.lists import Ref

SEARCHED_FROM: Final = 7
SHOWN: Final = 30


@ft.component
def NamePicker(
    look: Look,
    names: Names,
    kind: Kind,
    chosen: tuple[str, ...],
    choose: Callable[[str], Any],
    without: tuple[str, ...] = (),
) -> ft.Control:
    """`choose` gets the id that was tapped; who uses this decides whether one or many may be on."""
    wanted, want = state("")

    async def read() -> None:
        await names.need(kind)

    ft.use_effect(read, [kind])
    items = names.of(kind)
    if items is None:
        if names.error is not None:
            return problem_line(look, problems.problem(look.words, names.error))
        return ft.Semantics(live_region=True, content=text(look.words("loading"), "body", look.palette.muted))
    items = tuple(item for item in items if item.id not in without)
    found = [item for item in items if wanted.casefold() in f"{item.name} {item.email}".casefold()]
    parts: list[ft.Control] = []
    if len(items) >= SEARCHED_FROM:
        entry = Entry(hint=look.words(f"choose.search_{kind}"))
        parts.append(field(look, "", wanted, want, entry=entry, key=f"search-{kind}"))
    rows: list[ft.Control] = [_row(look, kind, item, item.id in chosen, choose) for item in found[:SHOWN]]
    if not rows:
        rows = [text(look.words("choose.none"), "body", look.palette.muted)]
    parts.append(ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _row(look: Look, kind: Kind, item: Named, own: bool, choose: Callable[[str], Any]) -> ft.Control:
    palette = look.palette
    sign = avatar(look, item.name, who=item.id) if kind == "people" else _plain(look, kind)
    lines: list[ft.Control] = [text(look.reader.alone(Ref(item.id, item.name)), "strong", palette.ink)]
    if item.email:
        lines.append(text(item.email, "small", palette.muted, lines=1))
    tail: list[ft.Control] = [ft.Icon(ft.Icons.CHECK, size=20, color=palette.accent)] if own else []
    return tappable(
        look,
        ft.Row([sign, ft.Column(lines, spacing=0, tight=True, expand=True), *tail], spacing=12),
        lambda: choose(item.id),
        face=Face(
            padding=ft.Padding.symmetric(horizontal=10, vertical=8 if item.email else 13),
            radius=10,
            colour=palette.accent_bg if own else "#00000000",
        ),
        selected=own,
        key=f"pick-{item.id}",
    )


def _plain(look: Look, kind: Kind) -> ft.Control:
    signs: dict[Kind, ft.IconData] = {
        "teams": ft.Icons.GROUPS_OUTLINED,
        "services": ft.Icons.DNS_OUTLINED,
        "policies": ft.Icons.TRENDING_UP,
    }
    return ft.Icon(signs.get(kind, ft.Icons.PERSON_OUTLINE), size=22, color=look.palette.muted)


def toggled(chosen: tuple[str, ...], ident: str) -> tuple[str, ...]:
    """The choice after a tap, where many may be on."""
    return tuple(each for each in chosen if each != ident) if ident in chosen else (*chosen, ident)
