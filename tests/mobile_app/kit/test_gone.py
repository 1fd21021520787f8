"""What the reader has left is asked nothing any more, and that is no error."""

import flet as ft
import pytest

from phone.first_run.screen import _bring_to_sight
from phone.first_run.store import STEPS, Step
from phone.kit.hooks import unless_gone


@pytest.mark.parametrize("current", [None, STEPS[-1]])
async def test_a_list_that_is_gone_is_not_moved(current: Step | None) -> None:
    steps = ft.ListView()
    with pytest.raises(RuntimeError):
        await steps.scroll_to(offset=-1)
    await _bring_to_sight(steps, current, [STEPS[0]])


async def test_a_row_that_is_gone_is_not_put_back() -> None:
    await unless_gone(ft.Dismissible(content=ft.Text("")).confirm_dismiss(False))


async def test_an_error_of_our_own_is_seen() -> None:
    async def wrong() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await unless_gone(wrong())
