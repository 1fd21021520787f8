"""Fixtures that every test may use: databases on either engine."""

import asyncio
import dataclasses
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
import structlog

from server.kernel.database import Database, open_database
from server.kernel.settings import Settings
from server.tables.migrate import bind_tables, engine_for, migrate
from tests.kit import hangs
from tests.kit.cpu import LEDGER, Ledger
from tests.kit.needs import needed
from tests.kit.password_hashes import CHEAP, REAL, use_hasher
from tests.kit.postgres import postgres_server
from tests.kit.stores import postgres_settings, sqlite_settings
from tests.kit.world import World, world_of

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
# What structlog does by itself, rich's traceback with the source of every frame, takes 0.1 s for each exception logged.
PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PLAIN])


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(hangs)
    if folder := os.environ.get(LEDGER):
        config.pluginmanager.register(Ledger(Path(folder)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no garbage collection need look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashes of passwords that take no time; tests of the real ones ask for `real_passwords`."""
    with pytest.MonkeyPatch.context() as patch:
        use_hasher(patch, CHEAP)
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    use_hasher(monkeypatch, REAL)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `needs` or `browser` run where the programs are that they drive."""
    programs = [program for mark in item.iter_markers("needs") for program in mark.args]
    if item.get_closest_marker("browser"):
        programs.append("chromium")
    if programs:
        needed(*programs)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that use `settings` run on SQLite; those marked `store` on PostgreSQL too."""
    if "engine" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("store") is not None
        metafunc.parametrize("engine", ["sqlite", "postgres"] if both else ["sqlite"])


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, which takes a tenth of migrating."""
    settings = sqlite_settings(tmp_path_factory.mktemp("template"))
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(migrate(settings))).result()
    return Path(settings.database_url.removeprefix("sqlite:///"))


@pytest.fixture
async def settings(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A fresh, migrated database's settings."""
    if engine == "sqlite":
        settings = sqlite_settings(tmp_path)
        for file in (template := request.getfixturevalue("migrated_sqlite")).parent.glob(f"{template.name}*"):
            shutil.copy(file, tmp_path / file.name)
    else:
        settings = await postgres_settings(request.getfixturevalue("postgres_url"))
    bind_tables(engine_for(settings))
    return settings


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    database = await open_database(settings)
    yield database
    await database.close()


@pytest.fixture
async def world(settings: Settings, db: Database) -> AsyncIterator[World]:
    """A whole Dogwatch whose phones, mails and webhooks stay on this machine."""
    async with world_of(dataclasses.replace(settings, demo=True), db) as made:
        yield made
