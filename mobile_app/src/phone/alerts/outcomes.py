"""What the screens of alerts and events share: their bar, their two halves, marks of what became of each."""

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.kit.choices import segments
from phone.kit.marks import pill
from shared.wire.alerts import FoundAlert
from shared.wire.events import EventState


def halves(window: Window, shown: str) -> ft.Control:
    """Alerts as they were understood, or events as they came."""
    words = window.look.words
    choices = [(each, words(f"archive.{each}"), words(f"archive.{each}")) for each in ("alerts", "events")]
    return segments(window.look, choices, shown, lambda value: window.go(f"/{value}"))


def outcome_pill(look: Look, alert: FoundAlert) -> ft.Container:
    """Word and sign: paged with its incident, silenced, dropped."""
    palette, words = look.palette, look.words
    if alert.outcome == "incident":
        number = alert.incident.number if alert.incident else ""
        label = words("outcome.number", number=number) if number else words("outcome.incident")
        sign = ft.Icon(ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED, size=14, color=palette.ink)
        return pill(label, palette.ink, palette.fill, sign=sign)
    signs = {"silenced": ft.Icons.NOTIFICATIONS_OFF_OUTLINED, "dropped": ft.Icons.DELETE_SWEEP_OUTLINED}
    sign = ft.Icon(signs[alert.outcome], size=14, color=palette.muted)
    return pill(words(f"outcome.{alert.outcome}"), palette.muted, palette.fill, sign=sign)


def event_pill(look: Look, state: EventState) -> ft.Container:
    """What became of one request."""
    palette, word = look.palette, look.words(f"event_state.{state}")
    if state == "failed":
        sign = ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=14, color=palette.warning)
        return pill(word, palette.warning, palette.warning_bg, sign=sign)
    if state == "done":
        return pill(word, palette.ok, palette.ok_bg, sign=ft.Icon(ft.Icons.CHECK, size=14, color=palette.ok))
    return pill(word, palette.muted, palette.fill)
