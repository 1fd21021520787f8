"""Group chats that hear of shifts: the addresses of their webhooks."""

from typing import Any, cast

import flet as ft

from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.kit.controls import icon, word
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field
from phone.kit.text import text


@ft.component
def NoticeGroups(window: Window, editor: Editor, known: Known, each: Field, fixed: bool) -> ft.Control:
    """A name and an address per line; one without an address isn't sent."""
    look, palette, words = window.look, window.look.palette, known.words
    groups = cast(list[dict[str, Any]], editor.value(each.path) or [])

    def drop(index: int) -> None:
        editor.choose(each.path, [group for i, group in enumerate(groups) if i != index])

    def add() -> None:
        editor.choose(each.path, [*groups, {"channel": "webhook", "address": "", "name": ""}])

    parts: list[ft.Control] = [text(each.label, "label", palette.ink), text(each.help, "small", palette.muted)]
    for i, group in enumerate(groups):
        at = f"{each.path}.{i}"
        boxes = [
            field(
                look,
                "",
                group[name],
                lambda given, path=f"{at}.{name}": editor.type(path, given),
                entry=Entry(hint=words(f"hint.group_{name}"), fixed=fixed),
                key=f"field-{at}.{name}",
            )
            for name in ("name", "address")
        ]
        tools: list[ft.Control] = []
        if not fixed:
            label = words("shift_notices.remove_group", name=group["name"] or group["address"])
            tools = [icon(look, ft.Icons.CLOSE, label, lambda i=i: drop(i), key=f"drop-{at}", colour=palette.muted)]
        if look.is_split:
            shown = [ft.Container(content=boxes[0], width=160), ft.Container(content=boxes[1], expand=True), *tools]
            parts.append(ft.Row(shown, spacing=8))
        else:
            first = ft.Row([ft.Container(content=boxes[0], expand=True), *tools], spacing=8)
            parts += [first, boxes[1]]
        problems = [problem for problem in (*editor.refused, *editor.doubted) if belongs_to(problem, at)]
        parts += [problem_line(look, refusal(known, problem)) for problem in problems]
    if not fixed:
        parts.append(ft.Row([word(look, words("shift_notices.add_group"), add, key="add-group")]))
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
