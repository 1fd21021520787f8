"""An installation of whole processes on either engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.stores import postgres_settings
from tests.kit.storm_site import StormSite, storm_site


@pytest.fixture
async def site(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StormSite]:
    url = None
    if engine == "postgres":
        url = (await postgres_settings(request.getfixturevalue("postgres_url"))).database_url
    async with storm_site(tmp_path, database_url=url) as made:
        yield made
