"""On the incidents' screen until all is set up: how far, and the way on."""

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.console.directory import Directory
from phone.first_run.store import STEPS, FirstRun
from phone.kit.controls import icon, quiet
from phone.kit.text import heading, text
from phone.me.ways import Ways


@ft.component
def ChecklistCard(window: Window, first_run: FirstRun, _directory: Directory, _ways: Ways, look: Look) -> ft.Control:
    """Nothing for whoever may not set up, for whom everything is, or who sent it away."""
    palette, words = look.palette, look.words
    if not first_run.is_wanted:
        return ft.Container(height=0)
    left = [step for step in STEPS if not first_run.is_done(step)]
    bars: list[ft.Control] = [
        ft.Container(
            height=6, expand=True, border_radius=3, bgcolor=palette.ok if first_run.is_done(step) else palette.fill
        )
        for step in STEPS
    ]
    told = words("first.left", count=len(left), next=words(f"first.{left[0]}"))
    head = ft.Row(
        [
            ft.Container(content=heading(words("first.card"), "strong", palette.ink), expand=True),
            icon(look, ft.Icons.CLOSE, words("first.dismiss"), first_run.dismiss, key="first-dismiss"),
        ],
        height=48,
    )
    go_on = quiet(look, words("first.continue"), lambda: window.go("/first-run"), key="first-continue")
    return ft.Container(
        content=ft.Column(
            [
                head,
                ft.Semantics(
                    label=words("first.progress", done=first_run.done, count=len(STEPS)),
                    content=ft.Row(bars, spacing=4),
                ),
                text(told, "body", palette.muted),
                ft.Row([go_on], tight=True),
            ],
            spacing=8,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=14,
        padding=ft.Padding.only(left=16, right=16, top=6, bottom=14),
    )
