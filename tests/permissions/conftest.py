"""One estate for each process that runs these tests, as it was sealed at the beginning of each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.tables.migrate import bind_tables, engine_for
from tests.permissions.estate import Estate, estate_in


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sealed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Estate]:
    async with estate_in(tmp_path_factory.mktemp("estate")) as made:
        yield made


@pytest.fixture
def estate(sealed: Estate) -> Estate:
    bind_tables(engine_for(sealed.settings))
    sealed.restore()
    return sealed
