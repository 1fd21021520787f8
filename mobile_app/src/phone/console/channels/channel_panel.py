"""A channel's test: a message to the reader, and how far it got."""

import flet as ft

from phone.base import problems
from phone.base.window import Window
from phone.console.beside import Beside
from phone.console.form.kind import Known, Tone
from phone.console.health import sign
from phone.kit.cards import titled
from phone.kit.controls import quiet
from phone.kit.text import text
from shared.wire.channels import Channel


@ft.component
def ChannelPanel(window: Window, beside: Beside, known: Known, item: Channel) -> ft.Control:
    """Only what is configured can be tried."""
    look, words = window.look, known.words
    if not item.is_configured:
        return text(words("channel.configure_first"), "body", look.palette.muted)
    lines: list[ft.Control] = []
    if beside.test != "none":
        tone: Tone = "ok" if beside.test == "became" else "warning" if beside.test == "failed" else "quiet"
        if beside.test == "failed":
            told = problems.problem(words, beside.error) if beside.error is not None else _reason(known, beside)
        else:
            told = words(f"channel_test.{beside.test}")
        row = ft.Row([sign(look, tone, 16), text(told, "body", look.palette.ink, expand=True)], spacing=8)
        lines.append(ft.Semantics(live_region=True, content=row))
    if beside.test not in ("sending", "received"):
        send = quiet(
            look, words("channel_test.send"), beside.test_channel, icon=ft.Icons.SEND_OUTLINED, key="test-channel"
        )
        lines.append(ft.Row([send], tight=True))
    return titled(look, words("channel_test.title"), lines, help=words("channel_test.help"))


def _reason(known: Known, beside: Beside) -> str:
    return known.words("health.send_failed", reason=problems.reason(known.words, beside.test_reason))
