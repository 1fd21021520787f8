"""One object of the Console: what it does, its form, what saving changes, who changed it before."""

from typing import Any

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.audit.sentences import doer
from phone.console.form.changes import changes
from phone.console.form.editor import Editor
from phone.console.form.effect import Effect
from phone.console.form.form import failure_line, form
from phone.console.form.history import history
from phone.console.form.kind import Kind, Known
from phone.console.form.save_bar import SaveBar
from phone.console.form.stores import FormStores
from phone.console.health import health_pill
from phone.console.panels import panels, panels_below
from phone.console.schedules.preview_panel import PreviewPanel
from phone.console.schedules.rehearsal import Rehearsal
from phone.kit import placeholders
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import problem_line
from phone.kit.sheet import sheet
from phone.kit.text import heading, sentence, text

SIDE = 280
MOST_CHANGES = 4


@ft.component
def ConfiguredObject(
    window: Window, stores: FormStores, look: Look, kind: Kind[Any, Any], ident: str, *_watched: ft.Observable
) -> ft.Control:
    """The whole screen on a phone, what is right of the list on a tablet."""
    editor = stores.editor
    known = stores.directory.known(window)
    ft.use_dialog(_question(window, editor, known) if known is not None and editor.asking else None)
    # The address changes before the editor has followed it.
    is_here = editor.kind is kind and editor.ident == ident
    # A form that was left half filled is there before what the server has.
    is_read = editor.is_new or editor.item is not None
    if known is None or editor.sheet is None or not is_here or not is_read:
        wait = (
            placeholders.failed(look, editor.error, editor.load)
            if editor.error and is_here
            else placeholders.skeleton(look)
        )
        return ft.Column([*_bar(window, kind, may_remove=False, editor=editor), wait], spacing=0, expand=True)
    may_change = kind.may_change(known, editor.item)
    may_remove = editor.item is not None and kind.may_remove(known, editor.item)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    main = [
        *_notices(window, editor, known, may_change=may_change),
        *_parts(window, stores, known, kind, may_change=may_change),
    ]
    side = [_effect(window, editor, known, kind, rehearsal=stores.rehearsal)] if may_change else []
    if not editor.is_new:
        side.append(history(window, editor, known))
    if look.is_wide:
        body: ft.Control = ft.Row(
            [
                _scrolling(main, margin, width=None),
                ft.Container(width=1, bgcolor=look.palette.line),
                ft.Container(content=_scrolling(side, 20, width=SIDE), width=SIDE),
            ],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    else:
        body = _scrolling([*main, *side], margin, width=None)
    return ft.Column(
        [
            *_bar(window, kind, may_remove=may_remove, editor=editor),
            *_head(window, editor, known, kind, margin, may_remove=may_remove),
            body,
            *([_conflict(window, editor, known, margin)] if editor.conflict is not None else []),
            *([SaveBar(window, editor, editor.typed, known)] if may_change else []),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _effect(window: Window, editor: Editor, known: Known, kind: Kind[Any, Any], *, rehearsal: Rehearsal) -> ft.Control:
    """What saving brings: of schedules the server says it, of everything else the form."""
    effect = Effect(window, editor, editor.typed, known)
    if kind.slug != "schedules" or not window.look.is_wide:
        return effect
    preview = PreviewPanel(window, editor, editor.typed, rehearsal, known)
    return ft.Column([preview, effect], spacing=20, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, tight=True)


def _scrolling(parts: list[ft.Control], margin: float, *, width: float | None) -> ft.Control:
    rows: list[ft.Control] = [
        ft.Container(content=part, padding=ft.Padding.only(left=margin, right=margin, top=20)) for part in parts
    ]
    return ft.ListView(controls=rows, expand=True, width=width, padding=ft.Padding.only(bottom=32))


def _bar(window: Window, kind: Kind[Any, Any], *, may_remove: bool, editor: Editor) -> list[ft.Control]:
    look = window.look
    if look.is_split:
        return []
    up = f"/configure/{kind.slug}"
    parts: list[ft.Control] = [
        icon(look, ft.Icons.ARROW_BACK, look.words("console.back"), lambda: window.go(up), key="back"),
        text(look.words(f"kind.{kind.slug}"), "strong", look.palette.ink, expand=True),
    ]
    if may_remove:
        parts.append(_remove(window, kind, editor=editor))
    return [ft.Container(content=ft.Row(parts, spacing=8), padding=ft.Padding.only(left=4, right=4, top=4))]


def _remove(window: Window, kind: Kind[Any, Any], *, editor: Editor) -> ft.Control:
    label = window.look.words(f"kind_remove.{kind.slug}")
    return icon(
        window.look,
        ft.Icons.DELETE_OUTLINE,
        label,
        lambda: editor.ask("remove"),
        key="remove",
        colour=window.look.palette.muted,
    )


def _head(
    window: Window, editor: Editor, known: Known, kind: Kind[Any, Any], margin: float, *, may_remove: bool
) -> list[ft.Control]:
    look, palette, words = window.look, window.look.palette, window.look.words
    item = editor.item
    name = words(f"kind_new.{kind.slug}") if item is None else kind.title(known, item)
    title: list[ft.Control] = [heading(name, "title", palette.ink, level=1)]
    health = kind.health(known, item) if item is not None else None
    if health is not None:
        title.append(health_pill(look, health))
    told = words(f"kind_lead.{kind.slug}") if item is None else kind.summary(known, item)
    lines = ft.Column(
        [
            ft.Row(title, spacing=12, run_spacing=4, wrap=True, vertical_alignment=ft.CrossAxisAlignment.CENTER),
            text(told, "body", palette.muted),
        ],
        spacing=6,
        tight=True,
        expand=True,
    )
    tools = [_remove(window, kind, editor=editor)] if look.is_split and may_remove else []
    row = ft.Row([lines, *tools], vertical_alignment=ft.CrossAxisAlignment.START, spacing=12)
    return [
        ft.Container(content=row, padding=ft.Padding.only(left=margin, right=margin, top=16, bottom=16)),
        ft.Container(height=1, bgcolor=palette.line),
    ]


def _notices(window: Window, editor: Editor, known: Known, *, may_change: bool) -> list[ft.Control]:
    look, words = window.look, window.look.words
    found: list[ft.Control] = []
    kind = editor.kind
    if not may_change and kind is not None and kind.can_change and not kind.is_allowed(known, editor.item):
        role = words(f"role.{known.me.role}")
        found.append(_notice(look, ft.Icons.LOCK_OUTLINE, words("console.read_only", role=role)))
    if editor.failure is not None and editor.item is not None and not editor.changes():
        # No bar stands below a form that is as it is saved: what is refused is removing the object.
        found.append(problem_line(look, problems.problem(words, editor.failure)))
        found += failure_line(window, editor, known)
    return found


def _notice(look: Look, sign: ft.IconData, told: str) -> ft.Control:
    palette = look.palette
    return ft.Container(
        content=ft.Row(
            [ft.Icon(sign, size=20, color=palette.info), text(told, "small", palette.ink, expand=True)], spacing=10
        ),
        bgcolor=palette.info_bg,
        border_radius=12,
        padding=ft.Padding.all(12),
    )


def _conflict(window: Window, editor: Editor, known: Known, margin: float) -> ft.Control:
    """Somebody else saved first: what they changed, and which of both shall stand. Over the bar that was tapped."""
    look, palette, words = window.look, window.look.palette, window.look.words
    kind, sheet = editor.kind, editor.sheet
    theirs = changes(known, editor.sections(), sheet.saved, kind.draft(editor.conflict)) if kind and sheet else []
    last = doer(known, editor.history[0]) if editor.history else None
    parts: list[ft.Control] = [
        heading(words("conflict.title", who=last) if last else words("conflict.title_unknown"), "strong", palette.ink),
        text(words("conflict.text"), "body", palette.ink),
    ]
    for each in theirs[:MOST_CHANGES]:
        pieces = words.pieces("change.line", label=each.label, before=each.before, after=each.after)
        parts.append(sentence(pieces, "small", palette.ink, apart={"label": palette.ink, "after": palette.ink}))
    parts.append(
        ft.Row(
            [
                quiet(look, words("conflict.newest"), editor.load_newest, key="conflict-newest"),
                quiet(look, words("conflict.mine"), editor.keep_mine, key="conflict-mine"),
            ],
            wrap=True,
            spacing=8,
            run_spacing=8,
        )
    )
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            bgcolor=palette.warning_bg,
            border=ft.Border.only(top=ft.BorderSide(width=1, color=palette.warning)),
            padding=ft.Padding.symmetric(horizontal=margin, vertical=14),
        ),
    )


def _parts(
    window: Window, stores: FormStores, known: Known, kind: Kind[Any, Any], *, may_change: bool
) -> list[ft.Control]:
    item, fields = stores.editor.item, form(window, stores, known, can_change=may_change)
    if item is None:
        return fields
    below = panels_below(window, stores, known, kind, item, can_change=may_change)
    return [*panels(window, stores, known, kind, item), *fields, *below]


def _question(window: Window, editor: Editor, known: Known) -> ft.BottomSheet | None:
    look, palette, words = window.look, window.look.palette, window.look.words
    cancel = quiet(look, words("cancel"), lambda: editor.ask(None), key="cancel")
    if editor.asking == "discard":
        names = words.names([each.label for each in editor.changes()])

        def discard() -> None:
            kind, was_new = editor.kind, editor.is_new
            editor.discard()
            if was_new and kind is not None:
                window.go(f"/configure/{kind.slug}")

        parts: list[ft.Control] = [
            text(words("discard.text", names=names), "body", palette.ink),
            filled(look, words("save.discard"), discard, key="discard-yes"),
            cancel,
        ]
        return sheet(look, words("discard.title"), parts, lambda: editor.ask(None))
    if editor.asking == "remove" and editor.kind is not None and editor.item is not None:
        parts = [
            text(editor.kind.removal(known, editor.item), "body", palette.ink),
            filled(
                look,
                words(f"kind_remove.{editor.kind.slug}"),
                editor.remove,
                colour=palette.critical_fill,
                ink=palette.on_critical,
                key="remove-yes",
            ),
            cancel,
        ]
        title = words("remove.title", name=editor.kind.title(known, editor.item))
        return sheet(look, title, parts, lambda: editor.ask(None))
    return None
