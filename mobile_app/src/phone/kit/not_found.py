"""An address that leads nowhere."""

import flet as ft

from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.controls import quiet


def not_found(window: Window) -> ft.Control:
    """Says so, and leads home."""
    words = window.look.words
    home = quiet(window.look, words("not_found.home"), lambda: window.go("/"), key="home")
    explanation = words("not_found.text", path=window.place.route)
    return placeholders.empty(window.look, words("not_found.title"), explanation, action=home)
