"""The objects of one kind: searchable, each with its sentence and how it does."""

from typing import Any

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.console.directory import Directory
from phone.console.form.editor import NEW, Editor
from phone.console.form.kind import Kind, Known, Reveal
from phone.console.health import health_line
from phone.console.integrations.refusals import stray_senders
from phone.console.kinds import kind_of
from phone.console.people.invitations import TABLE
from phone.kit import placeholders
from phone.kit.controls import Face, filled, icon, quiet, tappable, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import Entry, field
from phone.kit.pulling import PullList
from phone.kit.sheet import sheet
from phone.kit.text import heading, text

MARGIN = 12


@ft.component
def KindList(
    window: Window, directory: Directory, _editor: Editor, look: Look, kind: Kind[Any, Any], chosen: str | None
) -> ft.Control:
    """`chosen` is the object that is open beside the list."""
    known, reveal = directory.known(window), _editor.reveal
    ft.use_dialog(_reveal(window, reveal, editor=_editor) if reveal is not None else None)
    if known is None:
        return placeholders.skeleton(look)
    items = directory.items(kind.slug)
    maker = kind_of(kind.makes) or kind
    may_make = maker.may_change(known, None)
    parts: list[ft.Control] = [
        _head(window, kind, maker, may_make=may_make),
        _search(window, kind, items, directory=directory),
    ]
    error = directory.errors.get(kind.slug)
    if items is None:
        wait = placeholders.failed(look, error, window.retry) if error else placeholders.skeleton(look)
        return PullList([*parts, wait], window.retry)
    wanted = directory.text.casefold().strip()
    rows = [each for each in items if wanted in _searched(known, kind, each)]
    if not items:
        parts.append(_empty(window, kind, maker, may_make=may_make))
    elif not rows:
        nothing = text(look.words("console.no_match", text=directory.text), "body", look.palette.muted)
        parts.append(ft.Container(content=nothing, padding=ft.Padding.all(16)))
    if chosen == NEW:
        parts.append(_row(window, known, kind, None, own=True, editor=_editor))
    parts += [_row(window, known, kind, each, own=kind.ident(each) == chosen, editor=_editor) for each in rows]
    strays = directory.items("strays") if kind.slug == "integrations" else None
    if strays:
        parts.append(stray_senders(look, known, strays))
    return PullList(parts, window.retry)


def _reveal(window: Window, reveal: Reveal, *, editor: Editor) -> ft.BottomSheet:
    look, words = window.look, window.look.words
    parts: list[ft.Control] = [
        copy_box(window, reveal.title, reveal.value, key="copy-reveal", help=reveal.note or words("reveal.once")),
        filled(look, words("reveal.done"), editor.put_away, key="reveal-done"),
    ]
    return sheet(look, words("reveal.heading"), parts, editor.put_away, only_here=True)


def _searched(known: Known, kind: Kind[Any, Any], item: Any) -> str:
    return f"{kind.title(known, item)} {kind.summary(known, item)}".casefold()


def _head(window: Window, kind: Kind[Any, Any], maker: Kind[Any, Any], *, may_make: bool) -> ft.Control:
    look, words = window.look, window.look.words
    title = heading(words(f"kind.{kind.slug}"), "title", look.palette.ink, level=1)
    tools: list[ft.Control] = []
    if may_make:
        if maker.slug == "invitations":
            table = f"/configure/{maker.slug}/{TABLE}"
            label = words("table.title")
            tools.append(icon(look, ft.Icons.UPLOAD_FILE_OUTLINED, label, lambda: window.go(table), key="table"))
        label = words(f"kind_new.{maker.slug}")
        tools.append(icon(look, ft.Icons.ADD, label, lambda: window.go(f"/configure/{maker.slug}/{NEW}"), key="new"))
    if not look.is_split:
        back = icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go("/configure"), key="back")
        row = ft.Row([back, ft.Container(content=title, expand=True), *tools], spacing=4)
        return ft.Container(content=row, padding=ft.Padding.only(left=4, right=4, top=4, bottom=4))
    back = word(look, "‹  " + words("console.title"), lambda: window.go("/configure"), key="back")
    row = ft.Row([ft.Container(content=title, expand=True), *tools], height=48)
    return ft.Container(
        content=ft.Column([back, row], spacing=0),
        padding=ft.Padding.only(left=MARGIN + 8, right=8, top=4, bottom=4),
    )


def _search(window: Window, kind: Kind[Any, Any], items: tuple[Any, ...] | None, *, directory: Directory) -> ft.Control:
    words = window.look.words

    def narrow(value: str) -> None:
        directory.text = value

    if not items or len(items) < 2:
        return ft.Container(height=0)
    hint = words(f"kind_search.{kind.slug}", count=len(items))
    box = field(window.look, "", directory.text, narrow, entry=Entry(hint=hint), key="list-search")
    return ft.Container(content=box, padding=ft.Padding.only(left=16, right=16, bottom=8))


def _empty(window: Window, kind: Kind[Any, Any], maker: Kind[Any, Any], *, may_make: bool) -> ft.Control:
    look, words = window.look, window.look.words
    action = None
    if may_make:
        label = words(f"kind_new.{maker.slug}")
        action = quiet(
            look, label, lambda: window.go(f"/configure/{maker.slug}/{NEW}"), icon=ft.Icons.ADD, key="new-empty"
        )
    return placeholders.empty(look, words(f"empty.{kind.slug}"), words(f"empty_text.{kind.slug}"), action=action)


def _row(window: Window, known: Known, kind: Kind[Any, Any], item: Any, *, own: bool, editor: Editor) -> ft.Control:
    look, palette = window.look, window.look.palette
    ident = NEW if item is None else kind.ident(item)
    name = look.words(f"kind_new.{kind.slug}") if item is None else kind.title(known, item)
    lines: list[ft.Control] = [text(name, "strong", palette.ink, lines=2)]
    if item is not None:
        lines.append(text(kind.summary(known, item), "small", palette.muted, lines=2))
        health = kind.health(known, item)
        if health is not None:
            lines.append(health_line(look, health))
    if editor.has_draft(kind.slug, ident):
        lines.append(text(look.words("console.draft"), "label", palette.accent))
    row = ft.Row([ft.Column(lines, spacing=2, tight=True, expand=True)])
    side = MARGIN if look.is_split else 0
    tap = tappable(
        look,
        row,
        lambda: window.go(f"/configure/{kind.slug}/{ident}"),
        face=Face(
            colour=palette.accent_bg if own else "#00000000",
            radius=10,
            padding=ft.Padding.symmetric(horizontal=16 - (4 if look.is_split else 0), vertical=10),
        ),
        selected=own if look.is_split else None,
        key=f"row-{ident}",
    )
    parts: list[ft.Control] = [tap]
    if not look.is_split:
        parts.append(ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=16)))
    return ft.Container(
        content=ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.symmetric(horizontal=side, vertical=1),
    )
