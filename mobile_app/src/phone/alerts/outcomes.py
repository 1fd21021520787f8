"""What the screens of alerts and events share: their bar, their two halves, marks of what became of each."""

import flet as ft

from phone.app import App
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.kit.choices import segments
from phone.kit.controls import icon
from phone.kit.marks import pill
from phone.kit.text import heading, text
from shared.wire.alerts import FoundAlert
from shared.wire.events import EventState


def archive_bar(app: App, title: str, back: str, actions: list[ft.Control]) -> ft.Control:
    """Back, title, and what can be done."""
    look = app.look
    arrow = icon(look, ft.Icons.ARROW_BACK, look.words("back.plain"), lambda: app.go(back), key="back")
    row = ft.Row(
        [
            arrow,
            ft.Container(content=heading(title, "title", look.palette.ink, level=1, lines=2), expand=True),
            *actions,
        ],
        spacing=4,
    )
    return ft.Container(content=row, padding=ft.Padding.only(left=4, right=4, top=8, bottom=4))


def halves(app: App, shown: str) -> ft.Control:
    """Alerts as they were understood, or events as they came."""
    words = app.look.words
    choices = [(each, words(f"archive.{each}"), words(f"archive.{each}")) for each in ("alerts", "events")]
    return segments(app.look, choices, shown, lambda value: app.go(f"/{value}"))


def outcome_pill(look: Look, alert: FoundAlert) -> ft.Container:
    """Word and sign: paged with its incident, silenced, dropped."""
    palette, words = look.palette, look.words
    if alert.outcome == "incident":
        number = alert.incident.number if alert.incident else ""
        label = words("outcome.number", number=number) if number else words("outcome.incident")
        sign = ft.Icon(ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED, size=14, color=palette.accent)
        return pill(label, palette.accent, palette.accent_bg, sign=sign)
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


def facts(look: Look, pairs: list[tuple[str, str]]) -> ft.Control:
    """Name and value, line by line."""
    palette = look.palette
    rows = [
        ft.MergeSemantics(
            content=ft.Row(
                [
                    ft.Container(content=text(name, "small", palette.muted), width=112),
                    text(value, "body", palette.ink, expand=True),
                ],
                spacing=8,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
        for name, value in pairs
        if value
    ]
    return ft.Column(list(rows), spacing=8, tight=True)


def padded(parts: list[ft.Control], *, spacing: float = 12) -> list[ft.Control]:
    """Each part between the margins, one item each for a lazy list."""
    return [
        ft.Container(content=part, padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, bottom=spacing))
        for part in parts
    ]


def title(look: Look, words: str) -> ft.Control:
    """A small heading over a part."""
    return ft.Container(content=heading(words, "label", look.palette.muted), padding=ft.Padding.only(top=8))


def scrolled(chips: list[ft.Control]) -> ft.Control:
    """Chips in one line that may be wider than the screen."""
    return ft.Row(chips, spacing=8, scroll=ft.ScrollMode.AUTO)
