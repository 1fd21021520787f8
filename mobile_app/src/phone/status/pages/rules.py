"""Rules of a page: which incidents of on call are published in whose words, and who is asked before."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import segments, switch
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import drafted_state, filled_in, state
from phone.kit.layout import column
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.names.name_picker import NamePicker, toggled
from phone.names.store import Names
from phone.status.events.fields import PartsField, refused_lines
from phone.status.open_page import OpenPage, PageParts
from phone.status.pages.page_form import removal
from phone.status.rights import may_set_up
from phone.status.set_up import SettingUp
from shared.domain.alerts import Severity
from shared.wire.status_publishing import LabelInput, StatusRule, StatusRuleInput

ASKING: Final = "status-rules-asking"
NEW: Final = "new"


class RuleDraft(StatusRuleInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Labels as they are typed, one a line: `region=eu`."""

    lines: str = ""


NAME: Final = place(RuleDraft, lambda rule: rule.name)
TEMPLATE: Final = place(RuleDraft, lambda rule: rule.template_id)
SERVICES: Final = place(RuleDraft, lambda rule: rule.service_ids)
LINES: Final = place(RuleDraft, lambda rule: rule.lines)
SEVERITY: Final = place(RuleDraft, lambda rule: rule.severity)
CHANGES: Final = place(RuleDraft, lambda rule: rule.changes)
APPROVERS: Final = place(RuleDraft, lambda rule: rule.approver_ids)
RESOLVES: Final = place(RuleDraft, lambda rule: rule.resolves_by_itself)
ACTIVE: Final = place(RuleDraft, lambda rule: rule.is_active)


def as_draft(rule: StatusRule) -> RuleDraft:
    """What stands, to be changed."""
    return RuleDraft(
        name=rule.name,
        service_ids=rule.service_ids,
        severity=rule.severity,
        template_id=rule.template_id,
        changes=rule.changes,
        approver_ids=rule.approver_ids,
        resolves_by_itself=rule.resolves_by_itself,
        is_active=rule.is_active,
        lines="\n".join(f"{each.label}={each.value}" for each in rule.labels),
    )


def unread_line(lines: str) -> str:
    """The first that is not a label and its value; nothing where all are."""
    return next((line for line in _written(lines) if not all(_pair(line))), "")


def _written(lines: str) -> list[str]:
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def as_sent(draft: RuleDraft) -> StatusRuleInput:
    """What is sent of a draft whose lines can all be read."""
    labels = tuple(LabelInput(label=name, value=value) for name, value in map(_pair, _written(draft.lines)))
    return StatusRuleInput(
        name=draft.name,
        service_ids=draft.service_ids,
        labels=labels,
        severity=draft.severity,
        template_id=draft.template_id,
        changes=draft.changes,
        approver_ids=draft.approver_ids,
        resolves_by_itself=draft.resolves_by_itself,
        is_active=draft.is_active,
    )


