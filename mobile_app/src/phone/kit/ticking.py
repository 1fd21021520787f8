"""Parts that change with the clock alone."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from phone.base.device.clock import Tick


@ft.component
def Ticking(tick: Tick, draw: Callable[[datetime], ft.Control]) -> ft.Control:
    """Draw again at each tick, and nothing around it."""
    return draw(tick.at)
