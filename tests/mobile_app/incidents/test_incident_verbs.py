"""Every verb of an incident from its own screen: what it asks, what it sends, what it says afterwards."""

import json
from typing import Any

import flet as ft
import msgspec
import pytest

from shared.wire import routes
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import ANA, BO, ago, ahead, incident

HERE = "/incidents/inc-4821"


def sent(app: HeadlessApp, ending: str) -> dict[str, Any]:
    """The body of the last request whose path ends so."""
    found = [each for each in app.api.requests if each.url.path.endswith(ending) and each.method != "GET"]
    return json.loads(found[-1].content)


async def test_the_bar_holds_one_filled_button_and_four_signs() -> None:
    async with HeadlessApp(route=HERE) as app:
        keys = ["escalate", "snooze", "reassign", "more"]
        assert [app.one(ft.TextButton, key=key).key for key in keys] == keys
        assert len(app.find(ft.FilledButton)) == 1


@pytest.mark.parametrize(
    ("key", "until", "shown"),
    [
        ("snooze-30", "2026-11-21T02:42:20Z", "03:42"),
        ("snooze-60", "2026-11-21T03:12:20Z", "04:12"),
        ("snooze-240", "2026-11-21T06:12:20Z", "07:12"),
        ("snooze-morning", "2026-11-21T09:00:00+01:00", "Sat 09:00"),
    ],
)
async def test_snoozing_takes_one_tap_for_the_usual_lengths(key: str, until: str, shown: str) -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="snooze")
        assert app.says("It is yours meanwhile and pages nobody. Then it pages again.")
        assert app.says(shown)
        await app.tap(key=key)
        await app.until(lambda: app.says("Snoozed until Sat"))
        assert sent(app, "/snooze") == {"until": until}
        await app.until(lambda: app.says("If it is still open then, it pages again"))
        await app.tap(key="unsnooze")
        await app.until(lambda: app.says("The snooze is over. It pages again."))


async def test_a_length_of_my_own_says_its_end_before_it_is_sent() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="snooze")
        await app.tap(key="own")
        await app.type("snooze-number", "90")
        await app.tap(key="choice-minutes")
        await app.until(lambda: app.says("Snooze until 04:42"))
        await app.type("snooze-number", "9000000")
        await app.until(lambda: app.says("From one minute to seven days."))
        await app.type("snooze-number", "1,5")
        await app.tap(key="choice-hours")
        await app.until(lambda: app.says("Snooze until 04:42"))
        await app.tap(key="snooze-send")
        await app.until(lambda: sent(app, "/snooze") == {"until": "2026-11-21T03:42:20Z"})


async def test_reassigning_to_people_names_them_on_the_button() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="reassign")
        await app.until(lambda: app.find(ft.TextButton, key=f"pick-{BO.id}"))
        assert app.one(ft.FilledButton, key="reassign-send").disabled
        await app.tap(key=f"pick-{BO.id}")
        await app.tap(key=f"pick-{ANA.id}")
        assert app.says("Give it to Bo Lindqvist and Ana Ruiz")
        assert app.says("If nobody answers within 5 minutes, the team's fallback is paged")
        assert app.says("There is no undo")
        await app.tap(key="reassign-send")
        await app.until(lambda: app.says("Given to Bo Lindqvist and Ana Ruiz."))
        assert not app.find(ft.TextButton, key="toast-undo"), "the server takes no reassignment back"
        assert sent(app, "/reassign") == {"user_ids": [BO.id, ANA.id]}


async def test_reassigning_to_a_policy_sends_its_id_alone() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="reassign")
        await app.tap(key="choice-policies")
        await app.until(lambda: app.find(ft.TextButton, key="pick-p-plat"))
        await app.tap(key="pick-p-plat")
        await app.tap(key="reassign-send")
        await app.until(lambda: app.says("Given to Platform working hours."))
        assert sent(app, "/reassign") == {"policy_id": "p-plat"}


async def test_calling_others_in_leaves_out_who_is_there_and_shows_who_was_asked() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="more")
        await app.tap(key="more-add_responders")
        await app.until(lambda: app.find(ft.TextButton, key=f"pick-{BO.id}"))
        assert not app.find(ft.TextButton, key="pick-u-jonas")
        await app.tap(key=f"pick-{BO.id}")
        await app.tap(key="call-in-send")
        await app.until(lambda: app.says("to be paged now, called in by you"))


async def test_giving_it_back_pages_again() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="acknowledge")
        await app.until(lambda: app.find(ft.FilledButton, key="resolve"))
        await app.tap(key="more")
        assert not app.find(ft.TextButton, key="more-resolve")
        await app.tap(key="more-unacknowledge")
        await app.until(lambda: app.says("Given back. It pages again."))
        assert app.find(ft.FilledButton, key="acknowledge")


async def test_a_comment_must_say_something() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="more")
        await app.tap(key="more-comment")
        await app.tap(key="comment-send")
        assert app.says("Write a few words.")
        await app.type("comment-text", "Awake, at my desk in 5")
        await app.tap(key="comment-send")
        await app.until(lambda: app.says("Comment added."))
        assert sent(app, "/comments") == {"text": "Awake, at my desk in 5"}
        assert app.find(ft.FilledButton, key="acknowledge")


async def test_following_and_stopping() -> None:
    async with HeadlessApp(route=HERE) as app:
        assert app.says("Mei Chen follows it.")
        await app.tap(key="follow-toggle")
        await app.until(lambda: app.says("You follow it."))
        await app.until(lambda: app.says("You and Mei Chen follow it."))
        await app.tap(key="follow-toggle")
        await app.until(lambda: app.says("You follow it no more."))
        assert ("DELETE", f"{routes.INCIDENTS}/inc-4821/followers/me") in app.api.calls


