"""A Redis of our own on loopback, which keeps nothing."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.kit.needs import needed
from tests.kit.processes import free_port, running


def redis(port: int, folder: Path) -> tuple[str, ...]:
    return (str(needed("redis-server")), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))


@contextlib.asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[str]:
    """Its URL; whoever connects before it listens tries again."""
    port = free_port()
    async with running(*redis(port, folder), log=folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}"
