"""What is chosen stays to be seen under a pointer."""

import flet as ft

from phone.base.theme import LIGHT
from tests.kit.headless_app import HeadlessApp


def overlay(app: HeadlessApp, key: str, state: ft.ControlState) -> object:
    style = app.find(ft.TextButton, key=key)[-1].style
    assert isinstance(style, ft.ButtonStyle)
    assert isinstance(style.overlay_color, dict)
    return style.overlay_color[state]


async def test_a_pointer_veils_what_may_be_chosen_and_leaves_what_is() -> None:
    async with HeadlessApp(width=1280, height=800) as app:
        await app.until(lambda: app.find(ft.TextButton, key="choice-teams"))
        assert overlay(app, "choice-mine", ft.ControlState.HOVERED) == LIGHT.veil
        assert overlay(app, "choice-teams", ft.ControlState.HOVERED) == "#00000000"
        await app.tap(key="choice-mine")
        assert overlay(app, "choice-mine", ft.ControlState.HOVERED) == "#00000000"
        assert overlay(app, "choice-teams", ft.ControlState.HOVERED) == LIGHT.veil


async def test_no_ground_of_a_pointer_is_opaque() -> None:
    async with HeadlessApp(width=1280, height=800, route="/on-call") as app:
        styles = [each.style for each in app.find(ft.TextButton) if isinstance(each.style, ft.ButtonStyle)]
        veils = [
            str(veil)
            for style in styles
            if isinstance(style.overlay_color, dict)
            for veil in style.overlay_color.values()
        ]
        assert veils
        assert all(len(veil) == 9 and int(veil[1:3], 16) < 0x30 for veil in veils), veils
