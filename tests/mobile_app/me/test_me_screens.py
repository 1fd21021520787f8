"""Me: how I am reached and whether it works, my account's safety, phones that join."""

import asyncio
from typing import Any

import flet as ft
import msgspec
import pytest

from phone.base.i18n import Words
from phone.base.theme import style
from phone.me import saying
from shared.domain.paging.notification import Turn
from shared.wire import routes
from shared.wire.devices import DevicePermissions
from tests.kit.fake_api import FakeApi
from tests.kit.fake_me import RIGHT_CODE
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW, ahead


def asked(app: HeadlessApp, path: str) -> list[dict[str, Any]]:
    return [body for _, where, body in app.api.phone.me.asked if where == path]


async def at_once(_: float) -> None:
    """A wait that is nearly over."""
    await asyncio.sleep(0.01)


async def test_each_severity_has_a_sentence_and_the_night_its_lines() -> None:
    async with HeadlessApp(route="/me") as app:
        assert app.says("Critical. Push to every phone and Desk lamp at once, email after 3\u00a0min.")
        assert app.says("Info. Email at once.")
        for told in ("What happens at 3 am", "Pixel 9 rings", "Email to j…@nordwind.example", "03:03"):
            assert app.says(told)
        preview = asked(app, routes.MY_NOTIFICATION_RULES_PREVIEW)[-1]
        assert (preview["severity"], preview["at"]) == ("critical", "2026-11-22T03:00:00+01:00")
        await app.tap(key="night-severity")
        await app.until(lambda: not app.says("Email to j…@nordwind.example"))


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Push to every phone at once, email after 90 s."), ("zh", "立即推送到所有手机，90 秒后发邮件。")],
)
def test_a_rule_is_a_sentence_in_both_languages(language: Any, told: str) -> None:
    steps = [Turn(channel="push"), Turn(channel="email", delay_s=90)]
    assert saying.rule(Words(language), steps, []) == told


async def test_a_rule_is_edited_step_by_step_and_kept_as_a_whole() -> None:
    async with HeadlessApp(route="/me/rules/warning") as app:
        await app.tap(key="rule-add")
        await app.tap(key="way-1-c-mail")
        await app.tap(key="delay-1-600")
        assert app.says("Push to every phone at once, Work after 10\u00a0min.")
        await app.tap(key="up-1")
        await app.tap(key="drop-1")
        assert app.says("Work after 10\u00a0min.")
        await app.tap(key="rule-save")
        await app.until(lambda: asked(app, routes.MY_NOTIFICATION_RULES))
        sent = asked(app, routes.MY_NOTIFICATION_RULES)[0]
        assert [each.get("contact_method_id") for each in sent["warning"]] == ["c-mail"]
        assert len(sent["critical"]) == 3


async def test_a_rule_that_somebody_changed_meanwhile_is_not_overwritten() -> None:
    async with HeadlessApp(route="/me/rules/critical") as app:
        me = app.api.phone.me
        me.rules = msgspec.structs.replace(me.rules, rev=9)
        await app.tap(key="rule-save")
        await app.until(lambda: app.says("Somebody changed it meanwhile."))


async def test_devices_tell_their_last_receipt_and_what_is_missing() -> None:
    api = FakeApi()
    denied = DevicePermissions(notifications="denied", critical_alerts="denied")
    api.phone.me.devices[1] = msgspec.structs.replace(api.phone.me.devices[1], permissions=denied)
    async with HeadlessApp(api, route="/me") as app:
        assert app.says("Last page arrived 4\u00a0min ago")
        assert app.says("2 permissions are missing")
        await app.tap(key="way-d-ipad")
        assert app.says("Silent mode keeps pages quiet.")
        assert not app.says("Battery unrestricted")


@pytest.mark.parametrize(
    ("reaches", "told"),
    [
        (["queued", "accepted", "received"], "Reached Pixel 9 in 1.4 s"),
        (["failed"], "Did not arrive: the device signed off"),
        (["accepted"], "Handed over in 0.6 s; the device did not confirm"),
    ],
)
async def test_a_test_message_is_watched_until_it_is_known_what_became_of_it(reaches: list[str], told: str) -> None:
    async with HeadlessApp(route="/me") as app:
        app.state.ways._sleep = at_once
        app.api.phone.me.reaches = reaches
        await app.tap(key="test-d-pixel")
        await app.until(lambda: app.says(told))
        assert asked(app, routes.MY_TEST_NOTIFICATION) == [{"contact_method_id": "d-pixel", "severity": "critical"}]


