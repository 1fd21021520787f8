"""On PostgreSQL each process hears at once what another one committed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.kernel.database import Database, Stale, Writes, open_database
from server.kernel.settings import Settings
from server.kernel.tables import Due
from server.tables.migrate import bind_tables, engine_for
from tests.kernel.test_database import due
from tests.kit.processes import until
from tests.kit.stores import postgres_settings


@pytest.fixture
async def settings(postgres_url: str) -> Settings:
    found = await postgres_settings(postgres_url)
    bind_tables(engine_for(found))
    return found


@pytest.fixture
async def others(settings: Settings) -> AsyncIterator[Database]:
    database = await open_database(settings)
    yield database
    await database.close()


def hurrying(id: str) -> Writes:
    writes = Writes().insert(Due, **due(id))
    writes.hurries = True
    return writes


async def test_a_commit_that_hurries_is_heard_elsewhere_and_told_at_home_once(db: Database, others: Database) -> None:
    heard: list[str] = []
    for name, each in (("here", db), ("there", others)):
        each.on_hurry(lambda name=name: heard.append(name))
        each.hear_others()
    await until("both listen", lambda: _true(len(heard) == 2))
    heard.clear()
    await others.apply(Writes().insert(Due, **due("quiet")))
    await others.apply(hurrying("a"))
    await until("it is heard", lambda: _true("here" in heard))
    await asyncio.sleep(0.1)
    assert sorted(heard) == ["here", "there"]


async def test_a_lost_connection_is_made_again_and_whoever_missed_something_looks(
    db: Database, others: Database
) -> None:
    heard = asyncio.Event()
    db.on_hurry(heard.set)
    db.hear_others()
    await heard.wait()
    heard.clear()
    text = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    assert await others.values(text) == [(True,)]
    await until("it looks again", lambda: _true(heard.is_set()))
    heard.clear()
    await others.apply(hurrying("b"))
    await until("it is heard again", lambda: _true(heard.is_set()))


async def test_what_was_not_committed_tells_nothing(db: Database, others: Database) -> None:
    heard: list[int] = []
    db.on_hurry(lambda: heard.append(1))
    db.hear_others()
    await until("it listens", lambda: _true(len(heard) == 1))
    await others.apply(hurrying("c"))
    with pytest.raises(Stale):
        await others.apply(hurrying("c"))
    await until("the first is heard", lambda: _true(len(heard) > 1))
    await asyncio.sleep(0.1)
    assert len(heard) == 2


async def _true(found: bool) -> bool | None:
    return found or None
