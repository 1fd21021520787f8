"""A list of words: each a chip that can be taken away, and a field that adds one."""

from typing import Any, Final

import flet as ft
from msgspec import Struct

from phone.base.look import Look
from phone.base.places import place
from phone.console.form.editor import Editor
from phone.console.form.kind import Bound
from phone.kit.controls import Face, quiet, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of
from phone.kit.text import text


class _Word(Struct, frozen=True, kw_only=True):
    """`added` counts what was: a new box after each, for the old one would keep what was typed."""

    typed: str = ""
    added: int = 0


TYPED: Final = place(_Word, lambda word: word.typed)


@ft.component
def WordsField(
    editor: Editor, look: Look, each: Bound[Any], words: tuple[str, ...], error: str | None, fixed: bool
) -> ft.Control:
    """Enter adds what was typed; a comma separates several."""
    palette, form = look.palette, draft_of(_Word())

    def add() -> None:
        given = [one.strip() for one in form.whole.typed.replace("，", ",").split(",")]
        new = [one for one in given if one and one not in words]
        form.fill(_Word(added=form.whole.added + 1))
        editor.choose(each.at, (*words, *dict.fromkeys(new)))

    def drop(gone: str) -> None:
        editor.choose(each.at, tuple(one for one in words if one != gone))

    parts: list[ft.Control] = [text(each.label, "label", palette.ink)]
    if each.help:
        parts.append(text(each.help, "small", palette.muted))
    if words:
        chips = [_chip(look, one, None if fixed else lambda one=one: drop(one)) for one in words]
        parts.append(ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8))
    if not fixed:
        box = field(
            look,
            "",
            form.whole.typed,
            lambda value: form.type(TYPED, value),
            submit=add,
            entry=Entry(hint=each.hint or look.words("words.hint")),
            key=f"field-{each.key}",
        )
        button = quiet(look, look.words("words.add"), add, icon=ft.Icons.ADD, key=f"add-{each.key}")
        parts.append(ft.Row([ft.Container(content=box, expand=True, key=f"box-{form.whole.added}"), button], spacing=8))
    if error:
        parts.append(problem_line(look, error))
    return ft.Column(parts, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _chip(look: Look, word: str, drop: object) -> ft.Control:
    palette = look.palette
    side = ft.BorderSide(width=1, color=palette.line)
    if not callable(drop):
        return ft.Container(
            content=text(word, "small", palette.ink),
            border=ft.Border.all(1, palette.line),
            border_radius=999,
            padding=ft.Padding.symmetric(horizontal=12, vertical=6),
        )
    spoken = look.words("words.remove", word=word)
    return tappable(
        look,
        ft.Row(
            [text(word, "small", palette.ink, label=spoken), ft.Icon(ft.Icons.CLOSE, size=16, color=palette.muted)],
            spacing=8,
            tight=True,
        ),
        drop,
        face=Face(
            colour=palette.raised, side=side, radius=999, padding=ft.Padding.symmetric(horizontal=14, vertical=14)
        ),
        key=f"word-{word}",
    )
