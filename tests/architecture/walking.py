"""Which functions of ours stand on the stack at a moment, and before them those that began the task it happens in."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

ROOT = Path(__file__).parent.parent.parent
OURS = (f"{ROOT}/server/", f"{ROOT}/shared/")
LOOPS = {f"{cls}.{name}" for cls in ("Engine", "Lanes", "DueLoop") for name in ("run", "_cycle", "cycle", "drain")}
"""They wait until there is something to do: a walk begins at what they call."""
_begun_by: WeakKeyDictionary["asyncio.Task[Any]", list[str]] = WeakKeyDictionary()


def name_of(code: CodeType) -> str:
    """The path of its file, without the first folder where that is `server`, and its name in it."""
    path = str(Path(code.co_filename).relative_to(ROOT).with_suffix("")).removesuffix("/__init__")
    return f"{path.removeprefix('server/')}.{code.co_qualname}"


def standing() -> list[str]:
    """From the outermost to the innermost."""
    frame, found = sys._getframe(1), list[str]()
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS) and frame.f_code.co_qualname not in LOOPS:
            found.append(name_of(frame.f_code))
        frame = frame.f_back
    task = asyncio.current_task()
    return (_begun_by.get(task, []) if task else []) + found[::-1]


@contextmanager
def tasks_followed() -> Generator[None]:
    """What stands where a task begins meanwhile counts as standing in it."""

    def begin(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        _begun_by[task] = standing()
        return task

    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(begin)
    try:
        yield
    finally:
        loop.set_task_factory(before)
