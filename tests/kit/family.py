"""The processes that `serve` forked, as the system knows them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tests.kit.processes import until


def members(pid: int) -> dict[str, int]:
    """Those that are alive, by their name."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found: dict[str, int] = {}
    for child in map(int, children):
        name = Path(f"/proc/{child}/comm").read_text().strip()
        if name.startswith("dogwatch "):
            found[name.removeprefix("dogwatch ")] = child
    return found


def tree(pid: int) -> Iterator[int]:
    """The process and everything below it."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from tree(int(child))


async def another(pid: int, name: str, before: int) -> int:
    """Once the member of this name is another process than before."""

    async def look() -> int | None:
        await asyncio.sleep(0)
        found = members(pid).get(name)
        return found if found != before else None

    return await until(f"another {name} is started", look)
