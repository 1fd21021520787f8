"""Below a form: what is not saved yet, by name; saving it, or going back once asked."""

import flet as ft

from phone.base import problems
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.form.editor import Editor, Typed
from phone.console.form.form import failure_line
from phone.console.form.kind import Known
from phone.kit.controls import filled, quiet
from phone.kit.fields import problem_line
from phone.kit.text import text

NAMED = 3


@ft.component
def SaveBar(window: Window, editor: Editor, _typed: Typed, known: Known) -> ft.Control:
    """Nothing while nothing is changed."""
    look, palette, words = window.look, window.look.palette, window.look.words
    changed = editor.changes()
    if not changed and not editor.is_new:
        return ft.Container(height=0)
    names = words.names(list(dict.fromkeys(each.label for each in changed))[:NAMED])
    told = words("save.unsaved", count=len(changed), names=names) if changed else words("save.new")
    label = words("save.create" if editor.is_new else "save.save")
    save = filled(look, words("save.busy") if editor.saving else label, editor.save, busy=editor.saving, key="save")
    discard = quiet(look, words("save.discard"), lambda: editor.ask("discard"), key="discard")
    status = ft.Row(
        [
            ft.Container(width=8, height=8, border_radius=8, bgcolor=palette.accent),
            text(told, "body", palette.ink, expand=True, lines=2),
        ],
        spacing=12,
        expand=look.is_split or None,
    )
    buttons = ft.Row([*([discard] if changed else []), ft.Container(content=save, expand=not look.is_split)], spacing=8)
    body: ft.Control = (
        ft.Row([status, buttons], spacing=16)
        if look.is_split
        else ft.Column([status, buttons], spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )
    errors = failure_line(window, editor, known)
    if editor.refused:
        errors.insert(0, problem_line(look, words("save.refused", count=len(editor.refused))))
    elif editor.failure is not None:
        errors.insert(0, problem_line(look, problems.problem(words, editor.failure)))
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    return ft.Column(
        [
            ft.Container(height=1, bgcolor=palette.line),
            ft.Container(
                content=ft.Column(
                    [*errors, body], spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, tight=True
                ),
                bgcolor=palette.raised,
                padding=ft.Padding.symmetric(horizontal=margin, vertical=10),
            ),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
