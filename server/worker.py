"""A worker process: the engine without the API, over the same rows; PostgreSQL only."""

import asyncio
import signal

from server.engine import running_engine
from server.kernel.limits.places import raise_descriptor_limit
from server.kernel.settings import SettingError, Settings


async def run_worker(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    if settings.is_sqlite:
        raise SettingError("DATABASE_URL", "SQLite means one process, and `serve` is it; use PostgreSQL for workers")
    raise_descriptor_limit()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    async with running_engine(settings):
        await stopped.wait()
