"""Who changed an object before: newest first, beside its form."""

import flet as ft

from phone.base import moments
from phone.base.window import Window
from phone.console.audit import sentences
from phone.console.audit.details import lines
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.kit.marks import avatar
from phone.kit.text import heading, sentence, text
from shared.wire.audit import AuditEntry

LINES = 3


def history(window: Window, editor: Editor, known: Known) -> ft.Control:
    """The last changes; what they changed stands below each."""
    look, palette = window.look, window.look.palette
    parts: list[ft.Control] = [heading(look.words("history.title"), "strong", palette.ink)]
    if not editor.history:
        key = "history.loading" if editor.history is None else "history.empty"
        parts.append(text(look.words(key), "small", palette.muted))
    parts += [_entry(window, known, entry) for entry in editor.history or ()]
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _entry(window: Window, known: Known, entry: AuditEntry) -> ft.Control:
    look, palette = window.look, window.look.palette
    when = moments.moment(look.words, entry.at, now=known.now, zone=look.zone)
    about: list[ft.Control] = [
        sentence(sentences.sentence(known, entry, beside=True), "body", palette.ink, apart={"who": palette.ink}),
        text(when, "small", palette.muted),
    ]
    if entry.verb == "changed":
        about += [text(line, "small", palette.muted, lines=2) for line in lines(known, entry)[:LINES]]
    return ft.Row(
        [
            avatar(look, entry.actor_name or "·", who=entry.actor_id, size=30),
            ft.Column(about, spacing=1, tight=True, expand=True),
        ],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
