"""Calendars that my time off comes from: a file's text taken once, or an address that is read every hour."""

from typing import Final

import flet as ft
from msgspec.structs import replace

from phone.base import moments
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.hand_over import cover_wording
from phone.kit.cards import card, titled
from phone.kit.choices import segments
from phone.kit.controls import Handler, filled, icon, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.time_off.store import MyTimeOff
from shared.wire.covers import LONGEST_FILE, TimeOffCalendar, TimeOffCalendarInput

WAYS: Final = ("file", "address")
NAME: Final = place(TimeOffCalendarInput, lambda calendar: calendar.name)
CONTENT: Final = place(TimeOffCalendarInput, lambda calendar: calendar.content)
URL: Final = place(TimeOffCalendarInput, lambda calendar: calendar.url)


@ft.component
def CalendarsCard(window: Window, mine: MyTimeOff, look: Look) -> ft.Control:
    """The list with what each brought, and a sheet to add one."""
    asking, ask = drafted_state(look.drafts, "calendars-asking", "")
    words = look.words

    def close() -> None:
        mine.calm()
        ask("")

    def begin(ident: str) -> None:
        mine.calm()
        ask(ident)

    chosen = next((each for each in mine.calendars or () if each.id == asking), None)

    async def remove() -> None:
        ask("")
        if chosen is not None:
            await mine.remove_calendar(chosen.id)

    dialog = None
    if asking == "add":
        dialog = sheet(look, words("calendars.add"), [AddCalendar(mine, look, close)], close)
    elif chosen is not None:
        dialog = _question(look, chosen, remove, close)
    ft.use_dialog(dialog)
    rows: list[ft.Control] = []
    for each in mine.calendars or ():
        if rows:
            rows.append(ft.Container(height=1, bgcolor=look.palette.line))
        rows.append(_row(window, each, lambda each=each: begin(each.id)))
    if not rows:
        rows = [text(words("calendars.none"), "body", look.palette.muted)]
    add = quiet(look, words("calendars.add"), lambda: begin("add"), icon=ft.Icons.ADD, key="add-calendar")
    return titled(
        look, words("calendars.title"), [card(look, rows), ft.Row([add], tight=True)], help=words("calendars.help")
    )


def _row(window: Window, each: TimeOffCalendar, remove: Handler) -> ft.Control:
    look, words, palette = window.look, window.look.words, window.look.palette
    lines: list[ft.Control] = [text(each.name, "strong", palette.ink)]
    read = (
        moments.ago(words, each.read_at, now=window.clock.minutes.at)
        if each.read_at is not None
        else words("calendars.never")
    )
    key = "calendars.read_file" if each.url is None else "calendars.read_address"
    lines.append(text(words(key, count=each.entries, when=read), "small", palette.muted))
    if each.problem is not None:
        told = words.first(f"calendar_problem.{each.problem}", "calendar_problem.other", problem=each.problem)
        sign = ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=16, color=palette.warning)
        lines.append(ft.Row([sign, text(told, "small", palette.warning, expand=True)], spacing=6))
    for why, count in sorted(each.left_out.items()):
        if words.has(f"calendars.left_out_{why}"):
            lines.append(text(words(f"calendars.left_out_{why}", count=count), "small", palette.warning))
    label = words("words.remove", word=each.name)
    return ft.Row(
        [
            ft.Icon(ft.Icons.EVENT_NOTE_OUTLINED, size=22, color=palette.muted),
            ft.Column(lines, spacing=1, tight=True, expand=True),
            icon(look, ft.Icons.CLOSE, label, remove, key=f"remove-{each.id}", colour=palette.muted),
        ],
        spacing=14,
    )


def _question(look: Look, each: TimeOffCalendar, remove: Handler, close: Handler) -> ft.BottomSheet:
    words = look.words
    parts: list[ft.Control] = [
        text(words("calendars.remove_text", count=each.entries), "body", look.palette.ink),
        filled(look, words("calendars.remove"), remove, key="remove-calendar"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    return sheet(look, words("calendars.remove_title", name=each.name), parts, close)


@ft.component
def AddCalendar(mine: MyTimeOff, look: Look, close: Handler) -> ft.Control:
    """A file that is picked, its text pasted, or an address."""
    way, go = drafted_state(look.drafts, "calendar-way", "file")
    file, pick_file = drafted_state(look.drafts, "calendar-file", "")
    is_too_large, say_too_large = drafted_state(look.drafts, "calendar-too-large", False)
    form = filled_in(look.drafts, "calendar", TimeOffCalendarInput(name=""))
    words, draft = look.words, form.whole
    content, url = (draft.content or "").strip(), (draft.url or "").strip()
    ready = bool(draft.name.strip()) and bool(content if way == "file" else url)

    async def pick() -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM, allowed_extensions=["ics", "ical"], with_data=True
        )
        found = files[0] if files else None
        read: bytes | None = getattr(found, "bytes", None)
        if found is None or read is None:
            return
        say_too_large(len(read) > LONGEST_FILE)
        if len(read) <= LONGEST_FILE:
            pick_file(found.name)
            form.choose(CONTENT, read.decode("utf-8", "replace"))
            form.choose(NAME, form.whole.name or found.name.rsplit(".", 1)[0])

    async def send() -> None:
        kept = {"content": form.whole.content, "url": None} if way == "file" else {"content": None, "url": url}
        if await mine.add_calendar(replace(form.whole, name=form.whole.name.strip(), **kept)):
            close()

    choices = [(each, words(f"calendars.{each}"), words(f"calendars.{each}")) for each in WAYS]
    parts: list[ft.Control] = [
        segments(look, choices, way, go),
        field(
            look,
            words("calendars.name"),
            draft.name,
            lambda value: form.choose(NAME, value),
            entry=Entry(hint=words("calendars.name_hint")),
            key="calendar-name",
        ),
    ]
    if way == "file":
        parts.append(
            ft.Row([quiet(look, words("calendars.pick"), pick, icon=ft.Icons.UPLOAD_FILE, key="pick-file")], wrap=True)
        )
        if file:
            parts.append(text(words("calendars.picked", file=file), "small", look.palette.ok))
        else:
            parts += [problem_line(look, words("cover_error.too_large"))] if is_too_large else []
            parts.append(
                field(
                    look,
                    words("calendars.paste"),
                    draft.content or "",
                    lambda value: form.choose(CONTENT, value or None),
                    entry=Entry(hint="BEGIN:VCALENDAR …", lines=4),
                    key="calendar-content",
                )
            )
    else:
        parts.append(
            field(
                look,
                words("feed.address"),
                draft.url or "",
                lambda value: form.choose(URL, value or None),
                entry=Entry(hint="https://…", help=words("calendars.address_help"), keyboard=ft.KeyboardType.URL),
                key="calendar-url",
            )
        )
    if mine.refused is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, mine.refused)))
    parts += [
        filled(look, words("calendars.send"), send, busy=mine.busy or not ready, key="calendar-send"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
