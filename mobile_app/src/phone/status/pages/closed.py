"""What stands in the place of a form for whoever may not set the page up, and came by its address."""

import flet as ft

from phone.base.look import Look
from phone.kit import placeholders
from phone.kit.layout import column


def closed(look: Look) -> ft.Control:
    """Who may, and what they would need."""
    return column([placeholders.empty(look, look.words("page.closed"), look.words("page.closed_text"))])
