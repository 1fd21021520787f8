"""Templates of a page: words to begin with, for a whole event or for an update."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft
import msgspec
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import segments
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import Entry, field
from phone.kit.form_field import Field, Option
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.layout import column
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.status import wording
from phone.status.events.fields import InBothLanguages, PartsField, refused_lines
from phone.status.events.publish_sheet import KINDS
from phone.status.open_page import OpenPage, PageParts
from phone.status.pages.page_form import removal
from phone.status.rights import may_set_up
from phone.status.set_up import SettingUp
from shared.domain.status.events import STATUSES, is_closed
from shared.wire.status_pages import StatusTemplate, StatusTemplateInput

ASKING: Final = "status-templates-asking"
NEW: Final = "new"
NAME: Final = place(StatusTemplateInput, lambda template: template.name)
STATUS: Final = place(StatusTemplateInput, lambda template: template.status)
TITLE: Final = place(StatusTemplateInput, lambda template: template.title)
BODY: Final = place(StatusTemplateInput, lambda template: template.body)
CHANGES: Final = place(StatusTemplateInput, lambda template: template.changes)


@ft.component
def TemplatesScreen(window: Window, opened: OpenPage, setting_up: SettingUp, look: Look, page_id: str) -> ft.Control:
    """The list; a tap opens one in a sheet, for whoever sets the page up."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    words, parts = look.words, opened.parts
    may = parts is not None and may_set_up(window.session.me, parts.page)

    def begin(what: str) -> None:
        setting_up.calm()
        ask(what)

    def close() -> None:
        ask("")

    chosen = next((each for each in parts.templates if each.id == asking), None) if parts is not None else None
    is_asked = parts is not None and may and (asking == NEW or chosen is not None)
    form = TemplateForm(setting_up, look, parts, chosen, close) if parts is not None and is_asked else None
    title = words("templates.one" if chosen is not None else "templates.new")
    ft.use_dialog(sheet(look, title, [form], close) if form is not None else None)
    add = [icon(look, ft.Icons.ADD, words("templates.new"), lambda: begin(NEW), key="new-template")] if may else []
    bar = archive_bar(window, words("templates.title"), f"/status-pages/{page_id}", [*add])
    if parts is None:
        wait = placeholders.failed(look, opened.error, window.retry) if opened.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    rows: list[ft.Control] = [_row(look, parts, each, begin if may else None) for each in parts.templates]
    if not rows:
        action = quiet(look, words("templates.new"), lambda: begin(NEW), icon=ft.Icons.ADD, key="first-template")
        rows = [
            placeholders.empty(
                look, words("templates.empty"), words("templates.empty_text"), action=action if may else None
            )
        ]
    return ft.Column(
        [bar, PullList(rows, window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(look: Look, parts: PageParts, each: StatusTemplate, begin: Callable[[str], Any] | None) -> ft.Control:
    words = look.words
    use = words(f"status_event.{each.status}") if each.status is not None else words("templates.whole")
    first = wording.said(words, each.title if each.status is None else each.body, parts.page)
    about = words("templates.about", kind=words(f"status_kind.{each.kind}"), use=use, words=first)
    if begin is None:
        lines = [text(each.name, "strong", look.palette.ink), text(about, "small", look.palette.muted)]
        return ft.Container(content=column([*lines], spacing=2), padding=ft.Padding.symmetric(vertical=12))
    sign = ft.Icons.ARTICLE_OUTLINED
    return way_row(look, sign, each.name, lambda: begin(each.id), value=about, key=f"template-{each.id}")


@ft.component
def TemplateForm(
    setting_up: SettingUp, look: Look, parts: PageParts, before: StatusTemplate | None, close: Callable[[], Any]
) -> ft.Control:
    """Name, use, words, and what becomes of parts."""
    words, page = look.words, parts.page
    blank = StatusTemplateInput(name="", kind="incident")
    started = msgspec.convert(before, StatusTemplateInput, from_attributes=True) if before is not None else blank
    form = filled_in(look.drafts, f"status-template:{page.id}:{before.id if before else ''}", started)
    draft = form.whole

    async def send() -> None:
        if await setting_up.save_template(page.id, before, form.whole) is not None:
            close()

    async def remove() -> None:
        if before is not None and await setting_up.remove_template(page.id, before):
            close()

    uses = (
        Option(value=None, label=words("templates.whole")),
        *(Option(value=each, label=words(f"status_event.{each}")) for each in STATUSES[draft.kind]),
    )
    by_name = {each: each for each in STATUSES[draft.kind]}
    kinds = [(each, words(f"status_kind.{each}"), words(f"status_kind.{each}")) for each in KINDS]
    fields: list[ft.Control] = [
        field(look, words("templates.name"), draft.name, lambda value: form.type(NAME, value), key="template-name"),
        segments(
            look, kinds, draft.kind, lambda value: form.fill(replace(form.whole, kind=value, status=None, changes=()))
        ),
        Picker(
            look,
            Field(key="template-use", label=words("templates.use"), form="choice", options=uses),
            draft.status,
            lambda value: form.choose(STATUS, by_name.get(value) if value is not None else None),
        ),
    ]
    if draft.status is None:
        fields.append(
            InBothLanguages(
                look,
                words("publish.event_title"),
                draft.title,
                page.language,
                lambda language, value: form.type(TITLE, replace(form.whole.title, **{language: value})),
                name="template-title",
            )
        )
    fields.append(
        InBothLanguages(
            look,
            words("publish.message"),
            draft.body,
            page.language,
            lambda language, value: form.type(BODY, replace(form.whole.body, **{language: value})),
            entry=Entry(lines=4),
            name="template-body",
        )
    )
    if draft.status is None or not is_closed(draft.kind, draft.status):
        fields.append(PartsField(look, parts, draft.kind, draft.changes, lambda value: form.choose(CHANGES, value), {}))
    fields += refused_lines(look, setting_up.refused)
    fields += [
        filled(look, words("publish.save"), send, busy=setting_up.busy, key="template-send"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    if before is not None:
        fields.append(
            removal(look, words("templates.remove"), words("templates.remove_text"), remove, key="remove-template")
        )
    return ft.Column(fields, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
