"""Messages to me that did not arrive, each with its reason."""

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import Face, tappable
from phone.kit.pulling import PullList
from phone.kit.text import text
from phone.me import saying
from phone.me.ways import Ways
from shared.wire.notifications import NotificationItem


@ft.component
def MessagesScreen(window: Window, ways: Ways, look: Look) -> ft.Control:
    """Newest first; a page leads to its incident."""
    words = look.words
    rows: list[ft.Control] = [_row(window, item) for item in ways.failed]
    if ways.rules is None:
        waits = placeholders.failed(look, ways.error, ways.load) if ways.error else placeholders.skeleton(look)
        rows = [waits]
    elif not rows:
        rows = [placeholders.empty(look, words("messages.none"), words("messages.none_text"))]
    return ft.Column(
        [archive_bar(window, words("messages.title"), "/me", []), PullList(rows, ways.load)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(window: Window, item: NotificationItem) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    channel = words.first(f"channel.{item.channel}", "timeline.other", kind=item.channel)
    about = f"{channel} · {item.label}"
    title = words("messages.page", number=item.incident_number) if item.incident_number else words("messages.other")
    content = ft.Row(
        [
            ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=20, color=palette.warning),
            ft.Column(
                [
                    text(title, "strong", palette.ink),
                    text(about, "small", palette.muted),
                    text(words("trial.failed", reason=saying.why(words, item)), "small", palette.warning),
                ],
                spacing=2,
                expand=True,
            ),
            text(moments.ago(words, item.created_at, now=window.clock.minutes.at), "small", palette.muted),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    face = Face(padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=12))
    to = f"/incidents/{item.incident_id}" if item.incident_id else "/me/messages"
    return ft.Column(
        [
            tappable(look, content, lambda: window.go(to), face=face, key=f"message-{item.id}"),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=48)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
