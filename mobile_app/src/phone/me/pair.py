"""Pair a phone: the picture to scan, the code to type, and which phone joined, with Undo."""

from collections.abc import Callable

import flet as ft

from phone.base import moments, problems
from phone.base.addresses import PUSH
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.bars import archive_bar
from phone.kit.controls import filled, quiet
from phone.kit.copy_box import copy_box
from phone.kit.fields import problem_line
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.kit.ticking import Ticking
from phone.me.safety import Safety
from phone.me.security import qr


@ft.component
def PairScreen(window: Window, safety: Safety, look: Look, then: Callable[[], str]) -> ft.Control:
    """Begins with a code, ends with a phone."""
    words = look.words
    body = column(
        [ft.Column(_parts(window, safety, then), spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]
    )
    held = ft.Row([ft.Container(content=body, width=520)]) if look.is_split else body
    return ft.Column(
        [archive_bar(window, words("pair.title"), "/me", []), PullList([held], safety.load)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _parts(window: Window, safety: Safety, then: Callable[[], str]) -> list[ft.Control]:
    look, palette, words = window.look, window.look.palette, window.look.words
    pairing = safety.pairing
    if pairing is not None and pairing.state == "joined":
        return _joined(window, safety, then)
    if pairing is not None and pairing.state in ("undone", "expired"):
        told = text(words(f"pair.{pairing.state}"), "lead", palette.ink)
        return [told, filled(look, words("pair.again"), safety.invite_phone, key="pair-again")]
    parts: list[ft.Control] = [text(words("pair.lead"), "body", palette.muted)]
    if safety.error is not None:
        parts.append(problem_line(look, problems.problem(words, safety.error)))
    if safety.code is None:
        return [*parts, filled(look, words("pair.begin"), safety.invite_phone, key="pair-begin")]
    code = safety.code
    left = Ticking(
        window.clock.seconds,
        lambda now: text(words("pair.left", left=moments.countdown(code.expires_at, now=now)), "small", palette.muted),
    )
    return [
        *parts,
        *_doubts(window, safety),
        ft.Row([qr(look, code.qr_svg, 232)], alignment=ft.MainAxisAlignment.CENTER),
        copy_box(window, words("pair.code"), code.code, key="copy-code"),
        left,
        quiet(look, words("pair.again"), safety.invite_phone, key="pair-again"),
    ]


def _doubts(window: Window, safety: Safety) -> list[ft.Control]:
    """Why scanning will not be enough: said before, not by a phone that finds nobody or stays silent."""
    look, words, me = window.look, window.look.words, window.session.me
    told: list[ft.Control] = []
    if safety.own_machine is not None:
        told.append(_doubt(look, words("pair.own_machine", address=safety.own_machine)))
    if safety.code is not None and not safety.code.rings:
        told.append(_doubt(look, words("pair.silent")))
        if me is not None and "configuration:edit" in me.permissions:
            told.append(quiet(look, words("card.mend_push"), lambda: window.go(PUSH), key="pair-push"))
    return told


def _doubt(look: Look, told: str) -> ft.Control:
    palette = look.palette
    sign = ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=22, color=palette.warning)
    return ft.Container(
        content=ft.Row([sign, text(told, "body", palette.ink, expand=True)], spacing=12),
        bgcolor=palette.warning_bg,
        border_radius=10,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
    )


def _joined(window: Window, safety: Safety, then: Callable[[], str]) -> list[ft.Control]:
    look, palette, words = window.look, window.look.palette, window.look.words
    pairing = safety.pairing
    name = (pairing.device if pairing else None) or words("security.unnamed")
    parts: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(ft.Icons.CHECK_CIRCLE, size=28, color=palette.ok),
                ft.Container(content=heading(words("pair.joined", device=name), "title", palette.ink), expand=True),
            ],
            spacing=12,
        ),
        text(words("pair.joined_lead"), "body", palette.muted),
    ]
    if pairing is not None and pairing.undo_until is not None and pairing.undo_until > window.clock.now():
        undo = lambda: window.change(safety.throw_out(), told="pair.undone")  # noqa: E731 - one call
        parts.append(
            quiet(look, words("pair.undo"), undo, icon=ft.Icons.UNDO, colour=palette.critical, key="pair-undo")
        )
    return [
        *parts,
        filled(
            look,
            words("method.done"),
            lambda: window.go(then()),
            key="pair-done",
        ),
    ]