@ft.component
def RulesScreen(
    window: Window, opened: OpenPage, setting_up: SettingUp, names: Names, look: Look, page_id: str
) -> ft.Control:
    """The list in sentences; a tap opens one in a sheet, for whoever sets the page up."""
    asking, ask = drafted_state(look.drafts, ASKING, "")
    words, parts = look.words, opened.parts
    may = parts is not None and may_set_up(window.session.me, parts.page)

    def begin(what: str) -> None:
        setting_up.calm()
        ask(what)

    def close() -> None:
        ask("")

    chosen = next((each for each in opened.rules if each.id == asking), None)
    is_asked = parts is not None and may and (asking == NEW or chosen is not None)
    form = RuleForm(setting_up, names, look, parts, chosen, close) if parts is not None and is_asked else None
    title = words("status_rules.one" if chosen is not None else "status_rules.new")
    ft.use_dialog(sheet(look, title, [form], close) if form is not None else None)
    may_add = may and parts is not None and bool(_usable(parts))
    add = [icon(look, ft.Icons.ADD, words("status_rules.new"), lambda: begin(NEW), key="new-rule")] if may_add else []
    bar = archive_bar(window, words("status_rules.title"), f"/status-pages/{page_id}", [*add])
    if parts is None:
        wait = placeholders.failed(look, opened.error, window.retry) if opened.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    rows: list[ft.Control] = [_row(look, names, each, begin if may else None) for each in opened.rules]
    if not rows:
        action = quiet(look, words("status_rules.new"), lambda: begin(NEW), icon=ft.Icons.ADD, key="first-rule")
        explained = words("status_rules.empty_text" if may_add or not may else "status_rules.no_template")
        rows = [placeholders.empty(look, words("status_rules.empty"), explained, action=action if may_add else None)]
    return ft.Column(
        [bar, PullList(rows, window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _usable(parts: PageParts) -> tuple[Option, ...]:
    """Templates that a whole incident can begin with."""
    found = [each for each in parts.templates if each.kind == "incident" and each.status is None]
    return tuple(Option(value=each.id, label=each.name) for each in found)


def sentence(look: Look, names: Names, rule: StatusRule) -> str:
    """Of what, how grave, and whether somebody is asked."""
    words = look.words
    of = [names.name("services", each) for each in rule.service_ids]
    of += [f"{each.label}={each.value}" for each in rule.labels]
    severity = words(f"severity.{rule.severity}")
    key = "status_rules.asks" if rule.approver_ids else "status_rules.at_once"
    told = words(key, what=words.names(of), severity=severity)
    return told if rule.is_active else words("status_rules.off", told=told)


def _row(look: Look, names: Names, rule: StatusRule, begin: Callable[[str], Any] | None) -> ft.Control:
    about = sentence(look, names, rule)
    if begin is None:
        lines = [text(rule.name, "strong", look.palette.ink), text(about, "small", look.palette.muted)]
        return ft.Container(content=column([*lines], spacing=2), padding=ft.Padding.symmetric(vertical=12))
    sign = ft.Icons.ROUTE_OUTLINED
    return way_row(look, sign, rule.name, lambda: begin(rule.id), value=about, key=f"rule-{rule.id}")


@ft.component
def RuleForm(
    setting_up: SettingUp,
    names: Names,
    look: Look,
    parts: PageParts,
    before: StatusRule | None,
    close: Callable[[], Any],
) -> ft.Control:
    """Which incidents, whose words, who is asked, how it ends."""
    words, page, usable = look.words, parts.page, _usable(parts)
    blank = RuleDraft(name="", template_id=(usable[0].value or "") if usable else "", severity=Severity.CRITICAL)
    started = as_draft(before) if before is not None else blank
    form = filled_in(look.drafts, f"status-rule:{page.id}:{before.id if before else ''}", started)
    draft = form.whole
    unread, refuse = state("")

    async def send() -> None:
        refuse(unread_line(form.whole.lines))
        if unread_line(form.whole.lines):
            return
        wanted = as_sent(form.whole)
        if await setting_up.save_rule(page.id, before, replace(wanted, name=wanted.name.strip())) is not None:
            close()

    async def remove() -> None:
        if before is not None and await setting_up.remove_rule(page.id, before):
            close()

    grades = [(each.value, words(f"severity.{each.value}"), words(f"severity.{each.value}")) for each in Severity]
    fields: list[ft.Control] = [
        field(look, words("status_rules.name"), draft.name, lambda value: form.type(NAME, value), key="rule-name"),
        text(words("status_rules.services"), "label", look.palette.ink),
        NamePicker(
            look,
            names,
            "services",
            draft.service_ids,
            lambda ident: form.choose(SERVICES, toggled(form.whole.service_ids, ident)),
        ),
        field(
            look,
            words("status_rules.labels"),
            draft.lines,
            lambda value: form.type(LINES, value),
            entry=Entry(hint="region=eu-west-1", help=words("status_rules.labels_help"), lines=2),
            key="rule-labels",
        ),
        *([problem_line(look, words("status_rules.unread", line=unread))] if unread else []),
        text(words("status_rules.severity"), "label", look.palette.ink),
        segments(look, grades, draft.severity.value, lambda value: form.choose(SEVERITY, Severity(value))),
        Picker(
            look,
            Field(key="rule-template", label=words("publish.template"), form="choice", options=usable),
            draft.template_id,
            lambda value: form.choose(TEMPLATE, value or ""),
        ),
        PartsField(look, parts, "incident", draft.changes, lambda value: form.choose(CHANGES, value), {}),
        text(words("status_rules.approvers"), "label", look.palette.ink),
        text(words("status_rules.approvers_help"), "small", look.palette.muted),
        NamePicker(
            look,
            names,
            "people",
            draft.approver_ids,
            lambda ident: form.choose(APPROVERS, toggled(form.whole.approver_ids, ident)),
        ),
        switch(
            look,
            words("status_rules.resolves"),
            draft.resolves_by_itself,
            lambda: form.choose(RESOLVES, not form.whole.resolves_by_itself),
            key="rule-resolves",
        ),
        switch(
            look,
            words("status_rules.active"),
            draft.is_active,
            lambda: form.choose(ACTIVE, not form.whole.is_active),
            key="rule-active",
        ),
        *refused_lines(look, setting_up.refused),
        filled(look, words("publish.save"), send, busy=setting_up.busy, key="rule-send"),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    if before is not None:
        label, about = words("status_rules.remove"), words("status_rules.remove_text")
        fields.append(removal(look, label, about, remove, key="remove-rule"))
    return ft.Column(fields, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
