"""What stands beside the Console's forms, the search over everything, the trail, and the first run."""

import re

import flet as ft
import msgspec
import pytest

from phone.start import press
from shared.domain.differences import Difference
from shared.wire import notifications, routes
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language
from tests.kit import nordwind
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp, texts_of
from tests.kit.opened import administrator, posts

GRAFANA = "/configure/integrations/i-grafana"


async def key(app: HeadlessApp, name: str, *, ctrl: bool = False) -> None:
    event = ft.KeyboardEvent(
        name="keyboard_event", control=app.page, key=name, shift=False, ctrl=ctrl, alt=False, meta=False
    )
    press(app.state, event)
    await app.settle()


# Services and integrations


async def test_a_service_says_who_is_paged_at_each_level_now() -> None:
    async with administrator("/configure/services/svc-checkout") as app:
        await app.until(lambda: app.says("Who is paged now"))
        assert app.says("1 triggered")
        assert app.says("after 5\u00a0min")
        assert app.says("Nobody is on call")
        await app.tap(key="recent-4821")
        await app.until(lambda: app.state.place.route == "/incidents/inc-4821")


async def test_a_test_alert_is_followed_until_it_was_read() -> None:
    async with administrator(GRAFANA) as app:
        await app.tap(key="send-test")
        await app.until(lambda: app.says("It arrived and was read."))
        assert posts(app) == [(routes.INTEGRATION_TEST.format(integration_id="i-grafana"), {"action": "trigger"})]


async def test_a_test_alert_that_is_refused_says_why() -> None:
    async with administrator(GRAFANA) as app:
        app.api.refuse(routes.INTEGRATION_TEST.format(integration_id="i-grafana"), 503, "unavailable")
        await app.tap(key="send-test")
        await app.until(lambda: app.says("The server is busy. Try again in a moment."))
        assert app.find(ft.OutlinedButton, key="send-test")


async def test_what_could_not_be_read_says_why_and_opens_as_it_came() -> None:
    async with administrator(GRAFANA) as app:
        await app.until(lambda: app.says("alerts: expected an array, got a string"))
        await app.tap(key="event-e-2")
        await app.until(lambda: app.says("As it was received"))
        assert app.says('"alertname": "CheckoutErrors"')
        assert app.says("user-agent: Grafana")
        await app.tap(key="close-event")
        assert not app.says("As it was received")


async def test_the_address_is_copied_with_one_tap() -> None:
    async with administrator(GRAFANA) as app:
        await app.tap(key="copy-address")
        await app.until(lambda: app.says("Copied: Address."))
        copied = [args for name, args in app.connection.calls if name == "set"]
        assert copied[-1]["data"] == "https://dogwatch.nordwind.example/ingest/grafana/gf-7K4M2Q9XW3"


async def test_who_may_not_change_it_sees_no_key() -> None:
    api = FakeApi()
    items = api.console.integrations.items
    items[0] = msgspec.structs.replace(items[0], key="", ingest_url="")
    async with HeadlessApp(api, width=1280) as app:
        await app.goto(GRAFANA)
        await app.until(lambda: app.says("The address holds a secret key."))
        assert not app.find(ft.OutlinedButton, key="send-test")


async def test_settings_are_drawn_from_the_sources_schema() -> None:
    async with administrator("/configure/integrations/new") as app:
        await app.tap(key="field-source")
        await app.tap(key="option-grafana")
        assert app.says("Which label decides how loud an alert is.")
        await app.type("field-name", "Grafana test")
        await app.tap(key="field-service_id")
        await app.tap(key="option-svc-pg")
        await app.tap(key="field-config.unknown")
        await app.tap(key="option-info")
        await app.type("field-config.severity_label", "prio")
        await app.fire(app.one(ft.Switch, key="field-config.close"), "change", False)
        await app.tap(key="save")
        await app.until(lambda: posts(app))
        assert posts(app)[0][1]["config"] == {"severity_label": "prio", "unknown": "info", "close": False}


# Channels


async def test_a_channels_kept_secret_is_not_sent_again() -> None:
    async with administrator("/configure/channels/email") as app:
        path = routes.CHANNEL.format(slug="email")
        app.api.console.answers["PUT", path] = lambda _: nordwind.channels()[0]
        await app.type("field-config.host", "smtp.nordwind.example")
        await app.until(lambda: app.find(ft.FilledButton, key="save"))
        await app.tap(key="save")
        await app.until(lambda: app.says("Saved."))
        written = [body for method, _, body in app.api.console.written if method == "PUT"]
        assert written == [{"config": {"host": "smtp.nordwind.example"}}]


