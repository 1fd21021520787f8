"""What happens next: a sentence with its countdown, and the levels in a row."""

from datetime import datetime

import flet as ft

from phone.base.theme import enlargement
from phone.base.window import Window
from phone.incidents import wording
from phone.kit.text import heading, sentence, text
from phone.kit.ticking import Ticking
from shared.wire.incidents import Escalation, EscalationStep, Incident

SHOWN = 4
CELL = 90
"""The width of a window, for each level beside the others, in which most family names stand on one line."""


def escalation_card(window: Window, incident: Incident) -> ft.Control:
    """The card of an incident in any state."""
    look, palette = window.look, window.look.palette
    ticks = window.clock.seconds if incident.state == "triggered" else window.clock.minutes

    def draw(now: datetime) -> ft.Control:
        pieces = wording.next_sentence(look.reader, incident, now=now)
        apart = {
            "who": palette.ink,
            "countdown": palette.critical if incident.state == "triggered" else palette.ink,
        }
        return sentence(pieces, "lead", palette.ink, apart=apart)

    parts: list[ft.Control] = [
        heading(look.words("incident.next"), "label", palette.muted),
        Ticking(ticks, draw),
    ]
    if incident.state == "triggered" and incident.escalation.steps:
        parts.append(_steps(window, incident))
    if incident.state == "resolved" and incident.method:
        parts.append(text(look.words("next.resolution", text=incident.method), "body", palette.ink))
    return ft.Container(
        content=ft.Column(parts, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def _steps(window: Window, incident: Incident) -> ft.Control:
    steps = incident.escalation.steps
    current = next((i for i, step in enumerate(steps) if step.state in ("now", "next")), 0)
    fitting = SHOWN if window.look.is_split else max(2, min(SHOWN, int(window.look.width / enlargement() / CELL)))
    first = max(0, min(current, len(steps) - fitting))
    shown = steps[first : first + fitting]
    cells = [_step(window, incident.escalation, step) for step in shown]
    return ft.Container(
        content=ft.Row(list(cells), spacing=8, vertical_alignment=ft.CrossAxisAlignment.START),
        padding=ft.Padding.only(top=8),
    )


def _step(window: Window, run: Escalation, step: EscalationStep) -> ft.Control:
    look, palette = window.look, window.look.palette
    when = wording.step_time(look.reader, step, now=window.clock.minutes.at)
    who = look.reader.alone(*wording.step_refs(step))
    is_now = step.state == "now"
    colour = palette.critical if is_now else palette.faint if step.state == "done" else palette.line
    return ft.Semantics(
        label=wording.step_label(look.reader, run, step, now=window.clock.minutes.at),
        exclude_semantics=True,
        expand=True,
        content=ft.Container(
            border=ft.Border.only(top=ft.BorderSide(width=3, color=colour)),
            padding=ft.Padding.only(top=8),
            content=ft.Column(
                [
                    text(when, "label" if is_now else "small", palette.critical if is_now else palette.muted),
                    text(who, "label" if is_now else "small", palette.ink, lines=3),
                ],
                spacing=2,
            ),
        ),
    )
