"""The hand-over sheet: time off, asking for cover, giving the pager; taking it asks in one of its own."""

from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.hand_over.ask_form import AskForm
from phone.hand_over.off_form import OffForm
from phone.hand_over.pager_forms import GiveForm, TakeForm
from phone.hand_over.store import HandOver
from phone.kit.cards import tile, tiles_in
from phone.kit.choices import segments
from phone.kit.sheet import sheet

SIDES: Final = ("off", "ask", "give")


@ft.component
def HandOverSheet(
    window: Window,
    door: HandOver,
    look: Look,
) -> ft.Control:
    """Draws nothing itself: what it opens lies over everything."""
    ft.use_dialog(hand_over_dialog(window, door, look))
    return ft.Container(width=0, height=0)


def hand_over_dialog(
    window: Window,
    door: HandOver,
    look: Look,
) -> ft.BottomSheet | None:
    """The sheet itself: where it follows another sheet, one component must show both, in the place of each other."""
    words = look.words
    if door.side is None:
        return None
    if door.side == "take":
        return sheet(
            look, words("take.title"), [TakeForm(window, door.pager, window.link, look, hand_over=door)], door.close
        )
    choices = [(each, words(f"hand_over.{each}"), words(f"hand_over.{each}")) for each in SIDES]
    forms = {
        "off": lambda: OffForm(window, door.off, door.off.form, door.names, window.link, look, hand_over=door),
        "ask": lambda: AskForm(door.cover, door.cover.form, door.names, window.link, look, hand_over=door),
        "give": lambda: GiveForm(window, door.pager, door.pager.form, door.names, window.link, look, hand_over=door),
    }
    parts = [segments(look, choices, door.side, door.turn), forms[door.side]()]
    return sheet(look, words("hand_over.title"), parts, door.close)


def hand_over_tiles(
    window: Window, *, schedule_id: str | None = None, gives: bool = True, door: HandOver
) -> ft.Control:
    """The three ways out of a watch; without one, the two that look ahead."""
    look = window.look
    tiles = [
        tile(
            look,
            ft.Icons.BACK_HAND_OUTLINED,
            look.words("hand_over.ask"),
            lambda: door.open("ask", schedule_id=schedule_id),
            key=f"ask-{schedule_id or 'any'}",
        ),
        tile(
            look,
            ft.Icons.BEACH_ACCESS_OUTLINED,
            look.words("hand_over.off"),
            lambda: door.open("off"),
            key=f"off-{schedule_id or 'any'}",
        ),
    ]
    if gives:
        tiles.append(
            tile(
                look,
                ft.Icons.SWAP_HORIZ,
                look.words("hand_over.give"),
                lambda: door.open("give", schedule_id=schedule_id),
                key=f"give-{schedule_id or 'any'}",
            )
        )
    told = [look.words(f"hand_over.{side}") for side in ("ask", "off", "give")]
    content = tiles_in(tiles, told, room=min(look.width, 560) - 2 * PHONE_MARGIN - 34)
    return ft.Container(content=content, padding=ft.Padding.only(top=8))
