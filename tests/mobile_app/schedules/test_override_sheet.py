"""Making an override: its hours, for whom, and who is proposed."""

from datetime import datetime

import flet as ft
from msgspec import structs

from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW
from tests.mobile_app.schedules.test_schedule_screens import OVERRIDES, PRIMARY, at, label


def asked_for(app: HeadlessApp) -> list[dict[str, str]]:
    """The hours for which the form looked for people."""
    path = f"{OVERRIDES}/candidates"
    return [dict(each.url.params) for each in app.api.requests if each.url.path == path]


async def test_whoever_is_put_on_call_and_cannot_be_paged_is_named() -> None:
    api = FakeApi()
    api.schedules.out_of_reach = {"u-bo"}
    async with at(PRIMARY, api) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-bo"))
        await app.tap(key="candidate-u-bo")
        await app.tap(key="override-send")
        await app.until(lambda: app.says("The override is set, but Bo Lindqvist can't be paged yet."))


async def test_whoever_is_free_is_proposed_best_first_and_anybody_else_stays_to_be_chosen() -> None:
    async with at(PRIMARY) as app:
        await app.tap(key="slot-2026-11-24-primary")
        await app.tap(key="slot-override")
        await app.until(lambda: app.says("only 3\u00a0h of rest"))
        rows = [str(each.key) for each in app.find(ft.TextButton) if str(each.key).startswith("candidate-")]
        assert rows == ["candidate-u-bo", "candidate-u-ana", "candidate-u-mei"]
        assert not app.find(ft.TextButton, key="pick-u-jonas")
        assert app.one(ft.FilledButton, key="override-send").disabled, "nobody is on call by a default"
        await app.fire(app.one(ft.IconButton, key="to-later"))
        await app.until(lambda: len(asked_for(app)) == 2)
        assert [each["end"] for each in asked_for(app)] == ["2026-11-24T23:00:00+00:00", "2026-11-25T23:00:00+00:00"]
        await app.tap(key="override-others")
        await app.until(lambda: app.find(ft.TextButton, key="pick-u-jonas"))
        await app.tap(key="pick-u-jonas")
        assert not app.one(ft.FilledButton, key="override-send").disabled


async def test_hours_that_are_over_are_not_filled_in() -> None:
    async with at(PRIMARY) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: len(asked_for(app)) == 1)
        assert datetime.fromisoformat(asked_for(app)[0]["start"]) == NOW.replace(second=0, microsecond=0)


async def test_where_nobody_is_free_the_form_says_so_and_lets_everybody_be_chosen() -> None:
    api = FakeApi()
    api.covers.busy = {"u-bo", "u-ana", "u-mei"}
    async with at(PRIMARY, api) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: app.says("Nobody of the schedule or its team is free then"))
        await app.until(lambda: app.find(ft.TextButton, key="pick-u-bo"))


async def test_without_proposals_people_can_still_be_chosen() -> None:
    api = FakeApi()
    api.refuse(f"{OVERRIDES}/candidates", 403, "forbidden")
    async with at(PRIMARY, api) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: app.find(ft.TextButton, key="pick-u-bo"))
        assert not app.says("is free then")


async def test_in_somebodys_place_the_best_who_is_free_is_proposed_by_name() -> None:
    async with at(PRIMARY) as app:
        await app.tap(key="slot-2026-11-25-primary")
        await app.tap(key="replace-0")
        await app.until(lambda: app.says("Put Bo Lindqvist on call"))
        await app.tap(key="override-send")
        await app.until(lambda: app.api.schedules.asked)
        assert app.api.schedules.asked[0][2]["user_id"] == "u-bo"


async def test_a_shift_is_overridden_for_its_own_hours_and_its_person_is_not_proposed() -> None:
    async with at(PRIMARY) as app:
        await app.tap(key="slot-2026-11-25-primary")
        assert app.says("Ana Ruiz, Primary")
        await app.tap(key="replace-0")
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-bo"))
        assert not app.find(ft.TextButton, key="candidate-u-ana")
        assert asked_for(app)[-1]["user_id"] == "u-ana"
        await app.tap(key="candidate-u-bo")
        await app.tap(key="override-send")
        await app.until(lambda: app.api.schedules.asked)
        body = app.api.schedules.asked[0][2]
        assert (body["start"], body["end"]) == ("2026-11-21T08:00:00Z", "2026-11-25T08:00:00Z")
        assert body["scope"] == {"kind": "person", "user_id": "u-ana", "layer_id": None, "role_id": None}


async def test_a_shift_without_an_end_is_overridden_for_the_day() -> None:
    api = FakeApi()
    rota = next(each for each in api.schedules.rotas if each.schedule.id == "s-pay-1")
    [layer] = rota.rota.schedule.layers
    alone = structs.replace(layer, end=None, groups=layer.groups[:1])
    plan = structs.replace(rota.rota.schedule, layers=(alone,))
    api.schedules.rotas = [structs.replace(rota, rota=structs.replace(rota.rota, schedule=plan, overrides=()))]
    async with at(PRIMARY, api) as app:
        await app.tap(key="slot-2026-11-25-primary")
        await app.tap(key="replace-0")
        await app.until(lambda: asked_for(app))
        [hours] = asked_for(app)
        assert (hours["start"], hours["end"]) == ("2026-11-24T23:00:00+00:00", "2026-11-25T23:00:00+00:00")


async def test_an_override_from_a_slot_is_filled_in_for_the_day_of_the_schedules_zone() -> None:
    async with at(PRIMARY) as app:
        await app.tap(key="slot-2026-11-24-primary")
        await app.tap(key="slot-override")
        assert [each.value for each in app.find(ft.TextField)][:2] == ["00:00", "00:00"]
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-bo"))
        await app.tap(key="candidate-u-bo")
        assert app.says("Instead of Ana Ruiz.")
        await app.type("override-reason", "Dentist")
        await app.tap(key="override-send")
        await app.until(lambda: app.says("The override is set."))
        (asked,) = app.api.schedules.asked
        assert asked[:2] == ("POST", OVERRIDES)
        assert asked[2]["start"] == "2026-11-23T23:00:00Z"
        assert asked[2]["end"] == "2026-11-24T23:00:00Z"
        assert (asked[2]["user_id"], asked[2]["reason"]) == ("u-bo", "Dentist")
        sent = next(each for each in reversed(app.api.requests) if each.method == "POST")
        assert sent.headers["idempotency-key"]
        assert "Bo Lindqvist, Primary, Tue 24 Nov 00:00 to Wed 25 Nov 00:00, override" in label(
            app, "slot-2026-11-24-primary"
        )


async def test_day_time_and_scope_can_be_changed_before_it_is_made() -> None:
    api = FakeApi()
    api.schedules.rotas = [structs.replace(each, may_edit=True) for each in api.schedules.rotas]
    async with at("/schedules/s-plat", api) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.fire(app.one(ft.IconButton, key="to-later"))
        await app.type("from-time", "8.30")
        await app.type("to-time", "nine")
        assert app.says("Write a time such as 09:00.")
        await app.type("to-time", "09:15")
        await app.tap(key="scope-role-backup")
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-mei"))
        await app.tap(key="candidate-u-mei")
        await app.tap(key="override-send")
        await app.until(lambda: app.api.schedules.asked)
        body = app.api.schedules.asked[0][2]
        assert (body["start"], body["end"]) == ("2026-11-21T07:30:00Z", "2026-11-23T08:15:00Z")
        assert body["scope"] == {"kind": "role", "role_id": "backup", "layer_id": None, "user_id": None}