@pytest.mark.parametrize("has", [["password"], []])
async def test_a_channel_says_that_a_secret_is_kept_only_where_there_is_one(has: list[str]) -> None:
    api = FakeApi()
    mail = msgspec.structs.replace(nordwind.channels()[0], has=has)
    api.console.answers["GET", routes.CHANNEL.format(slug="email")] = lambda _: mail
    async with administrator("/configure/channels/email", api=api) as app:
        await app.until(lambda: app.find(ft.TextField, key="field-config.password"))
        assert app.says("Kept as it is. Type to replace it.") == bool(has)


async def test_what_a_channel_cannot_use_is_said_in_the_readers_language() -> None:
    api = FakeApi(language="zh")
    sender = {"type": "string", "maxLength": 300, "x-title": {"en": "Sender", "zh": "发件人"}}
    schema = {"type": "object", "required": [], "properties": {"smtp_from": sender}}
    mail = msgspec.structs.replace(nordwind.channels()[0], config={}, config_schema=schema)
    api.console.answers["GET", routes.CHANNEL.format(slug="email")] = lambda _: mail
    flaw = FieldProblem(field="config.smtp_from", code="unusable", message="must be an email address")
    api.refuse_with(routes.CHANNEL.format(slug="email"), 400, "invalid", flaw, method="PUT")
    async with administrator("/configure/channels/email", api=api) as app:
        await app.type("field-config.smtp_from", "nobody")
        await app.until(lambda: app.find(ft.FilledButton, key="save"))
        await app.tap(key="save")
        await app.until(lambda: app.says("请填写邮箱地址，前面可以带名称。"))
        assert not app.says("must be an email address")


async def test_what_stands_in_the_environment_is_only_read() -> None:
    async with administrator("/configure/channels/push") as app:
        assert app.says("Set in the server's environment: it can not be changed here.")
        assert not app.find(ft.FilledButton, key="save")
        assert not app.says("You can read this."), "an administrator's role is not what is missing"


async def test_a_channels_test_says_how_far_it_got() -> None:
    async with administrator("/configure/channels/email") as app:
        path = routes.CHANNEL_TEST.format(slug="email")
        app.api.refuse(path, 503, "unavailable")
        await app.tap(key="test-channel")
        await app.until(lambda: app.says("The server is busy. Try again in a moment."))
        app.api.refused.clear()
        app.api.console.answers["POST", path] = lambda _: notifications.TestNotification(notification_id="n-1")
        sent = routes.NOTIFICATION.format(notification_id="n-1")
        app.api.console.answers["GET", sent] = lambda _: nordwind.notification("accepted")
        await app.tap(key="test-channel")
        await app.until(lambda: app.says("The provider took it. Look whether it arrives."))


# Teams


async def test_members_come_and_go_at_once() -> None:
    async with administrator("/configure/teams/t-pay") as app:
        await app.until(lambda: app.says("Manager of the team"))
        await app.tap(key="add-member")
        assert not app.find(ft.TextButton, key="option-u-tom"), "who is deactivated can not join"
        await app.tap(key="option-u-mei")
        await app.until(lambda: app.find(ft.IconButton, key="remove-u-mei"))
        await app.tap(key="remove-u-bo")
        await app.tap(key="remove-u-bo-yes")
        await app.until(lambda: not app.find(ft.IconButton, key="remove-u-bo"))
        assert [each.user_id for each in app.api.console.members["t-pay"]] == ["u-jonas", "u-ana", "u-mei"]


# Searching


async def test_a_slash_searches_and_enter_opens_what_was_chosen() -> None:
    async with administrator("/incidents") as app:
        await key(app, "/")
        await app.type("search", "check")
        await app.until(lambda: app.says("INC-4821  Checkout errors above 5 % in eu-west"))
        assert app.says("Services")
        await key(app, "Arrow Down")
        await app.fire(app.one(ft.TextField, key="search"), "submit")
        await app.until(lambda: app.state.place.route == "/configure/services/svc-checkout")
        assert not app.find(ft.TextField, key="search")


