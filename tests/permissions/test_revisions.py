"""Whatever changes what a cache or a decision was made of moves its revision, so that other processes read it anew."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from server.accounts.access.changed import person_revision
from server.delivery.ways_out import CHANNELS_CONFIGURED
from server.schedules.rotas import rota_revision
from server.services.directory import CONFIGURATION, DUTY
from server.status_pages.revisions import page_revision
from tests.architecture.sources import ROOT
from tests.permissions.estate import Estate
from tests.permissions.recipes import recipe_of
from tests.permissions.requests import Ask, Recipe, account, body, request_of
from tests.permissions.test_audit_rows import CHANGING

pytestmark = pytest.mark.asyncio(loop_scope="session")
Row = dict[str, Any]
State = dict[str, dict[str, Row]]


class Covered(NamedTuple):
    """Of which rows a revision tells: the page on architecture names the table and the columns (all, if none)."""

    revision: str
    table: str
    columns: tuple[str, ...]
    names: Callable[[Row, State], set[str]]
    """Which revisions a row moves."""
    is_taken_only: bool = False
    """A row more is nothing new for whoever decided without it."""


def always(name: str) -> Callable[[Row, State], set[str]]:
    return lambda _, __: {name}


def of_person(column: str) -> Callable[[Row, State], set[str]]:
    return lambda row, _: {person_revision(row[column])}


def of_schedule(column: str) -> Callable[[Row, State], set[str]]:
    return lambda row, _: {rota_revision(row[column])}


def of_page(column: str) -> Callable[[Row, State], set[str]]:
    return lambda row, _: {page_revision(row[column])}


def of_holders(row: Row, before: State) -> set[str]:
    grants = before["permission_grant"].values()
    return {person_revision(each["user_id"]) for each in grants if each["role_id"] == row["set_id"]}


def of_strangers(row: Row, before: State) -> set[str]:
    """Whoever is not of a team that becomes private."""
    if not row["is_private"] or before["team"][row["id"]]["is_private"]:
        return set()
    mine = {each["user_id"] for each in before["membership"].values() if each["team_id"] == row["id"]}
    return {person_revision(id) for id in before["user_account"].keys() - mine}


PERSON, SCHEDULE = person_revision("<person>"), rota_revision("<schedule>")
STATUS_PAGE = page_revision("<page>")
COVERED = (
    *(
        Covered(CONFIGURATION, each, (), always(CONFIGURATION))
        for each in ("service", "integration", "rule", "silence")
    ),
    *(
        Covered(DUTY, each, (), always(DUTY))
        for each in ("schedule", "override", "time_off", "escalation_policy", "policy_target", "service_calendar")
    ),
    Covered(CHANNELS_CONFIGURED, "channel_setting", (), always(CHANNELS_CONFIGURED)),
    Covered(PERSON, "user_account", ("role", "deactivated_at"), of_person("id"), is_taken_only=True),
    Covered(PERSON, "membership", ("user_id", "team_id"), of_person("user_id"), is_taken_only=True),
    Covered(PERSON, "permission_grant", (), of_person("user_id"), is_taken_only=True),
    Covered(PERSON, "set_permission", (), of_holders, is_taken_only=True),
    Covered(PERSON, "team", ("is_private",), of_strangers, is_taken_only=True),
    Covered(PERSON, "time_off", (), of_person("user_id")),
    Covered(SCHEDULE, "schedule", (), of_schedule("id"), is_taken_only=True),
    Covered(SCHEDULE, "override", (), of_schedule("schedule_id")),
    Covered(SCHEDULE, "planned_turn", (), of_schedule("schedule_id")),
    Covered(STATUS_PAGE, "status_page", (), of_page("id")),
    *(
        Covered(STATUS_PAGE, f"status_{each}", (), of_page("page_id"))
        for each in ("group", "component", "image", "event", "update", "event_link")
    ),
)
SHOWN = {
    "service": "archiveService",
    "integration": "archiveIntegration",
    "rule": "removeRule",
    "silence": "endSilence",
    "schedule": "archiveSchedule",
    "override": "cancelOverride",
    "time_off": "cancelTimeOff",
    "escalation_policy": "archiveEscalationPolicy",
    "policy_target": "changeEscalationPolicy",
    "service_calendar": "archiveServiceCalendar",
    "channel_setting": "configureChannel",
    "user_account": "deactivateUser",
    "membership": "removeTeamMember",
    "permission_grant": "withdrawGrant",
    "status_page": "changeStatusPage",
    "status_group": "changeStatusComponents",
    "status_component": "changeStatusComponents",
    "status_image": "removeStatusImage",
    "status_event": "publishStatusEvent",
    "status_update": "removeStatusUpdate",
    "status_event_link": "changeStatusEvent",
}
"""An operation that changes each; roles and teams stand below, planned turns in the tests of schedules."""
ACTING = {"name": "Acting", "permissions": ["incidents:act"]}
GIVES = {"reactivateUser"}
"""Lets people do more: nobody's decision is stale."""


