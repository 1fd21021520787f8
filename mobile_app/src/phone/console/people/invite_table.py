"""Inviting many at once: a table is pasted or chosen, and what is wrong stands at its line."""

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.directory import Directory
from phone.console.form.changes import refusal
from phone.console.form.kind import Known
from phone.console.people.inviting import EXAMPLE, Inviting, WrongLine
from phone.kit.cards import card
from phone.kit.controls import filled, icon, quiet, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import Entry, field, problem_line
from phone.kit.text import heading, text

LIST = "/configure/invitations"


@ft.component
def InviteTable(window: Window, inviting: Inviting, look: Look, *, directory: Directory) -> ft.Control:
    """The whole screen on a phone, what is right of the list on a tablet."""
    words, palette, known = look.words, look.palette, directory.known(window)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN

    async def choose() -> None:
        files = await ft.FilePicker().pick_files(allowed_extensions=["csv", "txt"], with_data=True)
        content: bytes | None = getattr(files[0], "bytes", None) if files else None
        if content is not None:
            inviting.take_file(content, words)

    head = heading(words("table.title"), "title", palette.ink, level=1)
    back = icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go(LIST), key="back")
    parts: list[ft.Control] = [
        ft.Row([*([] if look.is_split else [back]), ft.Container(content=head, expand=True)], spacing=4),
        text(words("table.lead"), "body", palette.muted),
    ]
    if inviting.invited:
        parts.append(_sent(window, inviting))
    else:
        parts += [
            copy_box(window, words("table.example"), EXAMPLE, key="copy-example"),
            field(
                look,
                words("table.text"),
                inviting.table,
                inviting.take_text,
                entry=Entry(lines=8, help=words("table.help")),
                key="table",
            ),
            *_refused(window, inviting, known),
            ft.Row(
                [
                    filled(
                        look,
                        words("table.busy" if inviting.busy else "table.send"),
                        lambda: inviting.send(words.language),
                        busy=inviting.busy,
                        key="send-table",
                    ),
                    quiet(look, words("table.file"), choose, icon=ft.Icons.UPLOAD_FILE_OUTLINED, key="choose-file"),
                ],
                wrap=True,
                spacing=8,
                run_spacing=8,
            ),
        ]
    column = ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    padded = ft.Container(content=column, padding=ft.Padding.symmetric(horizontal=margin, vertical=16))
    return ft.ListView(controls=[padded], expand=True, padding=ft.Padding.only(bottom=32))


def _refused(window: Window, inviting: Inviting, known: Known | None) -> list[ft.Control]:
    look, words = window.look, window.look.words
    if inviting.error is None or known is None:
        return []
    if not inviting.wrong:
        return [problem_line(look, problems.problem(words, inviting.error))]
    told = problem_line(look, words("table.wrong", count=len(inviting.wrong)))
    return [told, *(_line(window, known, each) for each in inviting.wrong)]


def _line(window: Window, known: Known, each: WrongLine) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    parts: list[ft.Control] = [
        text(words("table.line", number=each.number), "label", palette.muted),
        text(each.text, "body", palette.ink),
    ]
    for column, problem in each.problems:
        told = words("table.flaw", column=words(f"table_column.{column}"), flaw=refusal(known, problem))
        parts.append(problem_line(look, told))
    return card(look, parts, spacing=4)


def _sent(window: Window, inviting: Inviting) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    count = len(inviting.invited)
    is_mailed = all(each.is_mailed for each in inviting.invited)
    key = "table.sent" if is_mailed else "table.sent_by_hand"
    parts: list[ft.Control] = [text(words(key, count=count), "strong", palette.ink)]
    links = "\n".join(f"{each.email}\t{each.link}" for each in inviting.invited if each.link)
    if links and not is_mailed:
        parts.append(copy_box(window, words("table.links"), links, key="copy-links"))
    more = word(look, words("table.more"), inviting.forget, key="table-more")
    done = quiet(look, words("table.done"), lambda: window.go(LIST), key="table-done")
    parts.append(ft.Row([done, more], spacing=8, wrap=True))
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
