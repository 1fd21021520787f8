"""On-call roles, service calendars and coverage in the Console, and the team's switch for covers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import flet as ft
import msgspec
from msgspec.structs import replace

from phone.console.coverage.sentences import by_service, joined
from phone.console.service_calendars.kind import shown_day, toggled
from phone.kit.month_grid import Month
from shared.domain.on_call.workdays import Day, OwnDay
from shared.wire import routes
from shared.wire.problems import FieldProblem
from shared.wire.service_calendars import ServiceCalendarInput
from tests.kit import nordwind_schedules
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp

CALENDAR = "/configure/service-calendars/c-berlin"
DBA = f"{routes.ON_CALL_ROLES}/r-dba"


@asynccontextmanager
async def console(
    route: str, *, width: float = 1280, role: Any = "admin", api: FakeApi | None = None
) -> AsyncGenerator[HeadlessApp]:
    api = api or FakeApi()
    api.as_role(
        role, *(("schedules:edit", "configuration:edit", "people:edit") if role == "admin" else ("schedules:edit",))
    )
    async with HeadlessApp(api, width=width) as app:
        await app.goto(route)
        await app.settle(0.1)
        yield app


def written(app: HeadlessApp, method: str) -> list[tuple[str, dict[str, Any]]]:
    return [(path, body) for each, path, body in app.api.console.written if each == method]


async def save(app: HeadlessApp) -> None:
    await app.until(lambda: app.find(ft.FilledButton, key="save"))
    await app.tap(key="save")


# On-call roles


async def test_built_in_roles_have_their_name_in_the_readers_language_and_stay() -> None:
    async with console("/configure/on-call-roles/primary", api=FakeApi(language="zh")) as app:
        assert app.says("主值班")
        assert app.says("备值班")
        assert app.says("内置")
        assert not app.find(ft.IconButton, key="remove")
        assert not app.find(ft.TextField, key="field-name")


async def test_a_role_is_made_renamed_and_removed() -> None:
    async with console("/configure/on-call-roles/new") as app:
        await app.type("field-name", "Network")
        await save(app)
        await app.until(lambda: written(app, "POST"))
        assert written(app, "POST") == [(routes.ON_CALL_ROLES, {"name": "Network"})]
        await app.goto("/configure/on-call-roles/r-dba")
        await app.settle(0.1)
        await app.type("field-name", "Data")
        await save(app)
        await app.until(lambda: written(app, "PUT") == [(DBA, {"name": "Data"})])
        await app.tap(key="remove")
        await app.tap(key="remove-yes")
        await app.until(lambda: written(app, "DELETE"))


async def test_a_role_in_use_says_where() -> None:
    async with console("/configure/on-call-roles/r-dba") as app:
        seen = FieldProblem(field="", code="in_use", message="", args={"kind": "schedule", "name": "Payments primary"})
        unseen = FieldProblem(field="", code="in_use", message="", args={"kind": "escalation_policy", "name": ""})
        app.api.refuse_with(DBA, 409, "in_use", seen, unseen, method="DELETE")
        await app.tap(key="remove")
        await app.tap(key="remove-yes")
        await app.until(lambda: app.says("Still needed by: Payments primary (schedule)."))
        assert app.says("Still needed by something that you don't see (escalation policy).")


async def test_who_may_edit_only_some_schedules_reads_the_roles() -> None:
    async with console("/configure/on-call-roles/r-dba", role="responder") as app:
        assert not app.find(ft.IconButton, key="remove")
        assert not app.find(ft.TextButton, key="new")


# Service calendars


async def test_days_say_why_and_a_tap_makes_an_own_day_of_one() -> None:
    async with console(CALENDAR) as app:
        await app.until(lambda: app.says("Buß- und Bettag"))
        assert app.says("workday: Make-up workday")
        await app.tap(key="day-2026-11-24")
        await app.tap(key="day-2026-11-27")
        await save(app)
        await app.until(lambda: written(app, "PUT"))
        body = written(app, "PUT")[0][1]
        assert body["own_days"] == [{"date": "2026-11-24", "kind": "rest", "name": ""}]
        assert body["holidays"] == [{"country": "DE", "subdivision": "BE"}]


async def test_days_that_are_not_known_yet_are_marked() -> None:
    async with console(CALENDAR) as app:
        await app.tap(key="month-after")
        await app.tap(key="month-after")
        await app.until(lambda: app.says("January 2027") and app.says("not published yet"))
        assert app.says("4?")


async def test_a_year_leads_to_its_months() -> None:
    async with console(CALENDAR) as app:
        await app.tap(key="choice-year")
        await app.until(lambda: app.find(ft.TextButton, key="month-2026-12"))
        await app.tap(key="month-2026-12")
        assert app.says("December 2026")
        await app.until(lambda: app.says("Christmas Day"))


async def test_holidays_of_a_country_and_of_a_part_of_it_are_linked() -> None:
    async with console("/configure/service-calendars/new") as app:
        await app.type("field-name", "Shop")
        await app.until(lambda: app.find(ft.TextButton, key="add-holidays"))
        await app.tap(key="add-holidays")
        await app.tap(key="option-DE")
        await app.tap(key="field-holidays.0.subdivision")
        await app.tap(key="option-HH")
        await app.tap(key="field-rest_weekdays-sat")
        await save(app)
        await app.until(lambda: written(app, "POST"))
        body = written(app, "POST")[0][1]
        assert body["holidays"] == [{"country": "DE", "subdivision": "HH"}]
        assert body["rest_weekdays"] == ["sun"]


def test_a_tap_is_the_opposite_and_a_second_one_takes_it_back() -> None:
    draft = ServiceCalendarInput(name="", team_id="", time_zone="UTC", rest_weekdays=("sat", "sun"))
    monday = date(2026, 11, 23)
    holiday = Day(date=monday, kind="rest", reason="holiday", name="Day off")
    assert shown_day(draft, monday, None).kind == "workday"
    assert shown_day(draft, monday, holiday) == holiday
    draft = replace(draft, own_days=toggled(draft, monday, holiday))
    assert draft.own_days == (OwnDay(date=monday, kind="workday"),)
    assert shown_day(draft, monday, holiday).reason == "own"
    assert toggled(draft, monday, holiday) == ()
    assert shown_day(replace(draft, own_days=(), rest_weekdays=("mon",)), monday, None).kind == "rest"


def test_months_follow_each_other_and_know_their_weeks() -> None:
    assert Month(2026, 12).moved(1) == Month(2027, 1)
    assert Month(2026, 1).moved(-1) == Month(2025, 12)
    weeks = Month(2027, 2).weeks
    assert weeks[0][0] == date(2027, 2, 1)
    assert [day for week in weeks for day in week if day] == [date(2027, 2, 1) + timedelta(days=n) for n in range(28)]


# Coverage


async def test_a_long_report_of_coverage_is_read_to_its_end() -> None:
    whole = nordwind_schedules.coverage()
    api = FakeApi()
    api.console.rotas.coverage_pages = 3
    async with console("/configure/coverage", api=api) as app:
        await app.until(lambda: app.state.coverage.report is not None)
        assert app.state.coverage.report == whole


async def test_coverage_says_what_is_proven_and_where_nobody_is() -> None:
    async with console("/configure/coverage") as app:
        assert app.says("6 of 12 levels proven for the next 90 days")
        assert app.says("Level 2, Critical and Warning")
        assert app.says("Sat 28 Nov 20:00 to Sun 29 Nov 08:00: nobody is on call in Payments secondary.")
        assert app.says("144 hours in all.")
        assert app.says("Bo Lindqvist is paged too late by their own rule.")
        await app.tap(key="schedule-s-pay-2")
        assert app.state.place.route == "/configure/schedules/s-pay-2"


async def test_holes_come_first_and_the_same_hole_is_told_once() -> None:
    report = nordwind_schedules.coverage()
    found = by_service(report)
    assert [each.service.name for each in found] == ["edge", "checkout-api", "postgres"]
    assert [len(each) for each in joined(found[1].holes)] == [2, 1]
    assert found[2].holes == ()


async def test_without_policies_there_is_nothing_to_prove() -> None:
    api = FakeApi()
    api.console.rotas.coverage = msgspec.structs.replace(api.console.rotas.coverage, items=[], proven=0)
    async with console("/configure/coverage", width=412, api=api) as app:
        assert app.says("Nothing to prove yet")
        assert app.says("checked ahead")


# Teams


async def test_a_team_can_ask_for_a_managers_yes_to_covers() -> None:
    async with console("/configure/teams/t-pay") as app:
        await app.fire(app.one(ft.Switch, key="field-covers_need_approval"), "change", True)
        assert app.says("Covers wait for a manager's yes.")
        await save(app)
        await app.until(lambda: written(app, "PUT"))
        assert written(app, "PUT")[0][1]["covers_need_approval"] is True