def rows(store: sqlite3.Connection, table: str) -> dict[str, Row]:
    """By their first column; what is archived is in no cache."""
    found = store.execute(f'SELECT * FROM "{table}"')
    names = [each[0] for each in found.description]
    made = [dict(zip(names, each, strict=True)) for each in found]
    return {row[names[0]]: row for row in made if row.get("archived_at") is None}


def read(store: sqlite3.Connection) -> State:
    return {table: rows(store, table) for table in {"counter", *(each.table for each in COVERED)}}


def to_be_moved(each: Covered, before: State, after: State) -> set[str]:
    """The revisions of what a request has changed."""
    was, now = before[each.table], after[each.table]
    changed = (was.keys() ^ now.keys()) | {
        id for id in was.keys() & now.keys() if _shown(each, was[id]) != _shown(each, now[id])
    }
    ids = changed & was.keys() if each.is_taken_only else changed
    return {name for id in ids for row in (was.get(id), now.get(id)) if row for name in each.names(row, before)}


def _shown(each: Covered, row: Row) -> Row:
    return {name: row[name] for name in each.columns} if each.columns else row


async def changes(estate: Estate, name: str, recipe: Recipe, variant: int = 0) -> tuple[State, State]:
    """All that is covered, before and after somebody who may has asked for it."""
    ask, last, client = Ask(estate, "own", "admin"), None, estate.clients[recipe.by]
    estate.restore()
    before = read(estate.live)
    for each in recipe.first:
        last = (await request_of(each, recipe_of(each), ask).send(client)).json()
    answer = await request_of(name, recipe, ask, last, variant=variant).send(client)
    after = read(estate.live)
    estate.restore()
    assert variant or answer.is_success, answer.text
    return before, after


def still(before: State, after: State) -> set[str]:
    """The revisions that stayed where they were although what they tell of has changed."""
    wanted = {name for each in COVERED for name in to_be_moved(each, before, after)}
    return {name for name in wanted if before["counter"].get(name) == after["counter"].get(name)}


@pytest.mark.parametrize("name", CHANGING)
async def test_a_change_moves_the_revisions_of_what_it_changes(estate: Estate, name: str) -> None:
    recipe = recipe_of(name)
    for variant in range(1 + len(recipe.also)):
        before, after = await changes(estate, name, recipe, variant)
        assert name in GIVES or still(before, after) == set(), f"variant {variant}"


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("changeTeam", body(lambda _: {"name": "Renamed", "is_private": True})),
        ("changeUser", account(lambda _: {"role": "manager"})),
        ("changeRole", account(lambda _: ACTING, path={"role_id": "granted_role_id"})),
    ],
)
async def test_what_takes_something_from_people_moves_theirs(estate: Estate, name: str, recipe: Recipe) -> None:
    before, after = await changes(estate, name, recipe)
    assert still(before, after) == set()
    assert any(to_be_moved(each, before, after) for each in COVERED)


@pytest.mark.parametrize(("table", "name"), SHOWN.items())
async def test_each_table_that_is_covered_is_seen_to_change(estate: Estate, table: str, name: str) -> None:
    before, after = await changes(estate, name, recipe_of(name))
    assert any(to_be_moved(each, before, after) for each in COVERED if each.table == table)


async def test_the_page_on_architecture_says_what_each_revision_tells_of() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    written = dict(re.findall(r"^\| `(\S+?)` \| [^|]+ \| ((?:`\w+`(?: \([^)]*\))?[, ]*)+)\|", page, re.MULTILINE))
    told: dict[str, set[str]] = {}
    for each in COVERED:
        told.setdefault(each.revision, set()).add(each.table)
    assert {name: set(re.findall(r"`(\w+)`", tables)) for name, tables in written.items() if name in told} == told
