"""Who subscribes to a page: by address, what they hear of, who gets nothing any more; in and out as a table."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import drafted_state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.question import AskedOnce, Question
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.status import wording
from phone.status.events.fields import refused_lines
from phone.status.open_page import OpenPage, PageParts
from phone.status.pages.closed import closed
from phone.status.rights import may_set_up
from phone.status.subscribers import COLUMNS, Subscribers
from shared.wire.status_subscribers import StatusSubscriber

ASKING: Final = "status-subscribers-asking"
TAKE_IN: Final = "take-in"


@ft.component
def SubscribersScreen(
    window: Window, opened: OpenPage, subscribers: Subscribers, look: Look, page_id: str
) -> ft.Control:
    """The list, and the sheet that takes a table in."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    words, parts = look.words, opened.parts

    def begin() -> None:
        subscribers.calm()
        ask(TAKE_IN)

    def close() -> None:
        ask("")

    form = TakeIn(subscribers, look, close)
    ft.use_dialog(sheet(look, words("subscribers.take_in"), [form], close) if asking == TAKE_IN else None)
    may = parts is not None and may_set_up(window.session.me, parts.page)
    add = [icon(look, ft.Icons.UPLOAD_FILE, words("subscribers.take_in"), begin, key="take-in")] if may else []
    bar = archive_bar(window, words("subscribers.title"), f"/status-pages/{page_id}", [*add])
    if parts is not None and not may:
        return ft.Column([bar, closed(look)], spacing=0, expand=True)
    if subscribers.items is None or parts is None:
        error = subscribers.error or opened.error
        wait = placeholders.failed(look, error, window.retry) if error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    rows: list[ft.Control] = [
        column([_search(look, subscribers)]),
        column([ft.Container(content=_out(window, subscribers), padding=ft.Padding.symmetric(vertical=12))]),
    ]
    rows += [column([line]) for line in refused_lines(look, subscribers.refused)] if asking != TAKE_IN else []
    if subscribers.error is not None and window.link.online:
        rows.append(column([problem_line(look, problems.problem(words, subscribers.error))]))
    rows += [column([_row(look, subscribers, parts, each)]) for each in subscribers.items]
    if not subscribers.items:
        key = "subscribers.none_found" if subscribers.wanted else "subscribers.empty"
        rows.append(column([text(words(key), "body", look.palette.muted)]))
    return ft.Column(
        [bar, PullList(rows, window.retry, subscribers.more)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _search(look: Look, subscribers: Subscribers) -> ft.Control:
    entry = Entry(hint=look.words("subscribers.search"))
    return field(look, "", subscribers.wanted, subscribers.search, entry=entry, key="subscriber-search")


def _out(window: Window, subscribers: Subscribers) -> ft.Control:
    look, words = window.look, window.look.words

    async def copy() -> None:
        table = await subscribers.table()
        if table is not None:
            await ft.Clipboard().set(table)
            window.tell("subscribers.copied")

    return ft.Row(
        [quiet(look, words("subscribers.copy"), copy, icon=ft.Icons.CONTENT_COPY, key="copy-subscribers")], wrap=True
    )


def _row(look: Look, subscribers: Subscribers, parts: PageParts, each: StatusSubscriber) -> ft.Control:
    words, palette = look.words, look.palette
    name = each.email or look.reader.named([each.user_name or ""]).said(words, begins=True)
    lines: list[ft.Control] = [
        text(name, "strong", palette.ink),
        text(_scope(look, parts, each), "small", palette.muted),
    ]
    if each.failed_for is not None:
        reason = problems.reason(words, each.failed_for)
        lines.append(text(words("subscribers.failed", reason=reason), "small", palette.warning))
    elif each.confirmed_at is None:
        lines.append(text(words("subscribers.unconfirmed"), "small", palette.muted))
    question = Question(
        what=name, about=words("subscribers.remove_text"), yes=words("subscribers.remove"), key=f"drop-{each.id}"
    )

    def draw(ask: Callable[[], Any]) -> ft.Control:
        drop = icon(
            look, ft.Icons.CLOSE, words("words.remove", word=name), ask, key=f"drop-{each.id}", colour=palette.muted
        )
        return ft.Row([ft.Column(lines, spacing=1, tight=True, expand=True), drop], spacing=8)

    async def drop() -> None:
        await subscribers.drop(each)

    return ft.Container(
        content=AskedOnce(look, question, drop, draw),
        border=ft.Border.only(bottom=ft.BorderSide(1, palette.line)),
        padding=ft.Padding.symmetric(vertical=8),
    )


def _scope(look: Look, parts: PageParts, each: StatusSubscriber) -> str:
    words = look.words
    language = words(f"language.{each.language}")
    if each.is_for_all:
        return words("subscribers.of_all", language=language)
    found = [parts.component(ident) for ident in each.component_ids]
    names = [wording.said(words, one.name, parts.page) for one in found if one is not None]
    what = words.names(names) if names else words("subscribers.some_events", count=len(each.event_ids))
    return words("subscribers.of_some", what=what, language=language)


@ft.component
def TakeIn(subscribers: Subscribers, look: Look, close: Callable[[], Any]) -> ft.Control:
    """A table pasted or picked; what it would bring is counted before it does."""
    table, write = drafted_state(look.drafts, "subscribers-table", "")
    words, counted = look.words, subscribers.counted

    async def pick() -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM, allowed_extensions=["csv"], with_data=True
        )
        read: bytes | None = getattr(files[0], "bytes", None) if files else None
        if read is not None:
            subscribers.calm()
            write(read.decode("utf-8", "replace"))

    def typed(value: str) -> None:
        subscribers.calm()
        write(value)

    async def send() -> None:
        if counted is None:
            await subscribers.count(table)
        elif await subscribers.take_in(table):
            close()

    parts: list[ft.Control] = [
        text(words("subscribers.take_in_help"), "body", look.palette.muted),
        ft.Row([quiet(look, words("subscribers.pick"), pick, icon=ft.Icons.UPLOAD_FILE, key="pick-table")], wrap=True),
        field(
            look,
            words("subscribers.table"),
            table,
            typed,
            entry=Entry(hint=",".join(COLUMNS), lines=5),
            key="subscribers-table",
        ),
        *refused_lines(look, subscribers.refused),
    ]
    if counted is not None:
        told = words("subscribers.counted", count=counted.added, known=counted.known)
        parts.append(ft.Semantics(live_region=True, content=text(told, "strong", look.palette.ink)))
    label = words("subscribers.count" if counted is None else "subscribers.add")
    is_waiting = subscribers.busy or not table.strip()
    parts += [
        filled(look, label, send, busy=is_waiting, key="take-in-send"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
