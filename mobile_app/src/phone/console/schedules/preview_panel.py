"""What saving a schedule would bring: who gains and loses what, the next two weeks, and hours that nobody has."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

import flet as ft

from phone.base import moments, problems
from phone.base.look import Look
from phone.base.window import Window
from phone.console.form.changes import refusal
from phone.console.form.editor import Editor, Typed
from phone.console.form.kind import Known
from phone.console.layers.drafts import LAYERS, ZONE, ScheduleDraft
from phone.console.layers.layer_sentence import role_name
from phone.console.schedules.kind import Schedules
from phone.console.schedules.rehearsal import Rehearsal
from phone.console.schedules.shift_changes import change_lines, day_date, span_text
from phone.kit.controls import word
from phone.kit.fields import problem_line
from phone.kit.marks import avatar
from phone.kit.text import heading, text
from shared.domain.on_call.layer_edits import Change
from shared.domain.on_call.schedules import Gap
from shared.domain.on_call.shifts import Shift
from shared.wire.lists import Ref
from shared.wire.problems import FieldProblem
from shared.wire.schedules import Preview

KIND: Final = Schedules()
MOST_SHIFTS: Final = 24
MOST_GAPS: Final = 5


@ft.component
def PreviewPanel(window: Window, editor: Editor, _typed: Typed, rehearsal: Rehearsal, known: Known) -> ft.Control:
    """Asks again whenever the form says something else and a moment has passed."""
    look, words, sheet = window.look, known.words, editor.sheet
    is_here = sheet is not None and editor.kind is not None and editor.kind.slug == KIND.slug
    draft = sheet.draft if sheet is not None and is_here else None
    wanted = KIND.preview(known, draft, editor.item) if isinstance(draft, ScheduleDraft) else None

    async def ask() -> None:
        await rehearsal.want(wanted)

    ft.use_effect(ask, [repr(wanted)])
    if not is_here:
        return ft.Container(height=0)
    parts: list[ft.Control] = []
    answer, zone_name = rehearsal.answer, editor.value(ZONE) or ""
    if wanted is None:
        parts.append(text(words("preview.choose_people"), "body", look.palette.muted))
    elif rehearsal.error is not None:
        parts.append(problem_line(look, problems.problem(words, rehearsal.error)))
        parts.append(ft.Row([word(look, words("retry"), rehearsal.again, key="preview-again")]))
    elif rehearsal.doubts:
        parts.append(text(words("preview.has_errors", count=rehearsal.doubts), "body", look.palette.muted))
    elif answer is None:
        parts.append(text(words("preview.asking"), "body", look.palette.muted))
    else:
        zone = moments.zone_of(zone_name)
        is_changed = not editor.is_new and any(each.at == LAYERS for each in editor.changes())
        parts += outlook(look, known, answer, zone, is_changed=is_changed)
    if rehearsal.is_behind and answer is not None:
        parts.insert(0, text(words("preview.behind"), "small", look.palette.muted))
    lead = words("preview.lead", zone=zone_name.replace("_", " "))
    head: list[ft.Control] = [
        heading(words("preview.title"), "strong", look.palette.ink),
        text(lead, "small", look.palette.muted),
    ]
    return ft.Column(
        [ft.Column(head, spacing=2, tight=True), *parts],
        spacing=10,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def outlook(look: Look, known: Known, answer: Preview, zone: tzinfo, *, is_changed: bool) -> list[ft.Control]:
    """Gaps first, then what changes for whom, then the shifts by day."""
    people = answer.people
    parts: list[ft.Control] = []
    if answer.gaps:
        parts.append(gaps_card(look, answer.gaps, zone))
    parts += [warning_line(look, known, each) for each in answer.warnings]
    if is_changed or answer.changes:
        parts.append(changes_card(look, answer.changes, people, zone))
    parts.append(_shifts(look, known, answer.shifts, people, zone))
    return parts


def gaps_card(look: Look, gaps: list[Gap], zone: tzinfo) -> ft.Control:
    """Hours in which no one is on call, in red."""
    palette, words = look.palette, look.words
    lines: list[ft.Control] = [
        text(span_text(words, gap.start, gap.end, zone), "small", palette.ink) for gap in gaps[:MOST_GAPS]
    ]
    if len(gaps) > MOST_GAPS:
        lines.append(text(words("preview.more_gaps", count=len(gaps) - MOST_GAPS), "small", palette.ink))
    head = ft.Row(
        [
            ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=18, color=palette.critical),
            text(words("preview.no_one"), "label", palette.critical, expand=True),
        ],
        spacing=8,
    )
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Column([head, *lines], spacing=4, tight=True),
            bgcolor=palette.critical_bg,
            border_radius=12,
            padding=ft.Padding.all(12),
        ),
    )


def warning_line(look: Look, known: Known, each: FieldProblem) -> ft.Control:
    """What was put right, or should be looked at."""
    palette = look.palette
    sign = ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=18, color=palette.warning)
    return ft.Row(
        [sign, text(refusal(known, each), "small", palette.ink, expand=True)],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def changes_card(look: Look, changes: list[Change], people: Mapping[str, str], zone: tzinfo) -> ft.Control:
    """Who gains and who loses."""
    palette, words = look.palette, look.words
    told = change_lines(look.reader, changes, people, zone) or [words("preview.no_change")]
    lines: list[ft.Control] = [text(each, "body", palette.ink) for each in told]
    return ft.Container(
        content=ft.Column(lines, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(14),
    )


def _shifts(look: Look, known: Known, shifts: list[Shift], people: Mapping[str, str], zone: tzinfo) -> ft.Control:
    palette, words = look.palette, look.words
    rows: list[ft.Control] = []
    day: datetime | None = None
    for shift in shifts[:MOST_SHIFTS]:
        local = max(shift.start, known.now).astimezone(zone)
        if day is None or local.date() != day.date():
            day = local
            top = 12 if rows else 0
            label = text(day_date(words, local), "label", palette.muted)
            rows.append(ft.Container(content=label, padding=ft.Padding.only(top=top, bottom=4)))
        rows.append(_shift(look, known, shift, people, zone))
    left = len(shifts) - MOST_SHIFTS
    if left > 0:
        more = text(words("preview.more_shifts", count=left), "small", palette.muted)
        rows.append(ft.Container(content=more, padding=ft.Padding.only(top=10)))
    if not rows:
        rows.append(text(words("preview.no_shifts"), "body", palette.muted))
    return ft.Container(
        content=ft.Column(rows, spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(14),
    )


def _shift(look: Look, known: Known, shift: Shift, people: Mapping[str, str], zone: tzinfo) -> ft.Control:
    palette, words = look.palette, look.words
    name = known.reader.alone(Ref(shift.user_id, people.get(shift.user_id) or words("console.unseen")))
    start, end = shift.start.astimezone(zone), shift.end.astimezone(zone)
    until = moments.clock(shift.end, zone)
    if end.date() != start.date():
        until = words("preview.day_clock", day=day_date(words, end), clock=until)
    when = (
        words("preview.since", end=until)
        if shift.starts_before
        else words("layer.period", start=moments.clock(shift.start, zone), end=until)
    )
    if shift.continues_after:
        when = (
            words("preview.goes_on")
            if shift.starts_before
            else words("preview.from", start=moments.clock(shift.start, zone))
        )
    role = f" · {role_name(known, shift.role_id)}" if shift.role_id else ""
    lines: list[ft.Control] = [
        text(name, "button", palette.ink, lines=1),
        text(f"{when}{role}", "small", palette.muted),
    ]
    mark = avatar(look, known.name("people", shift.user_id), who=shift.user_id, size=28)
    return ft.MergeSemantics(
        content=ft.Container(
            content=ft.Row(
                [mark, ft.Column(lines, spacing=0, tight=True, expand=True)],
                spacing=10,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            padding=ft.Padding.symmetric(vertical=4),
        )
    )
