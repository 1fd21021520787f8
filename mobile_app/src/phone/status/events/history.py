"""What an event said before somebody edited it, and what became of each message about it."""

import flet as ft

from phone.base import moments, problems
from phone.base.window import Window
from phone.kit.controls import word
from phone.kit.text import heading, text
from phone.status import wording
from phone.status.open_event import OpenEvent
from phone.status.open_page import PageParts
from shared.wire.status_pages import UpdateVersion
from shared.wire.status_subscribers import StatusLetter


def history_section(window: Window, opened: OpenEvent, parts: PageParts) -> list[ft.Control]:
    """Nothing where nothing was edited that is still there; who asks sees what was removed, too."""
    look, words = window.look, window.look.words
    if opened.versions is None:
        door = word(look, words("status.show_history"), opened.read_versions, key="show-history")
        return [ft.Container(content=ft.Row([door]), padding=ft.Padding.only(top=8))]
    head = ft.Container(
        content=heading(words("status.history"), "label", look.palette.muted), padding=ft.Padding.only(top=16, bottom=8)
    )
    if not opened.versions:
        return [head, text(words("status.no_history"), "body", look.palette.muted)]
    return [head, *(_version(window, parts, each) for each in opened.versions)]


def _version(window: Window, parts: PageParts, version: UpdateVersion) -> ft.Control:
    look, words, palette = window.look, window.look.words, window.look.palette
    when = moments.moment(words, version.changed_at, now=window.clock.minutes.at, zone=look.zone)
    key = "status.version_removed" if version.is_removed else "status.version_edited"
    who = look.reader.named([version.changed_by_name])
    lines: list[ft.Control] = [
        text(words(key, who=who, when=when), "small", palette.muted),
        text(words("status.version_was", state=words(f"status_event.{version.was.status}")), "label", palette.ink),
    ]
    if body := wording.said(words, version.was.body, parts.page):
        lines.append(text(body, "body", palette.muted))
    return ft.Container(content=ft.Column(lines, spacing=2, tight=True), padding=ft.Padding.only(bottom=12))


def letters_section(window: Window, opened: OpenEvent) -> list[ft.Control]:
    """By subscriber: sent, waiting, held for tomorrow's quota, failed and why."""
    look, words = window.look, window.look.words
    if not opened.counts:
        return []
    if opened.letters is None:
        door = word(look, words("letters.show"), opened.read_letters, key="show-letters")
        return [ft.Row([door])]
    head = ft.Container(
        content=heading(words("letters.title"), "label", look.palette.muted), padding=ft.Padding.only(top=16, bottom=8)
    )
    rows: list[ft.Control] = [_letter(window, each) for each in opened.letters]
    if opened.next_letters is not None:
        rows.append(ft.Row([word(look, words("letters.more"), opened.read_letters, key="more-letters")]))
    return [head, *rows]


def _letter(window: Window, letter: StatusLetter) -> ft.Control:
    look, words, palette = window.look, window.look.words, window.look.palette
    state = words(f"letter_state.{letter.state}")
    if letter.reason:
        state = words("letters.because", state=state, reason=problems.reason(words, letter.reason))
    elif letter.sent_at is not None:
        when = moments.moment(words, letter.sent_at, now=window.clock.minutes.at, zone=look.zone)
        state = words("status.state_when", state=state, when=when)
    colour = {"failed": palette.critical, "held": palette.warning}.get(letter.state, palette.muted)
    sign = {
        "sent": ft.Icons.CHECK,
        "failed": ft.Icons.ERROR_OUTLINE,
        "held": ft.Icons.HOURGLASS_EMPTY,
        "queued": ft.Icons.SCHEDULE,
    }.get(letter.state, ft.Icons.REMOVE)
    row = ft.Row(
        [
            ft.Icon(sign, size=18, color=colour),
            ft.Column(
                [text(letter.label, "body", palette.ink), text(state, "small", colour)],
                spacing=0,
                tight=True,
                expand=True,
            ),
        ],
        spacing=12,
    )
    return ft.MergeSemantics(content=ft.Container(content=row, padding=ft.Padding.symmetric(vertical=8)))
