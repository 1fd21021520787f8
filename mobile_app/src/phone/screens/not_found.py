"""An address that leads nowhere."""

import flet as ft

from phone.components import placeholders
from phone.components.controls import quiet
from phone.state.app import App


def not_found(app: App) -> ft.Control:
    """Says so, and leads home."""
    words = app.look.words
    home = quiet(app.look, words("not_found.home"), lambda: app.go("/incidents"), key="home")
    explanation = words("not_found.text", path=app.place.route)
    return placeholders.empty(app.look, words("not_found.title"), explanation, action=home)
