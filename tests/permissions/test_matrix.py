"""Every operation, asked by everybody, for what their own, another and a private team owns."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.permissions.actors import ACTORS, LET_THROUGH, PLACES, Place, expected
from tests.permissions.estate import Estate
from tests.permissions.recipes import recipe_of
from tests.permissions.requests import LITERAL, OPERATIONS, Ask, client_of, request_of
from tests.permissions.reviewed import REVIEWED, Row

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWNED_BY_PEOPLE = ("self", "keys", "recipient", "person")
STRANGER = "stranger"


def cases(name: str, row: Row) -> Iterator[tuple[str, Place, str, bool]]:
    """(actor, place, whose things, whether these are the actor's)."""
    recipe = recipe_of(name)
    chosen = [recipe.path.get(each, each) for each in OPERATIONS[name].names]
    names_something = row.named == "body" or any(not each.startswith(LITERAL) for each in chosen)
    for actor, holds in ACTORS.items():
        if row.owner == "public":
            if not holds.is_let_in:
                yield actor, "own", actor, False
        elif row.owner in OWNED_BY_PEOPLE:
            yield actor, "own", actor, not holds.is_key
            if names_something and recipe.of == "person":
                yield actor, "own", STRANGER, False
        elif row.owner in ("team", "seen", "asked") or name == "useVerbInBulk":
            for place in PLACES:
                yield actor, place, actor, (actor, place) == ("responder", "own")
        else:
            yield actor, "own", actor, False


async def answered(estate: Estate, name: str, actor: str, place: Place, person: str) -> Any:
    """What the actor gets, the world restored where they may have changed it."""
    row, recipe = REVIEWED[name], recipe_of(name)
    ask, last = Ask(estate, place, person), None
    client = client_of(estate, actor, row.permission)
    for each in recipe.first:
        by = estate.clients["admin"] if row.owner == "public" else client
        answer = await request_of(each, recipe_of(each), ask).send(by)
        last = answer.json() if answer.is_success else {"secret": "A" * 32}
    answer = await request_of(name, recipe, ask, last).send(client)
    if (OPERATIONS[name].is_changing and answer.is_success) or recipe.first:
        estate.restore()
    return answer


@pytest.mark.parametrize("name", sorted(REVIEWED))
async def test_everybody_gets_what_the_table_says(estate: Estate, name: str) -> None:
    row, passes = REVIEWED[name], recipe_of(name).passes
    wrong: list[str] = []
    for actor, place, person, is_theirs in cases(name, row):
        answer = await answered(estate, name, actor, place, person)
        status = LET_THROUGH if answer.is_success or answer.status_code in passes else answer.status_code
        wanted = expected(row, ACTORS[actor], place, is_theirs=is_theirs)
        if status != wanted:
            whose = "theirs" if is_theirs else person if person != actor else place
            wrong.append(f"{actor}, {whose}: {wanted} expected, {answer.status_code} {answer.text[:300]}")
    assert wrong == []
