"""An address that leads nowhere."""

import flet as ft

from phone.app import App
from phone.kit import placeholders
from phone.kit.controls import quiet


def not_found(app: App) -> ft.Control:
    """Says so, and leads home."""
    words = app.look.words
    home = quiet(app.look, words("not_found.home"), lambda: app.go("/incidents"), key="home")
    explanation = words("not_found.text", path=app.place.route)
    return placeholders.empty(app.look, words("not_found.title"), explanation, action=home)
