"""What was refused of a way in: the last reasons, and who sends with keys that no integration has."""

from collections.abc import Sequence

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.console.form.kind import Known
from phone.console.health import health_line
from phone.console.integrations.strays import Strays
from phone.kit.cards import titled
from phone.kit.text import text
from shared.wire.services import Refusal, StraySender

MARGIN = 16


def reason_lines(look: Look, known: Known, reasons: Sequence[Refusal]) -> list[ft.Control]:
    """Each with what its sender was told, and when."""
    words, palette = known.words, look.palette
    lines: list[ft.Control] = []
    for reason in reasons:
        told = words("refused.reason", status=reason.status, message=reason.message)
        when = moments.moment(words, reason.at, now=known.now, zone=look.zone)
        lines += [text(told, "body", palette.ink, lines=3), text(when, "small", palette.muted)]
    return lines


def stray_senders(look: Look, known: Known, strays: Sequence[StraySender]) -> ft.Control:
    """Below the integrations, with the last three reasons of each."""
    kind, palette = Strays(), look.palette
    lines: list[ft.Control] = []
    for each in strays:
        lines.append(text(kind.title(known, each), "strong", palette.ink, lines=2))
        lines.append(text(kind.summary(known, each), "small", palette.muted, lines=2))
        health = kind.health(known, each)
        if health is not None:
            lines.append(health_line(look, health))
        lines += reason_lines(look, known, each.health.reasons)
    card = titled(look, known.words("stray.title"), lines, help=known.words("stray.help"))
    return ft.Container(content=card, key="strays", padding=ft.Padding.symmetric(horizontal=MARGIN, vertical=12))
