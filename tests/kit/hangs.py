"""A test that hangs fails, with where it stands.

pytest-timeout's own alarm rings once, and in whatever code runs at that moment: a task of the background would keep the
failure to itself, and of a test that waits it shows nothing but the event loop. This one rings until it is heard.
"""

import asyncio
import signal
import sys
import traceback
from typing import Any

import pytest
from pytest_timeout import is_debugging

AGAIN_S = 5
DEEPEST = 20
"""Frames that are shown of a stack."""


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool:
    """pytest-timeout's hook: its limit, our alarm."""

    def ring(_: int, frame: Any) -> None:
        if is_debugging():
            return
        traceback.print_stack(frame, limit=-DEEPEST, file=sys.stderr)
        for task in _tasks():
            task.print_stack(file=sys.stderr)
        pytest.fail(f"hangs: not ended after {settings.timeout:.0f} s; the stacks are in what it wrote to stderr")

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, AGAIN_S)
    vars(item)["cancel_timeout"] = cancel
    return True


def _tasks() -> "set[asyncio.Task[Any]]":
    try:
        return asyncio.all_tasks(asyncio.get_running_loop())
    except RuntimeError:
        return set()
