"""The form of a schedule: presets, layers, people, what is refused and where, the preview, and what saving brought."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from shared.domain.on_call.layer_edits import Change
from shared.wire import routes
from shared.wire.problems import FieldProblem
from shared.wire.schedules import Schedule
from tests.kit import nordwind_schedules
from tests.kit.answers import answered
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW, PRIMARY

OBJECT = f"/configure/schedules/{PRIMARY.id}"
NEW = "/configure/schedules/new"
PATH = f"{routes.SCHEDULES}/{PRIMARY.id}"


@asynccontextmanager
async def form(route: str = OBJECT, *, width: float = 1280, role: Any = "admin") -> AsyncGenerator[HeadlessApp]:
    api = FakeApi()
    api.as_role(role, *(("schedules:edit", "configuration:edit") if role != "viewer" else ()))
    async with HeadlessApp(api, width=width) as app:
        await app.goto(route)
        await app.settle(0.1)
        yield app


def written(app: HeadlessApp, method: str, path: str) -> list[dict[str, Any]]:
    return [body for each, at, body in app.api.console.written if (each, at) == (method, path)]


async def save(app: HeadlessApp) -> None:
    await app.until(lambda: app.find(ft.FilledButton, key="save"))
    await app.tap(key="save")


async def add_people(app: HeadlessApp, layer: int, *people: str) -> None:
    await app.tap(key=f"add-people-{layer}")
    for each in people:
        await app.tap(key=f"pick-{each}")
    await app.tap(key="people-add")


async def switch(app: HeadlessApp, key: str) -> None:
    await app.fire(app.one(ft.Switch, key=key), "change", True)


async def test_a_preset_people_and_a_name_make_primary_and_backup() -> None:
    async with form(NEW) as app:
        await app.tap(key="preset-primary_backup")
        assert app.says("Choose people in every layer")
        await add_people(app, 0, "u-ana", "u-jonas")
        await app.tap(key="open-layer-1")
        await app.tap(key="same-people-1")
        await app.until(lambda: app.says("Ana Ruiz") and app.says("Sat 21 Nov"))
        await app.type("field-name", "Checkout on call")
        await save(app)
        await app.until(lambda: written(app, "POST", routes.SCHEDULES))
        body = written(app, "POST", routes.SCHEDULES)[0]
        first, second = body["layers"]
        people = [[group["members"][0]["user_id"] for group in layer["groups"]] for layer in (first, second)]
        assert people == [["u-ana", "u-jonas"], ["u-jonas", "u-ana"]]
        assert [layer["groups"][0]["members"][0]["role_id"] for layer in (first, second)] == ["primary", "backup"]
        assert first["rotation"]["handoff_time"] == "10:00"
        assert "role_id" not in first
        assert body["time_zone"] == "Europe/Berlin"
        await app.until(lambda: app.says("Payments. 2 layers."))
        assert app.state.place.route != NEW


async def test_only_people_of_the_owning_team_are_offered() -> None:
    async with form(NEW) as app:
        await app.tap(key="preset-around_the_clock")
        await app.tap(key="add-people-0")
        offered = {each.key for each in app.find(ft.TextButton) if str(each.key).startswith("pick-")}
        assert offered == {"pick-u-ana", "pick-u-bo", "pick-u-jonas"}


async def test_what_a_change_brings_is_said_before_it_is_saved() -> None:
    async with form() as app:
        await app.until(lambda: app.says("Who is on call then") and app.says("Mon 23 Nov"))
        assert not app.says("gains")
        await app.tap(key="open-layer-1")
        await app.tap(key="turn-0")
        await app.tap(key="turn-remove")
        await app.until(lambda: app.says("You lose Mon 23 Nov 10:00 to Mon 30 Nov 10:00"))
        assert app.says("Primary: Every week, handoff Mon 10:00, as Primary: you, Ana Ruiz and Bo Lindqvist →")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        body = written(app, "PUT", PATH)[0]
        saved = nordwind_schedules.schedules()[0]
        assert body["layers"][0]["id"] == saved.layers[0].id
        assert body["layers"][0]["end"] == saved.layers[0].end
        assert [group["members"][0]["user_id"] for group in body["layers"][1]["groups"]] == ["u-ana", "u-bo"]


async def test_hours_that_nobody_has_are_named_in_red() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        await app.tap(key="choice-daily")
        await app.until(lambda: app.says("No one on call"))
        assert app.says("Mon 23 Nov 18:00 to Tue 24 Nov 09:00")
        assert app.says("and 4 more")


async def test_ended_layers_are_folded_and_come_back_unchanged() -> None:
    async with form() as app:
        assert not app.says("Summer")
        await app.tap(key="past-layers")
        assert app.says("Summer")
        assert app.says("Until 1 Sep")
        await app.type("field-name", "Renamed")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        assert len(written(app, "PUT", PATH)[0]["layers"]) == 3


async def test_a_mask_resets_weekly_hours_and_says_so() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        await app.tap(key="choice-weekly")
        await switch(app, "mask-1")
        assert app.says("The weekly hours are gone")
        assert not app.find(ft.TextButton, key="choice-weekly")
        await app.tap(key="mask-1-fri")
        await switch(app, "continuous-1")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        layer = written(app, "PUT", PATH)[0]["layers"][1]
        assert (layer["date_mask"], layer["continuous"]) == (["mon", "tue", "wed", "thu"], True)
        assert layer["restriction"] == {"kind": "none", "periods": []}


async def test_the_weekday_of_handoff_is_asked_for_whole_weeks_only() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        assert app.find(ft.TextField, key="field-layers.1.rotation.handoff_time")
        await app.tap(key="choice-day")
        assert not app.find(ft.TextField, key="field-layers.1.rotation.handoff_time")
        await app.type("field-layers.1.rotation.every", "14")
        assert app.find(ft.TextField, key="field-layers.1.rotation.handoff_time")
        await app.tap(key="field-layers.1.rotation.handoff_weekday")
        await app.tap(key="option-thu")
        await app.type("field-layers.1.rotation.handoff_time", "930")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        rotation = written(app, "PUT", PATH)[0]["layers"][1]["rotation"]
        assert (rotation["unit"], rotation["every"]) == ("day", 14)
        assert (rotation["handoff_weekday"], rotation["handoff_time"]) == ("thu", "09:30")


async def test_fair_order_with_two_groups_warns_of_two_turns_in_a_row() -> None:
    async with form() as app:
        await app.tap(key="open-layer-2")
        assert app.says("With two groups, a turn comes twice in a row at times.")


async def test_what_the_preview_refuses_stands_at_its_field() -> None:
    async with form() as app:
        await app.tap(key="open-layer-2")
        await app.tap(key="add-period-2")
        await app.type("time-layers.2.restriction.periods.1.start", "10")
        await app.type("time-layers.2.restriction.periods.1.end", "11")
        await app.until(lambda: app.says("Overlaps other hours above."))
        assert app.says("1 thing to check first.")
        await app.type("time-layers.2.restriction.periods.1.start", "20")
        await app.type("time-layers.2.restriction.periods.1.end", "21")
        await app.until(lambda: not app.says("Overlaps other hours above."))


async def test_a_refusal_of_a_closed_layer_stands_on_its_card() -> None:
    async with form() as app:
        flaw = FieldProblem(field="layers[1].groups[2].members[0].user_id", code="not_in_team", message="")
        app.api.refuse_with(PATH, 400, "invalid", flaw, method="PUT")
        await app.type("field-name", "Renamed")
        await save(app)
        await app.until(lambda: app.says("Somebody here is not in the team that owns the schedule."))
        await app.tap(key="open-layer-1")
        assert app.says("Somebody here is not in the team that owns the schedule.")


async def test_several_share_a_turn_and_each_has_a_role_and_dates() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        await app.tap(key="turn-1")
        await app.tap(key="turn-add")
        await app.tap(key="pick-u-bo")
        await app.tap(key="people-add")
        await app.tap(key="member-1-1")
        await app.tap(key="role-r-lead")
        await app.tap(key="field-layers.1.groups.1.members.1.until")
        await app.tap(key="day-2026-11-30")
        await app.tap(key="member-done")
        assert app.says("Ana Ruiz (Primary) + Bo Lindqvist (Incident lead, until 30 Nov)")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        members = written(app, "PUT", PATH)[0]["layers"][1]["groups"][1]["members"]
        assert members[1] | {"gone_at": None} == {
            "user_id": "u-bo",
            "role_id": "r-lead",
            "from": None,
            "until": "2026-11-30T00:00",
            "gone_at": None,
        }


async def test_a_turn_without_anybody_can_be_moved_and_a_layer_too() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        await app.tap(key="add-nobody-1")
        await app.tap(key="turn-3")
        await app.tap(key="turn-up")
        await app.tap(key="layer-down-1")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        layers = written(app, "PUT", PATH)[0]["layers"]
        assert [layer["id"] for layer in layers] == ["l-old", "l-days", "l-week"]
        assert [group["nobody"] for group in layers[2]["groups"]] == [False, False, True, False]


async def test_notices_go_by_chosen_channels_and_to_group_chats() -> None:
    async with form() as app:
        await app.tap(key="field-notices.by")
        await app.tap(key="option-unified")
        await app.tap(key="field-notices.channels-email")
        await app.tap(key="field-notices.before_s")
        await app.tap(key="option-900")
        await app.type("field-notices.daily_at", "7:30")
        await app.tap(key="add-group")
        await app.type("field-notices.groups.1.address", "https://chat.nordwind.example/hooks/two")
        await app.tap(key="add-group")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        notices = written(app, "PUT", PATH)[0]["notices"]
        assert (notices["before_s"], notices["daily_at"]) == (900, "07:30")
        assert (notices["by"], notices["channels"]) == ("unified", ["email"])
        assert [group["address"][-3:] for group in notices["groups"]] == ["all", "two"]


async def test_a_description_that_is_too_long_is_counted_and_not_sent() -> None:
    async with form() as app:
        await app.type("field-description", "x" * 510)
        await app.until(lambda: app.says("10 characters too many"))
        await save(app)
        assert app.says("At most 500 characters.")
        assert written(app, "PUT", PATH) == []


async def test_what_saving_changed_is_told_until_it_was_read() -> None:
    async with form() as app:
        start = NOW + timedelta(days=2)
        change = Change(user_id="u-ana", role_id="primary", start=start, end=start + timedelta(hours=6), gains=True)
        gap = FieldProblem(field="layers", code="gap_ahead", message="", args={"start": start.isoformat(), "count": 2})
        who = {"user_id": "u-ana", "name": "Ana Ruiz", "for_id": "u-x", "for_name": "Max Weber"}
        hours = {"start": start.isoformat(), "end": (start + timedelta(hours=6)).isoformat()}
        moved = FieldProblem(field="overrides", code="cover_moved", message="", args={**who, **hours})
        later = FieldProblem(field="overlap", code="after_running_shifts", message="", args={"at": start.isoformat()})
        layer = FieldProblem(field="layers", code="after_running_shifts", message="", args={"at": start.isoformat()})
        told = [gap, moved, later, layer]
        saved = {**_builtins(nordwind_schedules.schedules()[0]), "name": "Renamed", "rev": 5}
        app.api.console.answers["PUT", PATH] = lambda _: answered({**saved, "changes": [change], "warnings": told})
        await app.type("field-name", "Renamed")
        await save(app)
        await app.until(lambda: app.says("Saved. What it changes"))
        assert app.says("Ana Ruiz gains Mon 23 Nov 03:12 to 09:12")
        assert app.says("Nobody is on call at Mon 03:12, and 2 times in the next 30 days.")
        assert app.says(
            "Ana Ruiz stands in for Max Weber, Mon 23 Nov 03:12 to 09:12: after this edit the shift is elsewhere."
        )
        assert app.says("How layers overlap changes at Mon 03:12, once the shifts that run have ended.")
        assert app.says("This change of layers holds from Mon 03:12 on, once the shift that runs has ended.")
        await app.tap(key="outcome-done")
        assert not app.says("Saved. What it changes")


def _builtins(schedule: Schedule) -> dict[str, Any]:
    return {name: getattr(schedule, name) for name in schedule.__struct_fields__}


async def test_a_change_takes_over_on_a_chosen_date() -> None:
    async with form() as app:
        await app.tap(key="field-effective_at")
        await app.tap(key="month-after")
        await app.tap(key="day-2026-12-07")
        await app.type("time-effective_at", "10")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        at = datetime.fromisoformat(written(app, "PUT", PATH)[0]["effective_at"])
        assert at.isoformat() == "2026-12-07T09:00:00+00:00"


async def test_a_form_that_is_gone_while_it_is_drawn_stops_nothing() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        app.state.editor.forget()
        app.state.editor.notify()
        await app.settle(0.1)
        await app.goto("/configure/service-calendars/c-berlin")
        await app.until(lambda: app.says("Warehouse Berlin") and app.find(ft.TextButton, key="day-2026-11-24"))
        app.state.editor.forget()
        app.state.editor.notify()
        await app.settle(0.1)
        await app.goto("/configure/on-call-roles")
        await app.until(lambda: app.says("Incident lead"))


async def test_a_viewer_reads_and_changes_nothing() -> None:
    async with form(role="viewer") as app:
        assert app.says("Every week, handoff Mon 10:00")
        assert not app.find(ft.TextButton, key="open-layer-1")
        assert not app.find(ft.OutlinedButton, key="add-layer")
        assert written(app, "POST", routes.SCHEDULE_PREVIEW) == []


async def test_on_a_phone_the_preview_stands_below_the_layers() -> None:
    async with form(width=412) as app:
        await app.until(lambda: app.says("Mon 23 Nov"))
        texts = app.texts()
        assert texts.index("Add a layer") < texts.index("Who is on call then") < texts.index("Shift notices")


async def test_the_calendar_address_is_made_shown_and_replaced_after_one_question() -> None:
    async with form() as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="feed-make"))
        await app.tap(key="feed-make")
        await app.until(lambda: app.says("nw-4f7Qk2-1.ics"))
        await app.tap(key="feed-renew")
        assert app.says("The old one ends at once")
        await app.tap(key="feed-renew-yes")
        await app.until(lambda: app.says("nw-4f7Qk2-2.ics"))
        await app.tap(key="feed-remove")
        await app.tap(key="feed-remove-yes")
        await app.until(lambda: app.says("There is no address yet."))


async def test_what_was_typed_stays_when_something_else_of_the_layer_is_chosen() -> None:
    async with form() as app:
        await app.tap(key="open-layer-1")
        await app.type("field-layers.1.name", "Days off")
        await switch(app, "mask-1")
        await app.type("field-layers.1.name", "Workdays")
        await switch(app, "continuous-1")
        await app.tap(key="layer-down-1")
        await save(app)
        await app.until(lambda: written(app, "PUT", PATH))
        assert written(app, "PUT", PATH)[0]["layers"][2]["name"] == "Workdays"
