"""The way back to Configure, over a screen that has the whole tablet."""

import flet as ft

from phone.base.window import Window
from phone.kit.controls import word


def console_back(window: Window) -> ft.Control:
    """A word, as over the lists."""
    return word(window.look, "‹  " + window.look.words("console.title"), lambda: window.go("/configure"), key="back")
