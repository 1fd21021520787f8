"""One entry of the trail: its sentence in a row, and all that it says with before and after apart."""

from typing import Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.console.audit import sentences
from phone.console.audit.details import details, lines
from phone.console.audit.said import Said
from phone.console.audit.store import Trail
from phone.console.form.kind import Known
from phone.console.kinds import SHOWN
from phone.kit.controls import Face, quiet, tappable
from phone.kit.marks import avatar
from phone.kit.text import sentence, text
from shared.wire.audit import AuditEntry

LINES: Final = 2
APART: Final[tuple[str, ...]] = ("who", "what", "name", "person", "people", "other", "policy")
GONE: Final = ("removed", "deactivated", "archived")


def entry_row(
    window: Window, known: Known, entry: AuditEntry, margin: float, *, trail: Trail, is_open: bool
) -> ft.Control:
    """Who and what, with the first of what changed; on a narrow window a tap tells the rest below it."""
    look, palette, words = window.look, window.look.palette, window.look.words
    apart: dict[str, str] = dict.fromkeys(APART, palette.ink)
    said = lines(known, entry)
    about: list[ft.Control] = []
    about.append(sentence(sentences.sentence(known, entry), "body", palette.muted, apart=apart))
    # What is unfolded below the row says it whole.
    shown = [] if is_open and not look.is_wide else said[:LINES]
    about += [text(line, "small", palette.muted, lines=2) for line in shown]
    if shown and len(said) > LINES:
        about.append(text(words("trail.more_lines", count=len(said) - LINES), "small", palette.muted))
    at = text(moments.clock(entry.at, look.zone), "small", palette.muted)
    row = ft.Row(
        [
            _face(look, entry),
            ft.Column(about, spacing=2, tight=True, expand=True),
            at,
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    face = Face(
        colour=palette.accent_bg if is_open and look.is_wide else "#00000000",
        padding=ft.Padding.symmetric(horizontal=margin, vertical=10),
    )
    parts: list[ft.Control] = [
        tappable(look, row, lambda: trail.open(entry.id), face=face, selected=is_open, key=f"entry-{entry.id}")
    ]
    if is_open and not look.is_wide:
        inner = details_of(window, known, entry, in_row=True)
        parts.append(ft.Container(content=inner, padding=ft.Padding.only(left=margin + 48, right=margin, bottom=16)))
    parts.append(ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=margin + 48)))
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _face(look: Look, entry: AuditEntry) -> ft.Control:
    """A person's initials, or what kind of machine it was."""
    if entry.actor_kind == "user":
        return avatar(look, entry.actor_name or "·", who=entry.actor_id)
    sign = ft.Icons.KEY_OUTLINED if entry.actor_kind == "api_key" else ft.Icons.SMART_TOY_OUTLINED
    return ft.Container(
        content=ft.Icon(sign, size=18, color=look.palette.muted),
        width=36,
        height=36,
        border_radius=36,
        bgcolor=look.palette.fill,
        alignment=ft.Alignment.CENTER,
    )


def details_of(window: Window, known: Known, entry: AuditEntry, *, in_row: bool = False) -> ft.Control:
    """Who, exactly when, what was before and what is now, and the way to the object."""
    look, palette, words = window.look, window.look.palette, window.look.words
    exact = text(moments.exact(words, entry.at, look.zone), "small", palette.muted)
    parts: list[ft.Control] = [exact]
    if not in_row:
        who = ft.Column(
            [text(sentences.doer(known, entry).said(words, begins=True), "strong", palette.ink), exact],
            spacing=0,
            tight=True,
            expand=True,
        )
        apart: dict[str, str] = dict.fromkeys(APART, palette.ink)
        told = sentence(sentences.sentence(known, entry), "lead", palette.muted, apart=apart)
        parts = [ft.Row([_face(look, entry), who], spacing=12), told]
    for each in details(known, entry):
        parts.append(_before_and_after(look, each) if each.label else text(each.told, "body", palette.ink))
    address = _address(entry)
    if address is not None:
        parts.append(
            ft.Row([quiet(look, words("trail.open"), lambda: window.go(address), key=f"open-{entry.id}")], wrap=True)
        )
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _before_and_after(look: Look, each: Said) -> ft.Control:
    palette, words = look.palette, look.words
    before = text(each.before, "body", palette.muted)
    if each.before != words("change.nothing") and isinstance(before.style, ft.TextStyle):
        before.style.decoration = ft.TextDecoration.LINE_THROUGH
    cells = [
        ft.Column([text(words(key), "caption", palette.muted), told], spacing=2, tight=True)
        for key, told in (("trail.before", before), ("trail.now", text(each.after, "strong", palette.ink)))
    ]
    box = ft.Container(
        content=ft.Column(
            [cells[0], ft.Container(height=1, bgcolor=palette.line), cells[1]],
            spacing=10,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(14),
    )
    return ft.Column(
        [text(each.label, "label", palette.ink), box],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _address(entry: AuditEntry) -> str | None:
    """Where the object is, unless it is gone."""
    if entry.verb in GONE:
        return None
    if entry.object_kind == "incident":
        return f"/incidents/{entry.object_id}"
    slug = next((kind.slug for kind in SHOWN if kind.audited_as == entry.object_kind and not kind.is_listed_only), None)
    return f"/configure/{slug}/{entry.object_id}" if slug is not None else None