async def test_a_mail_address_is_added_and_proved_with_its_code() -> None:
    async with HeadlessApp(route="/me") as app:
        assert app.says("Not proved yet: nothing is sent there")
        await app.tap(key="add-way")
        await app.tap(key="method-add")
        assert app.says("Enter an email address.")
        await app.type("method-value", "jonas@new.example")
        await app.tap(key="method-add")
        await app.until(lambda: app.says("We sent six digits to this address."))
        await app.type("method-code", "000000")
        await app.tap(key="method-prove")
        await app.until(lambda: app.says("That is not the code that was sent."))
        await app.type("method-code", RIGHT_CODE)
        await app.tap(key="method-prove")
        await app.until(lambda: app.says("Proved. Pages can go there now."))


@pytest.mark.parametrize("key", ["test-c-mail", "test-c-hook"])
async def test_where_nothing_confirms_nothing_is_waited_for(key: str) -> None:
    async with HeadlessApp(route="/me") as app:
        app.api.phone.me.reaches = ["accepted"]
        await app.tap(key=key)
        await app.until(lambda: app.says("Sent in 0.6 s. See whether it is there."))
        assert not app.says("waiting for the device")


async def test_the_owners_own_address_asks_for_no_code_that_nobody_sends() -> None:
    async with HeadlessApp(route="/me") as app:
        app.api.phone.me.owners_mail = "jonas@own.example"
        await app.tap(key="add-way")
        await app.type("method-value", "jonas@own.example")
        await app.tap(key="method-add")
        await app.until(lambda: app.says("Proved. Pages can go there now."))
        assert not app.says("We sent six digits to this address.")
        assert not app.find(ft.TextField, key="method-value")


async def test_a_webhook_shows_its_secret_once() -> None:
    async with HeadlessApp(route="/me") as app:
        await app.tap(key="add-way")
        await app.tap(key="choice-webhook")
        await app.type("method-value", "https://hooks.example.com/x")
        await app.tap(key="method-add")
        await app.until(lambda: app.says("whsec-4f1b"))
        await app.tap(key="method-done")
        assert not app.says("whsec-4f1b")


async def test_a_way_can_be_removed() -> None:
    async with HeadlessApp(route="/me") as app:
        await app.tap(key="way-c-hook")
        await app.tap(key="way-remove")
        await app.tap(key="way-remove-yes")
        await app.until(lambda: not app.find(ft.TextButton, key="way-c-hook"))


async def test_messages_that_did_not_arrive_have_a_reason() -> None:
    async with HeadlessApp(route="/me") as app:
        assert app.says("1 did not arrive")
        assert app.says("Only the severity and the service are shown")
        await app.goto("/me/messages")
        await app.until(lambda: app.says("Did not arrive: no answer in time"))
        assert app.says("Page for INC-4821")


async def test_texts_grow_with_the_chosen_size_and_it_is_kept() -> None:
    async with HeadlessApp(route="/me") as app:
        before = style("body", "#000000").size
        await app.tap(key="choice-160")
        assert app.preferences.kept["text_size"] == "160"
        grown = app.one(ft.Text, text="Jonas Keller").style
        assert isinstance(grown, ft.TextStyle)
        assert grown.size == pytest.approx(22 * 1.6)
        assert before == 15


async def test_a_session_is_ended_and_all_others_at_once() -> None:
    async with HeadlessApp(route="/me/security") as app:
        assert app.says("this device")
        await app.tap(key="end-s-2")
        await app.tap(key="end-s-2-yes")
        await app.until(lambda: not app.says("Firefox, Linux"))
        await app.tap(key="end-others")
        await app.tap(key="end-others-yes")
        await app.until(lambda: not app.says("iPad"))
        assert app.says("Pixel 9")


async def test_a_wrong_old_password_is_said_at_the_field() -> None:
    async with HeadlessApp(route="/me/security") as app:
        await app.tap(key="password")
        await app.type("old-password", "nope")
        await app.type("new-password", "four words are fine")
        await app.tap(key="password-save")
        await app.until(lambda: app.says("That is not right. Try again."))
        await app.type("old-password", "dogwatch-demo")
        await app.tap(key="password-save")
        await app.until(lambda: app.says("Password changed."))


async def test_the_second_factor_is_turned_on_with_codes_shown_once_and_off_again() -> None:
    async with HeadlessApp(route="/me/security") as app:
        await app.tap(key="totp")
        await app.type("proof", "dogwatch-demo")
        await app.tap(key="totp-begin")
        await app.until(lambda: app.says("JBSWY3DPEHPK3PXP"))
        await app.type("totp-code", "000000")
        await app.tap(key="totp-confirm")
        await app.until(lambda: app.says("This code is not the one of this moment."))
        await app.type("totp-code", RIGHT_CODE)
        await app.tap(key="totp-confirm")
        await app.until(lambda: app.says("aaaa-1111\nbbbb-2222"))
        await app.tap(key="codes-kept")
        await app.until(lambda: app.says("On: signing in asks for a code."))
        assert not app.says("aaaa-1111")
        await app.tap(key="totp-off")
        await app.type("proof", "dogwatch-demo")
        await app.tap(key="proof-send")
        await app.until(lambda: app.says("Enter the code of your authenticator too."))
        await app.type("proof-code", RIGHT_CODE)
        await app.tap(key="proof-send")
        await app.until(lambda: app.says("The second factor is off."))


