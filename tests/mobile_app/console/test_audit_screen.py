"""The trail's rhythm: days, one entry with before and after, sign-ins only on demand."""

from datetime import timedelta

import flet as ft
import msgspec

from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW
from tests.kit.opened import administrator

AUDIT = "/configure/audit"


def with_history() -> FakeApi:
    """A change today and one the day before, and a sign-in."""
    api = FakeApi()
    one = api.console.audit[0]
    signed = msgspec.structs.replace(
        one, id="s-1", verb="signed_in", object_kind="session", object_name="Firefox", differences=[], at=NOW
    )
    old = msgspec.structs.replace(api.console.audit[1], id="old", at=NOW - timedelta(days=9))
    api.console.audit = [signed, msgspec.structs.replace(one, at=NOW - timedelta(minutes=9)), old]
    return api


async def test_entries_stand_under_their_day_and_sign_ins_are_asked_for() -> None:
    api = with_history()
    async with administrator(AUDIT, api=api) as app:
        await app.until(lambda: app.says("Today · Sat 21 Nov"))
        assert app.says("Thu 12 Nov")
        assert not app.says("Firefox")
        await app.fire(app.one(ft.Switch, key="trail-sessions"), "change", True)
        await app.until(lambda: app.says("Firefox"))


async def test_a_period_leaves_out_what_was_before() -> None:
    async with administrator(AUDIT, api=with_history()) as app:
        await app.until(lambda: app.says("Thu 12 Nov"))
        await app.tap(key="field-trail-since")
        await app.tap(key="option-7")
        await app.until(lambda: not app.says("Thu 12 Nov"))
        assert app.says("Today · Sat 21 Nov")


async def test_beside_the_list_stands_what_was_before_and_what_is_now() -> None:
    async with administrator(AUDIT) as app:
        await app.until(lambda: app.says("Level 1 waits: 10\u00a0min → 5\u00a0min"))
        entry = next(each for each in app.api.console.audit if each.object_kind == "escalation_policy")
        await app.tap(key=f"entry-{entry.id}")
        said = app.texts()
        at = said.index("Before")
        assert said[at - 1 : at + 4] == ["Level 1 waits", "Before", "10\u00a0min", "Now", "5\u00a0min"]
        await app.tap(key=f"open-{entry.id}")
        assert app.page.route == f"/configure/policies/{entry.object_id}"


async def test_on_a_phone_a_tap_unfolds_an_entry_and_another_folds_it() -> None:
    async with administrator(AUDIT, width=412) as app:
        await app.until(lambda: app.says("Level 1 waits"))
        assert not says_before(app)
        entry = next(each for each in app.api.console.audit if each.object_kind == "escalation_policy")
        await app.tap(key=f"entry-{entry.id}")
        assert says_before(app)
        await app.tap(key=f"entry-{entry.id}")
        assert not says_before(app)


def says_before(app: HeadlessApp) -> bool:
    return "Before" in app.texts()