async def test_a_slash_in_a_field_is_a_slash() -> None:
    async with administrator("/configure/services/svc-checkout") as app:
        await app.fire(app.one(ft.TextField, key="field-runbook_url"), "focus")
        await key(app, "/")
        assert not app.find(ft.TextField, key="search")
        await key(app, "K", ctrl=True)
        assert app.find(ft.TextField, key="search")


async def test_an_incident_is_found_by_its_number_on_a_phone() -> None:
    async with administrator("/incidents", width=412) as app:
        await app.tap(key="search")
        await app.type("search", "4818")
        await app.until(lambda: app.find(ft.TextButton, key="hit-incident-inc-4818"))
        told = " ".join(texts_of(app.one(ft.TextButton, key="hit-incident-inc-4818")))
        assert re.search(r"(Critical|Warning|Info) · (Triggered|Acknowledged|Resolved) · .+ ago · ", told), told
        await app.tap(key="hit-incident-inc-4818")
        await app.until(lambda: app.state.place.route == "/incidents/inc-4818")


async def test_a_search_without_hits_says_so() -> None:
    async with administrator("/incidents") as app:
        await app.tap(key="search")
        await app.type("search", "zzz")
        await app.until(lambda: app.says("Nothing has “zzz” in its name."))


# The trail


@pytest.mark.parametrize(
    ("language", "told", "raw"),
    [
        (
            "en",
            (
                "Ana Ruiz cancelled the override of Bo Lindqvist on the schedule “Payments 24×7”, Fri 4 Dec 03:00",
                "Instead of: Ana Ruiz",
                "Ana Ruiz took a request for cover on Payments 24×7 back.",
            ),
            "scope",
        ),
        ("zh", ("Ana Ruiz 取消了 Bo Lindqvist 在值班表“Payments 24×7”的替班，12 月 4 日", "替换：Ana Ruiz"), "created"),
    ],
)
async def test_the_trail_speaks_the_readers_language_and_zone(
    language: Language, told: tuple[str, ...], raw: str
) -> None:
    api = FakeApi(language=language)
    override = {
        "start": "2026-12-04T02:00:00.000001Z",
        "end": "2026-12-04T09:00:00Z",
        "user_id": "u-bo",
        "scope": {"kind": "person", "layer_id": None, "user_id": "u-ana"},
        "created_by": "u-ana",
        "updated_at": "2026-11-20T09:00:00Z",
        "can": ["cancel"],
    }
    last = api.console.audit[0]
    diff = [Difference(field="", before=override, after=None)]
    entry = msgspec.structs.replace(last, verb="override_cancelled", object_kind="schedule", differences=diff)
    asked = [
        Difference(field="state", before="open", after="cancelled"),
        Difference(field="can", before=[], after=["x"]),
    ]
    cover = msgspec.structs.replace(last, verb="cancelled", object_kind="cover_request", differences=asked)
    api.console.audit = [entry, cover]
    async with administrator("/configure/audit", api=api) as app:
        await app.until(lambda: app.says(told[0]))
        for each in told:
            assert app.says(each)
        for each in ("2026-1", raw, "cover_request", "updated", "Can:", "can:"):
            assert not any(each in text for text in app.texts()), (each, app.texts())


async def test_the_trail_is_narrowed_by_what_and_by_whom() -> None:
    async with administrator("/configure/audit") as app:
        await app.until(lambda: app.says("Level 1 waits: 10\u00a0min → 5\u00a0min"))
        assert app.says("the integration “Grafana eu-west”")
        await app.tap(key="field-trail-kind")
        await app.tap(key="option-service")
        await app.until(lambda: not app.says("the integration “Grafana eu-west”"))
        assert app.says("the service “checkout-api”")
        await app.type("trail", "nothing")
        await app.until(lambda: app.says("Nothing here"))


@pytest.mark.parametrize(
    ("route", "field", "activity"),
    [
        ("/configure/services/svc-checkout", "field-name", "service.recent"),
        ("/configure/integrations/i-grafana", "field-name", "received.title"),
    ],
)
async def test_settings_stand_before_what_happened(route: str, field: str, activity: str) -> None:
    async with administrator(route) as app:
        words = app.state.look.words
        await app.until(lambda: app.says(words(activity)))
        order = [
            getattr(each, "key", None) or (each.value if isinstance(each, ft.Text) else None) for each in app.controls()
        ]
        assert order.index(field) < order.index(words(activity))
