"""What will be so once the form is saved: the differences, and the effect in sentences."""

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.console.form.editor import Editor, Typed
from phone.console.form.kind import Change, Known
from phone.kit.text import heading, sentence, text


@ft.component
def Effect(window: Window, editor: Editor, _typed: Typed, known: Known) -> ft.Control:
    """Drawn again while text is typed."""
    look, palette, words = window.look, window.look.palette, window.look.words
    sheet, kind = editor.sheet, editor.kind
    if sheet is None or kind is None:
        return ft.Container(height=0)
    changed = [] if editor.is_new else editor.changes()
    effects = kind.effect(known, sheet.draft)
    if not changed and not effects:
        return ft.Container(height=0)
    card: list[ft.Control] = [_change(look, each) for each in changed]
    if changed and effects:
        card.append(ft.Container(height=1, bgcolor=palette.line))
    card += [text(each, "body", palette.ink) for each in effects]
    title = "effect.title_new" if editor.is_new else "effect.title_changed" if changed else "effect.title"
    lead = words("effect.lead_changed" if changed else "effect.lead")
    return ft.Column(
        [
            ft.Column(
                [
                    heading(words(title), "strong", palette.ink),
                    *([] if editor.is_new else [text(lead, "small", palette.muted)]),
                ],
                spacing=2,
                tight=True,
            ),
            ft.Container(
                content=ft.Column(card, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                bgcolor=palette.raised,
                border=ft.Border.all(1, palette.line),
                border_radius=12,
                padding=ft.Padding.all(14),
            ),
        ],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _change(look: Look, each: Change) -> ft.Control:
    palette = look.palette
    pieces = look.words.pieces("change.line", label=each.label, before=each.before, after=each.after)
    return sentence(pieces, "small", palette.muted, apart={"label": palette.ink, "after": palette.ink})
