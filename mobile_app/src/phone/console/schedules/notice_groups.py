"""Group chats that hear of shifts: the addresses of their webhooks."""

import flet as ft

from phone.base.places import without
from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.schedules.kind import GROUPS
from phone.kit.controls import icon, word
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field
from phone.kit.text import text
from shared.wire.schedules import GroupAddress


@ft.component
def NoticeGroups(window: Window, editor: Editor, known: Known, each: Field, fixed: bool) -> ft.Control:
    """A name and an address per line; one without an address isn't sent."""
    look, palette, words = window.look, window.look.palette, known.words
    groups = editor.value(GROUPS) or ()

    def drop(index: int) -> None:
        editor.edit(GROUPS, lambda now: without(now, index))

    def add() -> None:
        editor.edit(GROUPS, lambda now: (*now, GroupAddress(channel="webhook", address="")))

    parts: list[ft.Control] = [text(each.label, "label", palette.ink), text(each.help, "small", palette.muted)]
    for i, group in enumerate(groups):
        at = GROUPS.then(lambda groups, i=i: groups[i])
        name_at, address_at = at.then(lambda group: group.name), at.then(lambda group: group.address)
        boxes = [
            field(
                look,
                "",
                group.name,
                lambda given, at=name_at: editor.type(at, given),
                entry=Entry(hint=words("hint.group_name"), fixed=fixed),
                key=f"field-{name_at.key}",
            ),
            field(
                look,
                "",
                group.address or "",
                lambda given, at=address_at: editor.type(at, given or None),
                entry=Entry(hint=group.label or words("hint.group_address"), fixed=fixed),
                key=f"field-{address_at.key}",
            ),
        ]
        tools: list[ft.Control] = []
        if not fixed:
            label = words("shift_notices.remove_group", name=group.name or group.address or group.label)
            tools = [icon(look, ft.Icons.CLOSE, label, lambda i=i: drop(i), key=f"drop-{at.key}", colour=palette.muted)]
        if look.is_split:
            shown = [ft.Container(content=boxes[0], width=160), ft.Container(content=boxes[1], expand=True), *tools]
            parts.append(ft.Row(shown, spacing=8))
        else:
            first = ft.Row([ft.Container(content=boxes[0], expand=True), *tools], spacing=8)
            parts += [first, boxes[1]]
        problems = [problem for problem in (*editor.refused, *editor.doubted) if belongs_to(problem, at.key)]
        parts += [problem_line(look, refusal(known, problem)) for problem in problems]
    if not fixed:
        parts.append(ft.Row([word(look, words("shift_notices.add_group"), add, key="add-group")]))
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
