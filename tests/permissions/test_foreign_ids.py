"""Every id of a request replaced by one that its sender can't see, and by one that nobody has: no difference."""

import json
from collections.abc import Iterator

import pytest
from litestar.handlers import HTTPRouteHandler

from tests.permissions.estate import CANARY, Estate
from tests.permissions.fields import NAMES_OF_NOTHING, in_body, in_query, plain
from tests.permissions.recipes import recipe_of
from tests.permissions.replacing import NOTHING, Spot, replaced, spots, without_ids
from tests.permissions.requests import LITERAL, OPERATIONS, Ask, Recipe, Request, request_of
from tests.permissions.reviewed import REVIEWED

pytestmark = pytest.mark.asyncio(loop_scope="session")
OPEN_TO_ALL = {"readOutbox": "the demo shows whoever tries it all that would have left its machine"}
SIGNED_IN = sorted(name for name, row in REVIEWED.items() if row.owner != "public")


def asked_by(name: str) -> str:
    """Somebody who is allowed it and doesn't see the private team; administrators see everything."""
    owner = REVIEWED[name].owner
    if owner in ("administrators", "asked"):
        return recipe_of(name).by
    if REVIEWED[name].permission == "people:edit":
        return "clerk"
    return "admin" if owner == "account" else "manager"


def variants(estate: Estate, name: str) -> Iterator[tuple[Request, Recipe, Ask]]:
    recipe, ask = recipe_of(name), Ask(estate, "own", asked_by(name))
    if recipe.first:
        yield request_of(name, recipe, ask, {"secret": "A" * 32}), recipe, ask
        return
    for variant in range(1 + len(recipe.also)):
        yield request_of(name, recipe, ask, variant=variant), recipe, ask


async def tried(estate: Estate, request: Request, spot: Spot, id: str, person: str) -> tuple[int, str, bool]:
    """Status, words, and whether anything is different from before."""
    answer = await replaced(request, spot, id).send(estate.clients[person])
    is_changed = estate.is_changed()
    estate.restore()
    return answer.status_code, answer.text, is_changed


def flaws_in(recipe: Recipe, spot: Spot, status: int, text: str, is_changed: bool) -> Iterator[str]:
    if CANARY in text:
        yield "names what can't be seen"
    if spot.where == "query" or spot.field.startswith(recipe.narrows):
        return
    if is_changed:
        yield "changed something"
    if spot.where == "path" and status != 404:
        yield f"{status} instead of 404"
    if spot.where == "body":
        named = [without_ids(flaw["field"]) for flaw in json.loads(text).get("errors", [])] if status == 400 else []
        if without_ids(spot.field) not in named:
            yield f"{status} instead of 400 naming the field: {text[:200]}"


@pytest.mark.parametrize("name", SIGNED_IN)
async def test_a_foreign_id_is_as_good_as_none(estate: Estate, name: str) -> None:
    wrong: list[str] = []
    for request, recipe, ask in variants(estate, name):
        for spot in spots(request, recipe, ask):
            nothing = await tried(estate, request, spot, NOTHING, ask.person)
            wrong += [f"{spot.field} of nothing: {flaw}" for flaw in flaws_in(recipe, spot, *nothing)]
            if spot.foreign is None:
                continue
            foreign = await tried(estate, request, spot, spot.foreign, ask.person)
            wrong += [f"{spot.field} of others: {flaw}" for flaw in flaws_in(recipe, spot, *foreign)]
            if (nothing[0], without_ids(nothing[1])) != (foreign[0], without_ids(foreign[1])):
                wrong.append(f"{spot.field} can be told apart: {nothing[:2]} and {foreign[:2]}")
    assert wrong == []


@pytest.mark.parametrize("name", SIGNED_IN)
async def test_a_recipe_fills_in_every_id_that_there_can_be(estate: Estate, name: str) -> None:
    found = [spot for request, recipe, ask in variants(estate, name) for spot in spots(request, recipe, ask)]
    handler = OPERATIONS[name].handler
    assert isinstance(handler, HTTPRouteHandler)
    bodies = {plain(spot.field) for spot in found if spot.where == "body"}
    assert {field for field in in_body(handler) - set(NAMES_OF_NOTHING) if not covered(field, bodies)} == set()
    assert in_query(handler) - {spot.field for spot in found if spot.where == "query"} == set()
    literal = {each for each, id in recipe_of(name).path.items() if id.startswith(LITERAL)}
    assert set(OPERATIONS[name].names) - {spot.field for spot in found if spot.where == "path"} <= literal


def covered(field: str, bodies: set[str]) -> bool:
    return any(each == field or each.startswith(f"{field}.") for each in bodies)


@pytest.mark.parametrize("name", [name for name in SIGNED_IN if name not in OPEN_TO_ALL])
async def test_no_answer_names_what_is_private(estate: Estate, name: str) -> None:
    for request, recipe, ask in variants(estate, name):
        answer = await request.send(estate.clients[ask.person])
        estate.restore()
        assert answer.is_success or answer.status_code in recipe.passes or recipe.first, answer.text
        assert CANARY not in answer.text
        if request.query:
            request.query = {}
            assert CANARY not in (await request.send(estate.clients[ask.person])).text


KEPT_BY = ("team_id", "service_id")
MOVING = sorted(name for name, row in REVIEWED.items() if row.owner == "team" and OPERATIONS[name].is_changing)


@pytest.mark.parametrize("name", MOVING)
async def test_nothing_is_put_into_a_team_that_is_seen_but_not_ones_own(estate: Estate, name: str) -> None:
    other = estate.places["other"]
    for request, recipe, ask in variants(estate, name):
        for spot in spots(request, recipe, ask):
            if spot.where == "body" and spot.field in KEPT_BY:
                status, text, is_changed = await tried(estate, request, spot, other[spot.field], ask.person)
                assert (status, is_changed) in ((403, False), (400, False)), text


@pytest.mark.parametrize(
    ("name", "used"),
    [("archiveSchedule", "schedule_id"), ("archiveEscalationPolicy", "policy_id"), ("removeTeam", "team_id")],
)
async def test_what_a_private_team_uses_stays_and_the_refusal_does_not_name_it(
    estate: Estate, name: str, used: str
) -> None:
    ask = Ask(estate, "own", asked_by(name))
    request = request_of(name, Recipe(path={used: f"used_{used}"}), ask)
    answer = await request.send(estate.clients[ask.person])
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert {error["code"] for error in answer.json()["errors"]} == {"in_use"}
    assert CANARY not in answer.text
    assert CANARY in (await request.send(estate.clients["admin"])).text


async def test_a_table_can_not_tell_a_private_team_from_none(estate: Estate) -> None:
    answers: list[str] = []
    for team in (f"{CANARY} team", "Nonesuch team"):
        table = {"csv": f"name,email,role,teams\nA,a@new.example.com,viewer,{team}\n"}
        answer = await estate.clients["clerk"].send("POST", "/api/v1/invitations/csv", table)
        assert answer.status_code == 400
        answers.append(answer.text.replace(team, "TEAM"))
    assert answers[0] == answers[1]