async def test_merging_offers_other_open_incidents_and_then_leads_there() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="more")
        await app.tap(key="more-merge")
        await app.until(lambda: app.find(ft.TextButton, key="merge-inc-4820"))
        assert not app.find(ft.TextButton, key="merge-inc-4821")
        await app.tap(key="merge-inc-4820")
        assert app.says("It counts as resolved, its alerts move into")
        assert "merge" not in app.api.verbs()
        await app.tap(key="merge-back")
        await app.until(lambda: app.find(ft.TextButton, key="merge-inc-4820"))
        await app.tap(key="merge-inc-4820")
        await app.tap(key="merge-sure")
        await app.until(lambda: app.says("Merged into INC-4820."))
        assert app.says("Merged into INC-4820: Payment webhooks delayed by 11 min")
        assert not app.find(ft.TextButton, key="toast-undo"), "the server takes no merge back"
        assert not app.find(ft.FilledButton)


async def test_title_and_severity_are_changed_under_the_revision_that_was_seen() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="more")
        await app.tap(key="more-edit")
        assert app.says("None chosen: it follows the gravest open alert.")
        await app.type("edit-title", "Checkout is down")
        await app.tap(key="severity-warning")
        assert app.says("It stays at this severity, whatever the alerts say.")
        await app.tap(key="edit-send")
        await app.until(lambda: app.says("Checkout is down"))
        assert sent(app, "/inc-4821") == {"title": "Checkout is down", "severity": "warning"}
        assert app.api.requests[-1] is not None


async def test_resolving_keeps_all_four_texts_and_they_can_be_changed_later() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="acknowledge")
        await app.until(lambda: app.find(ft.FilledButton, key="resolve"))
        await app.tap(key="resolve")
        await app.tap(key="resolve-further")
        await app.type("impact", "8 % of carts")
        await app.type("lessons", "Alert sooner")
        await app.tap(key="resolve-send")
        await app.until(lambda: app.says("8 % of carts"))
        assert sent(app, "/resolve") == {"impact": "8 % of carts", "lessons": "Alert sooner"}
        await app.tap(key="review")
        await app.type("review-root_cause", "A release")
        await app.tap(key="review-send")
        await app.until(lambda: app.says("A release"))
        assert sent(app, "/inc-4821") == {"root_cause": "A release"}


async def test_reopening_is_the_one_button_of_what_is_resolved() -> None:
    api = FakeApi()
    api.incidents[0] = incident(4821, "Checkout errors", state="resolved", resolved_at=ago(3))
    async with HeadlessApp(api, route=HERE) as app:
        await app.tap(key="reopen")
        await app.until(lambda: app.says("Reopened. It pages again."))


async def test_reopening_what_has_recovered_says_that_only_people_end_it() -> None:
    api = FakeApi()
    quiet = {"alert_count": 3, "open_alert_count": 0}
    api.incidents[0] = incident(4821, "Checkout errors", state="resolved", resolved_at=ago(3), **quiet)
    async with HeadlessApp(api, route=HERE) as app:
        await app.tap(key="reopen")
        await app.until(lambda: app.says("it stays open until somebody resolves it"))


async def test_an_undo_that_came_after_messages_had_left_says_so() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="acknowledge")
        await app.until(lambda: app.find(ft.TextButton, key="toast-undo"))
        app.api.pages_left = 2
        await app.undo()
        await app.until(lambda: app.says("Undone. 2 messages had left already and can't be unsent."))


async def test_a_verb_that_came_too_late_says_why() -> None:
    async with HeadlessApp(route=HERE) as app:
        app.api.refuse(f"{routes.INCIDENTS}/inc-4821/acknowledge", 409, "already_acknowledged")
        await app.tap(key="acknowledge")
        await app.until(lambda: app.says("Not done: Somebody has it already."))


async def test_without_a_network_a_snooze_waits_and_can_be_taken_back() -> None:
    async with HeadlessApp(route=HERE) as app:
        app.api.offline = True
        await app.tap(key="snooze")
        await app.tap(key="snooze-60")
        await app.until(lambda: app.says("No connection. It is sent as soon as there is one."))
        assert app.says("Sending “Snooze”…")
        await app.undo()
        await app.until(lambda: app.says("Taken back before it was sent."))
        assert app.find(ft.FilledButton, key="acknowledge")


async def test_similar_before_says_how_it_was_solved() -> None:
    async with HeadlessApp(route=HERE) as app:
        assert app.says("Ana Ruiz: Rolled back the release. The release label had changed then too.")
        assert app.says("Nothing was written down.")


async def test_what_was_changed_on_the_service_stands_beside_the_incident() -> None:
    async with HeadlessApp(route=HERE) as app:
        assert app.says("Changed lately on this service")
        assert app.says("checkout-api 4.2 deployed to eu-west")
        assert app.says("Build 42")


async def test_responders_who_could_not_be_reached_stand_out() -> None:
    async with HeadlessApp(route="/incidents/inc-4820") as app:
        assert app.says("has it")
        assert app.says("could not be reached, 12\u00a0min ago, called in by Ana Ruiz")


async def test_one_opened_by_hand_without_alerts_has_no_list_of_them() -> None:
    api = FakeApi()
    by_hand = {"opened_by": ANA, "integration": None, "alert_count": 0, "open_alert_count": 0}
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], **by_hand, snoozed_until=ahead(9))
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("opened by Ana Ruiz")
        assert not app.says("0 alerts")
