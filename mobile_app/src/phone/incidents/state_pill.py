"""The state of an incident as a pill."""

import flet as ft

from phone.base.look import Look
from phone.kit.marks import pill, tick
from shared.wire.incidents import State


def state_pill(look: Look, state: State, *, snoozed: bool = False) -> ft.Container:
    """The state in a word; what somebody has taken is green and ticked."""
    palette, word = look.palette, look.words(f"state.{state}")
    if snoozed and state == "acknowledged":
        sign = ft.Icon(ft.Icons.SNOOZE, size=14, color=palette.info)
        return pill(look.words("state.snoozed"), palette.info, palette.info_bg, sign=sign)
    if state == "triggered":
        return pill(word, palette.ink, palette.fill)
    return pill(word, palette.ok, palette.ok_bg, sign=tick(palette.ok))
