"""The first run: step by step, how the reader is reached, and the test page."""

import json

import flet as ft
import httpx
import msgspec
import pytest

from shared.domain.alerts import Severity
from shared.domain.paging.notification import RuleFlaw
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.problems import FieldProblem
from tests.kit import nordwind
from tests.kit.answers import refused
from tests.kit.fake_api import FakeApi
from tests.kit.fake_me import message
from tests.kit.headless_app import HeadlessApp, ident
from tests.kit.night import BO, JONAS
from tests.kit.opened import administrator, posts


def empty_account() -> FakeApi:
    api = FakeApi()
    people = nordwind.users()
    api.console.empty()
    api.console.users.items.extend(people)
    api.incidents = []
    return api


async def test_an_empty_account_is_set_up_step_by_step() -> None:
    async with administrator("/incidents", api=empty_account()) as app:
        await app.until(lambda: app.says("4 steps left. Next: Team and people"))
        await app.tap(key="first-continue")
        await app.until(lambda: app.find(ft.TextField, key="first-team"))
        await app.type("first-team", "Payments")
        await app.tap(key="do-team")
        await app.until(lambda: app.find(ft.TextField, key="first-service"))
        await app.type("first-service", "checkout")
        await app.tap(key="field-first-source")
        await app.tap(key="option-events")
        await app.tap(key="do-service")
        await app.until(lambda: app.says("Page me first. After 5 min without an answer, page everybody in Payments."))
        await app.tap(key="do-policy")
        await app.until(lambda: app.find(ft.FilledButton, key="do-page"))
        console = app.api.console
        assert console.members["new-0"][0].user_id == "u-jonas"
        assert console.services.items[0].policy_id == console.policies.items[0].id
        assert console.integrations.items[0].service_id == console.services.items[0].id
        await app.tap(key="do-page")
        await app.until(lambda: app.says("It is on its way."))
        assert posts(app)[-1] == (routes.MY_TEST_PAGE, {})
        assert app.says("See that it reaches you, before it matters"), "a page that was sent is no page that arrived"
        console.accounts.answer_page(BO, after_s=3)
        await app.settle(0.1)
        assert not app.says("Acknowledged in"), "somebody else's answer says nothing about my phone"
        console.accounts.answer_page(JONAS, after_s=7)
        await app.until(lambda: app.says("All six are done. The next alert finds somebody."))
        assert app.says("Acknowledged in 7 s.")
        assert '"answered_s":7' in app.preferences.kept["first_run.u-jonas"]


async def test_people_are_invited_with_the_team_and_their_links_are_shown() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-emails"))
        await app.type("first-team", "Payments")
        await app.type("first-emails", "lea@nordwind.example, tim@nordwind.example")
        await app.tap(key="do-team")
        await app.until(lambda: app.says("lea@nordwind.example  https://"))
        sent = [body for path, body in posts(app) if path == routes.INVITATIONS]
        assert [each["email"] for each in sent] == ["lea@nordwind.example", "tim@nordwind.example"]
        assert all(each["team_ids"] == ["new-0"] and each["role"] == "responder" for each in sent)


async def test_of_several_addresses_the_wrong_one_is_named_and_the_invited_ones_leave_the_field() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-emails"))
        invite = app.api.console.accounts._invite

        def invite_or_refuse(request: httpx.Request) -> object:
            body = json.loads(request.content)
            if "@" not in body["email"]:
                return refused(400, "invalid", FieldProblem(field="email", code="not_an_email", message=""))
            return invite("POST", body, ())

        app.api.console.answers["POST", routes.INVITATIONS] = invite_or_refuse
        await app.type("first-team", "Payments")
        await app.type("first-emails", "lea@nordwind.example, nonsense, lea@nordwind.example tim@nordwind.example")
        await app.tap(key="do-team")
        await app.until(lambda: app.says("nonsense: This is no email address."))
        assert app.one(ft.TextField, key="first-emails").value == "nonsense, tim@nordwind.example"


