"""Everything that changes something leaves one row in the audit trail, but for what the table excuses."""

import pytest

from tests.permissions.estate import Estate
from tests.permissions.recipes import recipe_of
from tests.permissions.requests import OPERATIONS, Ask, request_of
from tests.permissions.reviewed import LEFT, ONE, REVIEWED

pytestmark = pytest.mark.asyncio(loop_scope="session")
ELSEWHERE = "makeFirstAdministrator"
"""Works in an empty database only: tests/accounts/audit/test_audit.py."""
ROWS = {ONE: 1, LEFT: 2}
"""In the estate whoever leaves has a place on one schedule."""
CHANGING = sorted(name for name in REVIEWED if OPERATIONS[name].is_changing and name != ELSEWHERE)


async def by_administrator(estate: Estate, name: str) -> tuple[int, int, str]:
    """How many rows the operation left, its status, and what it said."""
    recipe, ask, last = recipe_of(name), Ask(estate, "own", "admin"), None
    client = estate.clients[recipe.by]
    for each in recipe.first:
        answer = await request_of(each, recipe_of(each), ask).send(client)
        assert answer.is_success, answer.text
        last = answer.json()
    before = estate.audited()
    answer = await request_of(name, recipe, ask, last).send(client)
    return estate.audited() - before, answer.status_code, answer.text


@pytest.mark.parametrize("name", CHANGING)
async def test_a_change_leaves_what_the_table_says(estate: Estate, name: str) -> None:
    left, status, said = await by_administrator(estate, name)
    estate.restore()
    assert 200 <= status < 300, said
    assert left == ROWS.get(REVIEWED[name].audit, 0)
