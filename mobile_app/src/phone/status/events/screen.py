"""One event: where it stands, what is affected, what was said and who heard of it, what it said before."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import filled, icon, quiet, word
from phone.kit.hooks import drafted_state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.question import AskedOnce, Question
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.status import wording
from phone.status.events.history import history_section, letters_section
from phone.status.events.update_sheet import ChangeForm, UpdateForm
from phone.status.marks import impact_pill, impact_word
from phone.status.open_event import OpenEvent
from phone.status.open_page import OpenPage, PageParts
from phone.status.publishing import Publishing
from phone.status.rights import may_publish
from phone.status.stores import StatusStores
from shared.wire.status_pages import StatusEvent, StatusUpdate

ASKING: Final = "status-event-asking"
UPDATE, CHANGE = "update", "change"


@ft.component
def EventScreen(
    window: Window, opened: OpenEvent, page: OpenPage, stores: StatusStores, look: Look, page_id: str
) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    event, parts, words = opened.event, page.parts, look.words
    publishing = stores.publishing

    def begin(what: str) -> None:
        publishing.calm()
        ask(what)

    def close() -> None:
        ask("")

    ft.use_dialog(_dialog(window, look, publishing, parts, event, asking, close) if event and parts else None)
    back = f"/status-pages/{page_id}"
    bar: list[ft.Control] = [] if look.is_split else [archive_bar(window, words("status.event"), back, [])]
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    if event is None or parts is None:
        error = opened.error or page.error
        wait = placeholders.failed(look, error, window.retry) if error else placeholders.skeleton(look)
        return ft.Column([*bar, wait], spacing=0, expand=True)
    may = may_publish(window.session.me, parts.page)
    sections: list[ft.Control] = [
        ft.Container(height=12 if look.is_split else 0),
        *_head(window, parts, event),
        *_affected(look, parts, event),
        ft.Container(
            content=heading(words("status.updates"), "label", look.palette.muted), padding=ft.Padding.only(top=12)
        ),
        *(_update(window, opened, publishing, parts, event, each, begin, may=may) for each in event.updates),
        *history_section(window, opened, parts),
        *(letters_section(window, opened) if may else []),
        *(_removal(window, publishing, parts, event) if may else []),
    ]
    return ft.Column(
        [
            *bar,
            PullList([column([each], margin=margin) for each in sections], window.retry),
            *_actions(look, event, begin, margin, may=may),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _dialog(
    window: Window,
    look: Look,
    publishing: Publishing,
    parts: PageParts,
    event: StatusEvent,
    asking: str,
    close: Callable[[], Any],
) -> ft.BottomSheet | None:
    words = look.words
    if asking == UPDATE:
        form = UpdateForm(window, publishing, look, parts, event, close)
        return sheet(look, words("publish.update_title"), [form], close)
    if asking == CHANGE:
        return sheet(look, words("publish.change_title"), [ChangeForm(publishing, look, parts, event, close)], close)
    update = next((each for each in event.updates if each.id == asking), None)
    if update is None:
        return None
    form = UpdateForm(window, publishing, look, parts, event, close, update=update)
    return sheet(look, words("publish.edit_title"), [form], close)


def _head(window: Window, parts: PageParts, event: StatusEvent) -> list[ft.Control]:
    look, words, palette = window.look, window.look.words, window.look.palette
    line = wording.event_line(words, event, now=window.clock.minutes.at, zone=look.zone)
    pills: list[ft.Control] = [impact_pill(look, wording.impact_of(event))]
    lines: list[ft.Control] = [
        heading(wording.said(words, event.title, parts.page), "title", palette.ink, level=1),
        text(words("status.on_page", page=parts.page.name, line=line), "body", palette.muted),
    ]
    newest = event.updates[0] if event.updates else None
    if event.is_open and newest is not None and newest.next_update_at is not None:
        when = moments.moment(words, newest.next_update_at, now=window.clock.minutes.at, zone=look.zone)
        is_late = newest.next_update_at < window.clock.minutes.at
        key = "status.promise_late" if is_late else "status.promised"
        lines.append(text(words(key, when=when), "body", palette.warning if is_late else palette.ink))
    return [
        ft.Container(content=ft.Row(pills, spacing=8, wrap=True), padding=ft.Padding.only(top=8, bottom=8)),
        ft.Column(lines, spacing=4, tight=True),
    ]


def _affected(look: Look, parts: PageParts, event: StatusEvent) -> list[ft.Control]:
    rows: list[ft.Control] = []
    for each in event.impacts:
        found = parts.component(each.component_id)
        if found is not None:
            name = text(wording.said(look.words, found.name, parts.page), "body", look.palette.ink, expand=True)
            rows.append(ft.MergeSemantics(content=ft.Row([name, impact_word(look, each.impact)], spacing=8)))
    if not rows:
        return []
    head = heading(look.words("publish.parts"), "label", look.palette.muted)
    return [
        ft.Container(
            content=ft.Column([head, *rows], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            padding=ft.Padding.only(top=16),
        )
    ]


def _update(
    window: Window,
    opened: OpenEvent,
    publishing: Publishing,
    parts: PageParts,
    event: StatusEvent,
    update: StatusUpdate,
    begin: Callable[[str], Any],
    *,
    may: bool,
) -> ft.Control:
    """One thing that was said; who may publish edits it, or takes it back where another one stays."""
    look, words, palette = window.look, window.look.words, window.look.palette
    when = moments.moment(words, update.at, now=window.clock.minutes.at, zone=look.zone)
    told_at = words("status.edited", when=when) if update.edited_at is not None else when
    head: list[ft.Control] = [
        text(words(f"status_event.{update.status}"), "strong", palette.ink, expand=True),
        text(told_at, "small", palette.muted),
    ]
    lines: list[ft.Control] = [ft.Row(head, spacing=8)]
    if body := wording.said(words, update.body, parts.page):
        lines.append(text(body, "body", palette.ink))
    lines += _changes(look, parts, update)
    if may and (told := wording.counted(words, opened.counts, update.id)):
        counts = opened.counts[update.id]
        colour = palette.warning if counts.failed or counts.held else palette.muted
        lines.append(text(told, "small", colour))
        if counts.held:
            lines.append(text(words("letters.held_help"), "small", palette.warning))
    row = ft.Column(lines, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    parts_of: list[ft.Control] = [row]
    if may:
        parts_of.append(_verbs(window, publishing, parts, event, update, begin))
    return ft.Container(
        content=ft.Column(parts_of, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        border=ft.Border.only(bottom=ft.BorderSide(1, palette.line)),
        padding=ft.Padding.only(top=12, bottom=0 if may else 12),
    )


def _verbs(
    window: Window,
    publishing: Publishing,
    parts: PageParts,
    event: StatusEvent,
    update: StatusUpdate,
    begin: Callable[[str], Any],
) -> ft.Control:
    look, words = window.look, window.look.words
    when = moments.moment(words, update.at, now=window.clock.minutes.at, zone=look.zone)
    edit = word(look, words("status.edit"), lambda: begin(update.id), of=when, key=f"edit-{update.id}")
    if len(event.updates) == 1:
        return ft.Row([edit])

    async def remove() -> None:
        if not await publishing.remove_update(parts.page.id, event, update) and publishing.refused is not None:
            window.refuse(publishing.refused)

    question = Question(
        about=words("status.remove_update_text"), yes=words("status.remove_update"), key=f"remove-{update.id}"
    )
    return AskedOnce(
        look,
        question,
        remove,
        lambda ask: ft.Row(
            [
                edit,
                word(
                    look,
                    words("status.take_back"),
                    ask,
                    colour=look.palette.muted,
                    of=when,
                    key=f"remove-{update.id}",
                ),
            ],
            spacing=16,
            wrap=True,
        ),
    )


def _changes(look: Look, parts: PageParts, update: StatusUpdate) -> list[ft.Control]:
    chips: list[ft.Control] = []
    for each in update.changes:
        found = parts.component(each.component_id)
        if found is not None:
            name = text(wording.said(look.words, found.name, parts.page), "small", look.palette.muted)
            chips.append(ft.Row([name, impact_word(look, each.impact)], spacing=6, tight=True, wrap=True))
    return [ft.Row(chips, spacing=16, run_spacing=4, wrap=True)] if chips else []


def _removal(window: Window, publishing: Publishing, parts: PageParts, event: StatusEvent) -> list[ft.Control]:
    look, words = window.look, window.look.words

    async def remove() -> None:
        if await publishing.remove(parts.page.id, event):
            window.go(f"/status-pages/{parts.page.id}")
        elif publishing.refused is not None:
            window.refuse(publishing.refused)

    question = Question(about=words("status.remove_text"), yes=words("status.remove"), key="remove-event")
    sign = ft.Icons.DELETE_OUTLINE
    return [
        ft.Container(
            content=AskedOnce(
                look,
                question,
                remove,
                lambda ask: ft.Row(
                    [
                        quiet(
                            look,
                            words("status.remove"),
                            ask,
                            icon=sign,
                            colour=look.palette.critical,
                            key="remove-event",
                        )
                    ],
                    wrap=True,
                ),
            ),
            padding=ft.Padding.only(top=24),
        )
    ]


def _actions(
    look: Look, event: StatusEvent, begin: Callable[[str], Any], margin: float, *, may: bool
) -> list[ft.Control]:
    """Publish update in one tap; what is over can still be called otherwise."""
    if not may:
        return []
    words = look.words
    change = icon(
        look, ft.Icons.EDIT_OUTLINED, words("publish.change_title"), lambda: begin(CHANGE), key="change-event"
    )
    row: list[ft.Control] = [change]
    if event.is_open and event.published_at is not None:
        send = filled(look, words("publish.update"), lambda: begin(UPDATE), key="publish-update")
        row.insert(0, ft.Container(content=send, expand=True))
    else:
        label = quiet(
            look, words("publish.change_title"), lambda: begin(CHANGE), icon=ft.Icons.EDIT_OUTLINED, key="change-event"
        )
        row = [label]
    return [
        ft.Container(height=1, bgcolor=look.palette.line),
        ft.Container(
            content=ft.Row(row, spacing=8),
            bgcolor=look.palette.raised,
            padding=ft.Padding.symmetric(horizontal=margin, vertical=12),
        ),
    ]
