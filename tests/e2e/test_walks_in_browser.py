"""Sign in, acknowledge, accept a cover, time off, override, new policy: by keys alone, and by roles and names alone."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e import walks
from tests.e2e.walks import Ground, Keys, Names

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with walks.ground(tmp_path_factory.mktemp("walks")) as found:
        yield found


async def test_ana_needs_no_more_than_a_keyboard(ground: Ground) -> None:
    await walks.every_walk(ground, Keys, "by keys", days=2)


async def test_ana_needs_no_more_than_roles_and_names(ground: Ground) -> None:
    await walks.every_walk(ground, Names, "by name", days=3)
