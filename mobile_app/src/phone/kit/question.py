"""What takes something away for good asks once, in place, and names what that means."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from phone.base.look import Look
from phone.kit.cards import card
from phone.kit.controls import Handler, filled, quiet
from phone.kit.hooks import state
from phone.kit.text import text


@dataclass(frozen=True, kw_only=True)
class Question:
    """`what` it is about, where nothing around it says so, `about` the consequence, `yes` the button that brings it.

    `key` names who asks.
    """

    about: str
    yes: str
    key: str
    what: str = ""


@ft.component
def AskedOnce(look: Look, question: Question, act: Handler, draw: Callable[[Handler], ft.Control]) -> ft.Control:
    """What `draw` makes of a handler; a tap on it shows the question in its place."""
    asked, ask = state("")
    if asked != question.key:
        return draw(lambda: ask(question.key))

    async def answer() -> None:
        ask("")
        result = act()
        if hasattr(result, "__await__"):
            await result

    palette, words = look.palette, look.words
    yes = filled(
        look,
        question.yes,
        answer,
        colour=palette.critical_fill,
        ink=palette.on_critical,
        key=f"{question.key}-yes",
    )
    lines: list[ft.Control] = [text(question.what, "strong", palette.ink)] if question.what else []
    lines.append(text(question.about, "body", palette.ink))
    told = ft.Semantics(live_region=True, content=ft.Column(lines, spacing=2, tight=True))
    no = quiet(look, words("cancel"), lambda: ask(""), key=f"{question.key}-no")
    return card(look, [told, ft.Row([yes, no], spacing=8, run_spacing=8, wrap=True)])
