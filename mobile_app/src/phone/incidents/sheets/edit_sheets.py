"""Changing what an incident is called, what is written about it, and which incident it is part of."""

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.incidents.open_incident import OpenIncident
from phone.incidents.sheets.resolve_sheet import told_field
from phone.incidents.verbs import Verbs
from phone.kit.choices import check
from phone.kit.controls import Handler, filled, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import filled_in, state
from phone.kit.rows import deed_row
from phone.kit.text import text
from shared.wire.incidents import ChangeIncident, Incident, IncidentItem, Severity

TITLE: Final = place(ChangeIncident, lambda change: change.title)
DESCRIPTION: Final = place(ChangeIncident, lambda change: change.description)
SEVERITY: Final = place(ChangeIncident, lambda change: change.severity)
WRITTEN: Final = (
    place(ChangeIncident, lambda change: change.impact),
    place(ChangeIncident, lambda change: change.root_cause),
    place(ChangeIncident, lambda change: change.method),
    place(ChangeIncident, lambda change: change.lessons),
)
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")


def severity_choice(look: Look, chosen: str | None, choose: Callable[[Severity], Any]) -> ft.Control:
    """One of the three, each with colour, shape and word."""
    chips = [
        check(
            look,
            look.words(f"severity.{severity}"),
            severity == chosen,
            lambda severity=severity: choose(severity),
            sign=shape(severity, severity_colour(look, severity), 12),
            key=f"severity-{severity}",
        )
        for severity in SEVERITIES
    ]
    return ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)


@ft.component
def EditForm(window: Window, incident: Incident, look: Look, *, opened: OpenIncident) -> ft.Control:
    """A severity that is chosen stays; without one it follows the alerts."""
    held = incident.severity if incident.severity_pinned else None
    form = filled_in(
        look.drafts,
        f"edit:{incident.id}",
        ChangeIncident(title=incident.title, description=incident.description, severity=held),
    )
    missing, miss = state(False)
    words, draft, pinned = look.words, form.whole, form.whole.severity

    async def send() -> None:
        title, description = ((each or "").strip() for each in (form.whole.title, form.whole.description))
        miss(not title)
        if not title:
            return
        wanted = ChangeIncident(
            title=title if title != incident.title else None,
            description=description if description != incident.description else None,
            severity=pinned if pinned != held else None,
            severity_pinned=False if held is not None and pinned is None else None,
        )
        opened.ask(None)
        if wanted != ChangeIncident():
            await window.change(opened.change(wanted), told="action.done_edit")

    parts: list[ft.Control] = [
        field(
            look,
            words("edit.title"),
            draft.title or "",
            lambda value: form.type(TITLE, value),
            error=words("edit.title_missing") if missing else None,
            entry=Entry(lines=2),
            key="edit-title",
        ),
        text(words("filter.severity"), "label", look.palette.ink),
        severity_choice(look, pinned, lambda severity: form.choose(SEVERITY, None if severity == pinned else severity)),
        text(words("edit.pinned" if pinned else "edit.follows"), "small", look.palette.muted),
        field(
            look,
            words("edit.description"),
            draft.description or "",
            lambda value: form.type(DESCRIPTION, value),
            entry=Entry(lines=3),
            key="edit-description",
        ),
        filled(look, words("me.save"), send, key="edit-send"),
        quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def ReviewForm(window: Window, incident: Incident, look: Look, *, opened: OpenIncident) -> ft.Control:
    """The four texts, each optional."""
    before = ChangeIncident(
        impact=incident.impact, root_cause=incident.root_cause, method=incident.method, lessons=incident.lessons
    )
    form = filled_in(look.drafts, f"review:{incident.id}", before)

    async def send() -> None:
        wanted = ChangeIncident()
        for at in WRITTEN:
            given = (at.read(form.whole) or "").strip()
            if given != (at.read(before) or ""):
                wanted = at.written(wanted, given)
        opened.ask(None)
        if wanted != ChangeIncident():
            await window.change(opened.change(wanted), told="action.done_edit")

    words = look.words
    return ft.Column(
        [
            text(words("review.lead"), "body", look.palette.muted),
            *(told_field(look, form, at, lines=3, key=f"review-{at.key}") for at in WRITTEN),
            filled(look, words("me.save"), send, key="review-send"),
            quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def MergeForm(window: Window, incident: Incident, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """Open incidents to merge into, those of the same service first."""
    found, find = state(cast(list[IncidentItem] | None, None))
    wanted, want = state("")
    error, fail = state(cast(Exception | None, None))
    into, choose = state(cast(IncidentItem | None, None))
    words = look.words

    async def read() -> None:
        try:
            find(await opened.mergeable(wanted.strip()))
        except (ApiError, Unreachable) as refused:
            fail(refused)

    ft.use_effect(read, [wanted])
    if into is not None:
        return merge_question(
            window, (incident,), into, lambda: verbs.do("merge", incident, into=into.id), lambda: choose(None)
        )
    rows: list[ft.Control] = []
    if error is not None:
        rows = [problem_line(look, problems.problem(words, error))]
    elif found is None:
        rows = [text(words("loading"), "body", look.palette.muted)]
    elif not found:
        rows = [text(words("merge.none"), "body", look.palette.muted)]
    else:
        rows = [_target(window, item, lambda item=item: choose(item)) for item in _nearest(incident, found)]
    return ft.Column(
        [
            text(words("merge.consequence"), "body", look.palette.muted),
            field(look, "", wanted, want, entry=Entry(hint=words("filter.text")), key="merge-search"),
            ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        ],
        spacing=12,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _nearest(incident: Incident, found: list[IncidentItem]) -> list[IncidentItem]:
    return sorted(found, key=lambda item: item.service != incident.service)


def merge_question(
    window: Window, sources: Sequence[IncidentItem], into: IncidentItem, sure: Handler, back: Handler
) -> ft.Control:
    """What becomes of both, before it is done: merging can't be taken back."""
    look, words = window.look, window.look.words
    number = words("incident.number", number=into.number)
    told: list[ft.Control] = [text(item.title, "strong", look.palette.ink) for item in sources]
    about = text(words("merge.into", number=number), "small", look.palette.muted)
    return ft.Column(
        [
            ft.Column([*told, about, text(into.title, "strong", look.palette.ink)], spacing=4, tight=True),
            text(words("merge.question", count=len(sources), number=number), "body", look.palette.ink),
            filled(look, words("merge.sure", number=number), sure, key="merge-sure"),
            quiet(look, words("merge.other"), back, key="merge-back"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _target(window: Window, item: IncidentItem, choose: Handler) -> ft.Control:
    look = window.look
    about = look.words("incident.number", number=item.number)
    if item.service is not None:
        about = f"{about} · {item.service.name}"
    return deed_row(
        look,
        ft.Icons.CALL_MERGE,
        item.title,
        choose,
        about=about,
        key=f"merge-{item.id}",
    )
