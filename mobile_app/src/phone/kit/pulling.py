"""A list that is read anew when pulled down, and goes on when its end comes near."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from phone.kit.hooks import kept

PULL = 80
NEAR_END = 600


@dataclass
class _Pull:
    distance: float = 0


@ft.component
def PullList(
    parts: list[ft.Control],
    refresh: Callable[[], Awaitable[None]],
    more: Callable[[], Awaitable[None]] | None = None,
    bottom: float = 24,
) -> ft.Control:
    """Overscroll at the top adds up and acts when the finger lets go (Flet has no refresh indicator)."""
    pull = kept(_Pull())

    async def scrolled(event: ft.OnScrollEvent) -> None:
        if event.event_type == ft.ScrollType.OVERSCROLL and (event.overscroll or 0) < 0:
            pull.distance += -(event.overscroll or 0)
        elif event.pixels < 0:
            pull.distance = max(pull.distance, -event.pixels)
        elif event.event_type == ft.ScrollType.START:
            pull.distance = 0
        if event.event_type == ft.ScrollType.END:
            pulled, pull.distance = pull.distance, 0
            if pulled >= PULL:
                await refresh()
            elif more is not None and event.max_scroll_extent - event.pixels < NEAR_END:
                await more()

    return ft.ListView(
        controls=parts,
        expand=True,
        on_scroll=scrolled,
        scroll_interval=0,
        padding=ft.Padding.only(bottom=bottom),
    )