async def test_a_step_that_lacks_something_says_what() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-team"))
        await app.tap(key="do-team")
        assert app.says("Give the team a name.")
        await app.type("first-team", "Payments")
        await app.tap(key="do-team")
        await app.until(lambda: app.find(ft.TextField, key="first-service"))
        assert not app.says("Give the team a name.")
        await app.type("first-service", "checkout")
        await app.tap(key="do-service")
        assert app.says("Say what can break, and where its alerts come from.")


async def test_an_address_that_is_refused_leaves_the_team_and_can_be_put_right() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-emails"))
        app.api.refuse(routes.INVITATIONS, 409, "email_taken")
        await app.type("first-team", "Payments")
        await app.type("first-emails", "ana@nordwind.example")
        await app.tap(key="do-team")
        await app.until(lambda: app.says("ana@nordwind.example: Somebody has this address already."))
        app.api.refused.clear()
        await app.type("first-emails", "lea@nordwind.example")
        await app.tap(key="do-team")
        await app.until(lambda: app.says("lea@nordwind.example  https://"))
        assert [body for path, body in posts(app) if path == routes.TEAMS] == [{"name": "Payments"}]


@pytest.mark.parametrize("rings", [True, False])
async def test_a_test_page_promises_sound_only_where_a_phone_rings(rings: bool) -> None:
    api = empty_account()
    if not rings:
        api.phone.me.devices = []
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-page"))
        await app.tap(key="step-page")
        await app.until(lambda: app.says("A real page"))
        assert app.says("with sound") == rings
        assert app.says("No phone of yours rings yet") != rings


async def test_a_page_that_nobody_answered_can_be_sent_again() -> None:
    api = empty_account()
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-page"))
        await app.tap(key="step-page")
        await app.tap(key="do-page")
        await app.until(lambda: app.says("It is on its way."))
        console = api.console.accounts
        assert console.trial is not None
        console.trial = msgspec.structs.replace(console.trial, state="resolved")
        await app.until(lambda: app.says("Nobody acknowledged it in time."))
        await app.tap(key="do-page")
        await app.until(lambda: app.says("It is on its way."))
        await app.tap(key="open-page")
        await app.until(lambda: app.state.place.route == "/incidents/inc-trial")


@pytest.mark.parametrize("how", ["skipped", "sent away", "answered"])
async def test_the_test_page_is_over_when_the_first_run_is(how: str) -> None:
    api = empty_account()
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-page"))
        for step in ("team", "service", "policy"):
            await app.tap(key=f"skip-{step}")
        await app.until(lambda: app.find(ft.FilledButton, key="do-page"))
        await app.tap(key="do-page")
        await app.until(lambda: app.says("It is on its way."))
        console = api.console.accounts
        if how == "skipped":
            await app.tap(key="skip-page")
        elif how == "sent away":
            await app.goto("/incidents")
            await app.until(lambda: app.find(ft.IconButton, key="first-dismiss"))
            await app.tap(key="first-dismiss")
        else:
            console.answer_page(JONAS, after_s=9)
        await app.until(lambda: console.trial is not None and console.trial.state == "resolved")


async def test_a_step_can_be_skipped_and_taken_up_again() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextButton, key="skip-team"))
        await app.tap(key="skip-team")
        assert app.says("Make the team first: a service belongs to one.")
        await app.tap(key="skip-service")
        await app.tap(key="skip-policy")
        await app.tap(key="skip-page")
        assert app.says("What you skipped waits here.")
        await app.tap(key="step-team")
        assert app.find(ft.TextField, key="first-team")
        assert '"skipped":["team","service","policy","page"]' in app.preferences.kept["first_run.u-jonas"]


async def test_the_card_goes_when_it_is_sent_away() -> None:
    async with administrator("/incidents", api=empty_account()) as app:
        await app.until(lambda: app.says("Finish setting up"))
        await app.tap(key="first-dismiss")
        assert not app.says("Finish setting up")
        assert '"dismissed":true' in app.preferences.kept["first_run.u-jonas"]


