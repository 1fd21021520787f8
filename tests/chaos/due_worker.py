"""A worker process that counts each due row it finishes, until it is killed."""

import asyncio
import sys
from datetime import datetime

from server.kernel.database import Priority, Writes, open_database
from server.kernel.due import Binding, Claimed, DueLoop, Kind
from server.kernel.settings import Settings

K = Kind("k", Priority.PAGE)


async def main(url: str) -> None:
    db = await open_database(Settings(database_url=url, secret_key="x" * 32))

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        return Writes().sql(
            "INSERT INTO counter (name, value) VALUES (:ref, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
            ref=claimed.ref,
        )

    await DueLoop(db, await db.clock(), {K: Binding(handle, at_once=32)}).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