async def test_pairing_shows_which_phone_joined_and_throws_it_out() -> None:
    async with HeadlessApp(route="/me") as app:
        app.state.safety._sleep = at_once
        await app.goto("/me/pair")
        await app.until(lambda: app.says("7K4M-Q2XD"))
        assert app.says("Valid for 5:00")
        app.api.phone.me.pairing = msgspec.structs.replace(
            app.api.phone.me.pairing, state="joined", device="Galaxy S30", joined_at=NOW, undo_until=ahead(2)
        )
        await app.until(lambda: app.says("Galaxy S30 joined"))
        await app.tap(key="pair-undo")
        await app.until(lambda: app.says("That phone was thrown out."))


async def test_what_wants_a_fresh_sign_in_asks_for_it_and_goes_on() -> None:
    async with HeadlessApp(route="/me") as app:
        app.state.safety._sleep = at_once
        me = app.api.phone.me
        me.is_fresh, me.has_totp = False, True
        await app.goto("/me/pair")
        await app.until(lambda: app.says("Is it still you?"))
        await app.type("prove-password", "nope")
        await app.tap(key="prove-send")
        await app.until(lambda: app.says("That is not right. Try again."))
        await app.type("prove-password", "dogwatch-demo")
        await app.tap(key="prove-send")
        await app.type("prove-code", RIGHT_CODE)
        await app.tap(key="prove-send")
        await app.until(lambda: app.says("7K4M-Q2XD"))
        assert not app.says("Is it still you?")


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("http://0.0.0.0:8000", False),
        ("http://192.168.7.2:8000", True),
        ("https://dogwatch.nordwind.example", True),
    ],
)
async def test_pairing_says_before_the_scan_that_no_phone_gets_there(address: str, reached: bool) -> None:
    api = FakeApi()
    api.phone.me.address = address
    async with HeadlessApp(api, route="/me/pair") as app:
        await app.until(lambda: app.says("7K4M-Q2XD"))
        assert app.says(f"This server calls itself {address}") != reached
        assert not app.says("nothing rings")


async def test_pairing_says_that_there_is_no_push_and_leads_whoever_may_to_it() -> None:
    api = FakeApi()
    api.phone.me.rings = False
    async with HeadlessApp(api, route="/me/pair") as app:
        await app.until(lambda: app.says("This server has no push yet: the phone will show incidents"))
        assert not app.find(ft.OutlinedButton, key="pair-push")
    api = FakeApi()
    api.phone.me.rings = False
    api.as_role("owner", "configuration:edit")
    async with HeadlessApp(api, route="/me/pair") as app:
        await app.until(lambda: app.says("This server has no push yet"))
        await app.tap(key="pair-push")
        await app.until(lambda: app.state.place.route == "/configure/channels/push")


async def test_reading_the_pairing_screen_again_makes_no_other_code() -> None:
    async with HeadlessApp(route="/me/pair") as app:

        def made() -> int:
            return app.api.calls.count(("POST", routes.PAIRING_CODES))

        await app.until(lambda: made() == 1)
        await app.state.refresh()
        await app.settle(0.1)
        assert made() == 1
        await app.goto("/me")
        await app.goto("/me/pair")
        await app.until(lambda: made() == 2)


async def test_who_does_not_want_to_prove_it_is_told_why_nothing_happened() -> None:
    async with HeadlessApp(route="/me") as app:
        app.api.phone.me.is_fresh = False
        await app.goto("/me/pair")
        await app.until(lambda: app.says("Is it still you?"))
        await app.tap(key="prove-cancel")
        await app.until(lambda: app.says("Prove first that it is you"))
        assert not app.says("Is it still you?")


async def test_a_bug_behind_a_change_of_mine_is_logged_and_not_only_shown(caplog: pytest.LogCaptureFixture) -> None:
    async with HeadlessApp(route="/me") as app:

        async def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("a bug of ours")

        app.state.session.change = broken
        await app.tap(key="edit-name")
        await app.type("name", "Ann")
        await app.tap(key="save-name")
        await app.until(lambda: app.state.toast.message is not None)
        assert "a bug of ours" in caplog.text


async def test_a_new_way_to_be_reached_asks_whether_it_is_still_you_and_goes_on() -> None:
    async with HeadlessApp(route="/me") as app:
        me = app.api.phone.me
        me.is_fresh = False
        await app.tap(key="add-way")
        await app.tap(key="choice-webhook")
        await app.type("method-value", "https://hooks.example.com/x")
        await app.tap(key="method-add")
        await app.until(lambda: app.says("Is it still you?"))
        await app.type("prove-password", me.password)
        await app.tap(key="prove-send")
        await app.until(lambda: app.says("whsec-4f1b"))
        assert not app.says("Is it still you?")