async def test_who_may_not_set_up_sees_no_card() -> None:
    async with HeadlessApp(empty_account()) as app:
        assert not app.says("Finish setting up")
        assert (("GET", routes.TEAMS)) not in app.api.calls


async def test_who_may_not_set_up_is_told_so_at_the_address_of_the_steps() -> None:
    async with HeadlessApp(route="/first-run") as app:
        await app.until(lambda: app.says("Nothing to do here"))
        assert not app.says("Administrator")
        assert not app.find(ft.TextField, key="first-team")
        await app.tap(key="home")
        await app.until(lambda: app.state.place.route == "/incidents")


def unreached() -> FakeApi:
    api = empty_account()
    api.phone.me.devices, api.phone.me.methods = [], []
    return api


async def test_whom_nothing_reaches_says_how_before_the_test_page() -> None:
    async with administrator("/first-run", api=unreached()) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-page"))
        await app.tap(key="step-page")
        assert app.says("A page needs somewhere to go.")
        assert not app.find(ft.FilledButton, key="do-page")
        await app.tap(key="page-reach")
        await app.tap(key="reach-webhook")
        assert app.find(ft.TextField, key="method-value"), "the kind was chosen: no second choice"
        await app.type("method-value", "https://lamp.home.example/pager")
        await app.tap(key="method-add")
        await app.tap(key="method-done")
        await app.tap(key="test-c-9")
        await app.until(lambda: "c-9" in app.state.ways.trials)
        await app.tap(key="do-reach")
        assert app.state.first_run.is_done("reach")


async def test_mail_that_cannot_be_sent_leads_to_its_relay() -> None:
    api = unreached()
    email, *others = nordwind.channels()
    unset = msgspec.structs.replace(email, is_configured=False, source=None)
    api.console.answers["GET", routes.CHANNELS] = lambda _: Page(items=[unset, *others])
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-reach"))
        await app.tap(key="step-reach")
        assert app.says("This installation sends no email yet")
        await app.tap(key="reach-mail")
        await app.until(lambda: app.state.place.route == "/configure/channels/email")


async def test_a_phone_that_no_push_reaches_is_no_way_and_leads_to_push() -> None:
    api = unreached()
    api.phone.me.devices = [msgspec.structs.replace(FakeApi().phone.me.devices[0], can_leave=False)]
    channels = nordwind.channels()
    unset = [msgspec.structs.replace(each, is_configured=each.slug == "webhook") for each in channels]
    api.console.answers["GET", routes.CHANNELS] = lambda _: Page(items=unset)
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-reach"))
        assert not app.state.first_run.is_done("reach")
        await app.tap(key="step-page")
        assert app.says("A page needs somewhere to go.")
        await app.tap(key="page-reach")
        assert app.says("this server has no push for it yet")
        await app.tap(key="reach-phone")
        await app.until(lambda: app.state.place.route == "/configure/channels/push")


async def test_the_amber_card_leads_who_may_set_it_up_to_push() -> None:
    api = FakeApi()
    api.incidents = []
    api.mine = msgspec.structs.replace(api.mine, unreachable="no_push")
    async with administrator("/incidents", api=api) as app:
        await app.until(lambda: app.says("Set up push"))
        await app.tap(key="card-mend")
        await app.until(lambda: app.state.place.route == "/configure/channels/push")


async def test_a_test_page_that_could_not_leave_is_no_page_on_its_way() -> None:
    api = empty_account()
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextButton, key="step-page"))
        await app.tap(key="step-page")
        api.phone.me.failed = [message("n-2", "failed", incident_id="inc-trial", reason="not_configured")]
        await app.tap(key="do-page")
        await app.until(lambda: app.says("It did not reach you: this channel is not set up."))
        assert not app.says("It is on its way.")
        other = message("n-3", "accepted", incident_id="inc-trial", channel="email")
        api.phone.me.failed = [*api.phone.me.failed, other]
        looks = api.calls.count(("GET", routes.NOTIFICATIONS))
        await app.tap(key="again-page")
        await app.until(lambda: api.calls.count(("GET", routes.NOTIFICATIONS)) > looks + 1)
        await app.until(lambda: app.says("It is on its way."))
        assert not app.says("It did not reach you"), "another way did"


