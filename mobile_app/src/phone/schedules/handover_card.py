"""What whoever comes on call should know: open incidents, silences that end, noise, and the last remark."""

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments, problems
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.kit.cards import card, titled
from phone.kit.controls import Face, filled, quiet, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import filled_in
from phone.kit.text import text
from phone.schedules.handover_store import OpenHandover
from shared.wire.handovers import Handover, HandoverIncident, Remark, RemarkInput

SHOWN = 4
TEXT = place(RemarkInput, lambda remark: remark.text)


@ft.component
def HandoverCard(window: Window, opened: OpenHandover, look: Look) -> ft.Control:
    """Nothing while it isn't known: the schedule's screen is about more than this."""
    form = filled_in(look.drafts, f"remark:{opened.schedule_id}", RemarkInput(text=""))
    found, words = opened.handover, look.words
    if found is None:
        return ft.Container(height=0)
    parts: list[ft.Control] = []
    if found.remark is not None:
        parts.append(_remark(window, found.remark))
    parts += _facts(window, found)
    if opened.writes:
        parts += _writing(look, opened, form)
    elif window.may_act:

        def begin() -> None:
            mine = found.remark is not None and found.remark.by.id == look.person
            form.fill(RemarkInput(text=found.remark.text if mine and found.remark is not None else ""))
            opened.write(True)

        label = words("handover.leave")
        parts.append(ft.Row([quiet(look, label, begin, icon=ft.Icons.EDIT_NOTE, key="leave-remark")], tight=True))
    return titled(look, words("handover.title"), [card(look, parts, spacing=12)])


def _remark(window: Window, remark: Remark) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    when = moments.ago(words, remark.at, now=window.clock.minutes.at)
    return ft.Container(
        content=ft.Column(
            [
                ft.Semantics(
                    label=remark.text,
                    exclude_semantics=True,
                    content=ft.Text(remark.text, style=text("", "body", palette.ink).style, selectable=True),
                ),
                text(words("handover.by", who=look.reader.person(remark.by), when=when), "small", palette.muted),
            ],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=palette.fill,
        border_radius=10,
        padding=ft.Padding.symmetric(horizontal=14, vertical=10),
    )


def _facts(window: Window, found: Handover) -> list[ft.Control]:
    look, palette, words = window.look, window.look.palette, window.look.words
    parts: list[ft.Control] = []
    if found.incidents:
        parts.append(text(words("handover.incidents", count=len(found.incidents)), "label", palette.ink))
        rows = [_incident(window, each) for each in found.incidents[:SHOWN]]
        parts.append(ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    for silence in found.silences[:SHOWN]:
        ends = moments.moment(words, silence.ends_at, now=window.clock.minutes.at, zone=look.zone)
        name = silence.name or words("handover.silence_unnamed")
        parts.append(_line(look, ft.Icons.NOTIFICATIONS_OFF_OUTLINED, words("handover.silence", name=name, ends=ends)))
    if found.noise:
        noisy = [words("handover.noisy", service=each.service.name, count=each.alerts) for each in found.noise[:3]]
        parts.append(_line(look, ft.Icons.GRAPHIC_EQ, words("handover.noise", services=words.names(noisy))))
    if not parts:
        parts.append(_line(look, ft.Icons.CHECK, words("handover.calm")))
    return parts


def _line(look: Look, sign: ft.IconData, told: str) -> ft.Control:
    return ft.Row(
        [ft.Icon(sign, size=18, color=look.palette.muted), text(told, "small", look.palette.ink, expand=True)],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _incident(window: Window, each: HandoverIncident) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    since = moments.ago(words, each.since, now=window.clock.minutes.at)
    state = words.first(f"state.{each.state}", "state.triggered")
    row = ft.Row(
        [
            shape(each.severity, severity_colour(look, each.severity)),
            ft.Column(
                [
                    text(each.title, "strong", palette.ink, lines=2),
                    text(
                        words(
                            "handover.incident", severity=words(f"severity.{each.severity}"), state=state, since=since
                        ),
                        "small",
                        palette.muted,
                    ),
                ],
                spacing=1,
                tight=True,
                expand=True,
            ),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=12,
    )
    return tappable(
        look,
        row,
        lambda: window.go(f"/incidents/{each.id}"),
        face=Face(padding=ft.Padding.symmetric(horizontal=0, vertical=8), radius=8),
        key=f"handover-{each.id}",
    )


def _writing(look: Look, opened: OpenHandover, form: Draft[RemarkInput]) -> list[ft.Control]:
    words = look.words
    parts: list[ft.Control] = [
        field(
            look,
            words("handover.remark"),
            form.whole.text,
            lambda value: form.type(TEXT, value),
            entry=Entry(hint=words("handover.remark_hint"), help=words("handover.remark_help"), lines=4),
            key="remark",
        )
    ]
    if opened.refused is not None:
        parts.append(problem_line(look, problems.problem(words, opened.refused)))
    parts.append(
        filled(look, words("handover.send"), lambda: opened.leave(form.whole), busy=opened.busy, key="remark-send")
    )
    parts.append(quiet(look, words("cancel"), lambda: opened.write(False), key="remark-cancel"))
    return parts