@pytest.mark.parametrize(
    ("is_mailed", "told"), [(True, "An email with the link is on its way"), (False, "No email was")]
)
async def test_nobody_is_promised_a_mail_that_no_server_sends(is_mailed: bool, told: str) -> None:
    api = empty_account()
    email, *others = nordwind.channels()
    api.console.answers["GET", routes.CHANNELS] = lambda _: Page(
        items=[msgspec.structs.replace(email, is_configured=is_mailed), *others]
    )
    api.console.accounts.is_mailing = is_mailed
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-emails"))
        assert app.says("No email is sent") is not is_mailed
        await app.type("first-team", "Payments")
        await app.type("first-emails", "lea@nordwind.example、tim@nordwind.example")
        await app.tap(key="do-team")
        await app.until(lambda: app.says("tim@nordwind.example  https://"))
        assert app.says(told)


async def test_without_any_way_me_says_one_thing() -> None:
    api = unreached()
    api.phone.me.rules = msgspec.structs.replace(
        api.phone.me.rules, warnings=[RuleFlaw(severity=Severity.CRITICAL, code="reaches_nobody")]
    )
    api.phone.me.foresees_nothing = True
    async with HeadlessApp(api) as app:
        await app.goto("/me")
        await app.until(lambda: app.says("Nothing reaches you now"))
        assert app.says("Nothing: no way of yours works.")
        assert not app.says("Every way that works is used at once instead.")
        assert not app.says("Until somebody acknowledges.")


@pytest.mark.parametrize(
    ("why", "place"),
    [("no_phone", "/me/pair"), ("no_address", "/me"), ("dead", "/me"), ("no_push", "/me")],
)
async def test_the_amber_card_leads_to_where_it_is_mended(why: str, place: str) -> None:
    api = FakeApi()
    api.incidents = []
    api.mine = msgspec.structs.replace(api.mine, unreachable=why)
    async with HeadlessApp(api) as app:
        await app.until(lambda: app.says("A page may not reach you"))
        await app.tap(key="card-mend")
        await app.until(lambda: app.state.place.route == place)


def scrolled_to(app: HeadlessApp) -> list[str | float | None]:
    """Where the list of steps was moved to, in order."""
    moves = [args for name, args in app.connection.calls if name == "scroll_to"]
    return [args["scroll_key"] if args["offset"] is None else args["offset"] for args in moves]


async def test_the_open_step_is_brought_to_sight() -> None:
    async with administrator("/first-run", api=empty_account()) as app:
        await app.until(lambda: app.find(ft.TextField, key="first-team"))
        await app.settle(0.2)
        assert scrolled_to(app) == [], "the first steps are seen when the screen opens"
        await app.session.dispatch_event(ident(app.page), "connect", None)
        await app.settle(0.2)
        assert scrolled_to(app) == [], "a window that is drawn anew keeps its title"
        await app.tap(key="skip-team")
        await app.until(lambda: scrolled_to(app) == ["service"])
        await app.session.dispatch_event(ident(app.page), "connect", None)
        await app.until(lambda: scrolled_to(app) == ["service", "service"])
        await app.tap(key="step-page")
        await app.until(lambda: scrolled_to(app)[2:] == ["page"])
        for step in ("page", "service", "policy"):
            await app.tap(key=f"skip-{step}")
        await app.until(lambda: app.find(ft.FilledButton, key="first-finish"))
        await app.until(lambda: scrolled_to(app)[-1] == -1)


async def test_who_comes_back_later_sees_the_step_that_is_open() -> None:
    api = empty_account()
    api.console.teams.items.extend(nordwind.teams())
    async with administrator("/first-run", api=api) as app:
        await app.until(lambda: scrolled_to(app) == ["service"])
