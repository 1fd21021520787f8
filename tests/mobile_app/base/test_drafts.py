"""What is typed and not sent outlives the app's process: the sheet opens again with it, and nothing is sent unseen."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft
import pytest

from mobile_app.habits import window_in
from phone.base.api.client import REFRESH_TOKEN
from phone.base.device.store import MemoryStore
from phone.base.drafts import GOOD_FOR, KEPT_AS, Drafts
from phone.console.channels.kind import CONFIG
from shared.wire import routes
from tests.kit.fake_api import PASSWORD, FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW
from tests.kit.opened import administrator

Do = Callable[[HeadlessApp], Awaitable[None]]


def value(app: HeadlessApp, key: str) -> str | None:
    return app.one(ft.TextField, key=key).value


async def kept(app: HeadlessApp, *words: str) -> None:
    """The device has it."""
    await app.until(lambda: all(word in app.secrets.kept.get(KEPT_AS, "") for word in words))


def after_its_death(app: HeadlessApp, route: str | None = None) -> HeadlessApp:
    """The window again, of a process that knows nothing but what the device kept."""
    again = HeadlessApp(app.api, route=route or app.state.place.route, width=app.state.look.width)
    again.secrets.kept = {**app.secrets.kept, REFRESH_TOKEN: f"refresh-{app.api.generation}"}
    again.preferences.kept = dict(app.preferences.kept)
    return again


def writes(api: FakeApi) -> list[tuple[str, str]]:
    """What was sent but for signing in and for asking what would be."""
    sent = [call for call in api.calls if call[0] != "GET" and not call[1].startswith("/api/v1/auth")]
    return [call for call in sent if not call[1].endswith("/preview")]


async def open_comment(app: HeadlessApp) -> None:
    await app.until(lambda: app.says("More"))
    await app.tap(text="More")
    await app.tap(key="more-comment")


async def open_resolve(app: HeadlessApp) -> None:
    await app.until(lambda: app.says("More"))
    await app.tap(key="resolve")


async def open_edit(app: HeadlessApp) -> None:
    await app.until(lambda: app.says("More"))
    await app.tap(text="More")
    await app.tap(key="more-edit")


async def open_time_off(app: HeadlessApp) -> None:
    await app.until(lambda: app.state.rotas.items is not None)
    await app.state.hand_over.open("off")
    await app.until(lambda: app.find(ft.TextField, key="cover-reason"))


async def open_ask(app: HeadlessApp) -> None:
    await app.until(lambda: app.state.rotas.items is not None)
    await app.state.hand_over.open("ask")
    await app.until(lambda: app.find(ft.TextField, key="cover-reason"))


async def open_override(app: HeadlessApp) -> None:
    await app.until(lambda: app.state.schedule.item is not None)
    app.state.schedule.draft()
    await app.until(lambda: app.find(ft.TextField, key="override-reason"))


async def open_remark(app: HeadlessApp) -> None:
    await app.until(lambda: app.state.handover.handover is not None)
    await app.tap(key="leave-remark")


async def open_way(app: HeadlessApp) -> None:
    await app.until(lambda: app.says("Security"))
    await app.tap(key="add-way")


async def open_calendar(app: HeadlessApp) -> None:
    await app.until(lambda: app.state.time_off.calendars is not None)
    await app.tap(key="add-calendar")


async def nothing(app: HeadlessApp) -> None:
    await app.settle(0.2)


PLACES: dict[str, tuple[str, Do, str, str]] = {
    "a comment": ("/incidents/inc-4821", open_comment, "comment-text", "looks like the cache"),
    "how it was solved": ("/incidents/inc-4820", open_resolve, "resolution", "turned it off and on"),
    "another title": ("/incidents/inc-4821", open_edit, "edit-title", "Checkout fails"),
    "an incident by hand": ("/incidents/new", nothing, "new-title", "Nobody can pay"),
    "why I am away": ("/on-call", open_time_off, "cover-reason", "my sister marries"),
    "why I ask": ("/on-call", open_ask, "cover-reason", "the dentist"),
    "why an override": ("/schedules/s-pay-1", open_override, "override-reason", "swapped with Ana"),
    "a remark": ("/schedules/s-pay-2", open_remark, "remark", "mind the disk"),
    "an address": ("/me", open_way, "method-value", "jonas@example.org"),
    "a calendar": ("/me/time-off", open_calendar, "calendar-name", "holidays of the office"),
}


@pytest.mark.parametrize("what", PLACES)
async def test_the_sheet_opens_again_with_what_was_typed(what: str) -> None:
    route, begin, key, words = PLACES[what]
    async with HeadlessApp(route=route) as app:
        await begin(app)
        await app.until(lambda: app.find(ft.TextField, key=key))
        await app.type(key, words)
        await kept(app, words)
    async with after_its_death(app) as again:
        await again.until(lambda: again.find(ft.TextField, key=key) and value(again, key) == words)
        await again.settle(0.5)
        assert value(again, key) == words, "what is read afterwards does not take it away"
        assert writes(again.api) == [], "nothing is sent unseen"
        await kept(again, words)


async def choose_person(app: HeadlessApp) -> None:
    await open_override(app)
    await app.until(lambda: not app.state.schedule.is_looking and bool(app.state.schedule.free))
    await app.settle(0.5)
    await app.tap(key="candidate-u-bo")


async def choose_severity(app: HeadlessApp) -> None:
    await app.until(lambda: app.says("Warning"))
    await app.settle(0.5)
    await app.tap(key="severity-warning")


@pytest.mark.parametrize(
    ("route", "choose", "words"),
    [("/schedules/s-pay-1", choose_person, "u-bo"), ("/incidents/new", choose_severity, '"severity":"warning"')],
)
async def test_what_is_only_chosen_is_kept_as_what_is_typed_is(route: str, choose: Do, words: str) -> None:
    async with HeadlessApp(route=route) as app:
        await choose(app)
        await kept(app, words)


async def test_whom_i_ask_comes_back_by_name() -> None:
    async with HeadlessApp(route="/on-call") as app:
        await open_ask(app)
        await app.tap(key="candidate-u-ana")
        await app.until(lambda: app.says("Ask Bo and Ana") or app.says("Ask Ana and Bo"))
        await kept(app, "u-ana")
    async with after_its_death(app) as again:
        await again.until(lambda: again.says("Ask Bo and Ana") or again.says("Ask Ana and Bo"))


async def test_an_override_that_is_longer_than_the_server_takes_comes_back_to_be_shortened() -> None:
    async with HeadlessApp(route="/schedules/s-pay-1") as app:
        await open_override(app)
        await app.type("override-reason", "why " * 200)
        await kept(app, "why why")
    async with after_its_death(app) as again:
        await again.until(lambda: (value(again, "override-reason") or "").startswith("why why"))


async def test_what_is_sent_or_thrown_away_does_not_come_back() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await open_comment(app)
        await app.type("comment-text", "looks like the cache")
        await kept(app, "looks like")
        await app.tap(key="comment-send")
        await app.until(lambda: "comments" in app.api.verbs() and KEPT_AS not in app.secrets.kept)
        await open_comment(app)
        assert value(app, "comment-text") == ""
        await app.type("comment-text", "no, it does not")
        await kept(app, "it does not")
        await app.tap(key="cancel")
        await app.until(lambda: KEPT_AS not in app.secrets.kept)
    async with after_its_death(app) as again:
        await again.until(lambda: again.says("More"))
        assert not again.find(ft.TextField, key="comment-text")


async def test_a_sheet_without_a_word_in_it_opens_again_too() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.until(lambda: app.says("Snooze"))
        await app.tap(text="Snooze")
        await kept(app, "snooze")
    async with after_its_death(app) as again:
        await again.until(lambda: again.state.incident.asking == "snooze")


async def test_elsewhere_no_sheet_opens_but_the_words_are_there_where_they_were_typed() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await open_comment(app)
        await app.type("comment-text", "looks like the cache")
        await kept(app, "looks like")
    async with after_its_death(app, "/incidents/inc-4820") as again:
        await again.until(lambda: again.says("More"))
        await again.settle(0.5)
        assert not again.find(ft.TextField, key="comment-text")
        await again.goto("/incidents/inc-4821")
        await open_comment(again)
        assert value(again, "comment-text") == "looks like the cache"


@pytest.mark.parametrize(("route", "begin", "key"), [PLACES["why I am away"][:3], PLACES["an address"][:3]])
async def test_no_sheet_opens_at_another_address(route: str, begin: Do, key: str) -> None:
    async with HeadlessApp(route=route) as app:
        await begin(app)
        await app.type(key, "something@example.org")
        await kept(app, "something")
    async with after_its_death(app, "/schedules/mine") as again:
        await again.settle(0.5)
        assert not again.find(ft.TextField, key=key)
        await again.goto(route)
        await again.settle(0.5)
        assert not again.find(ft.TextField, key=key)


async def test_a_sheet_that_is_open_does_not_follow_to_another_address() -> None:
    async with HeadlessApp(route="/on-call") as app:
        await open_time_off(app)
        await app.goto("/schedules/mine")
        await app.until(lambda: not app.find(ft.TextField, key="cover-reason"))


async def test_an_app_that_begins_at_its_beginning_goes_where_the_words_are() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await open_comment(app)
        await app.type("comment-text", "looks like the cache")
        await kept(app, "looks like")
    async with after_its_death(app, "/") as again:
        await again.until(lambda: again.find(ft.TextField, key="comment-text"))
        assert value(again, "comment-text") == "looks like the cache"


async def test_a_form_of_the_console_comes_back_on_the_state_it_was_begun_on() -> None:
    async with administrator("/configure/services/svc-checkout") as app:
        await app.until(lambda: app.find(ft.TextField, key="field-description"))
        await app.type("field-description", "takes the money")
        await kept(app, "takes the money")
        before = app.state.editor.item.rev
    services = app.api.console.services
    services.items[:] = [
        each if each.id != "svc-checkout" else _changed(each, rev=before + 1, name="Checkout EU")
        for each in services.items
    ]
    again = after_its_death(app)
    async with again:
        await again.until(lambda: again.find(ft.TextField, key="field-description"))
        await again.until(lambda: value(again, "field-description") == "takes the money")
        await again.state.editor.save()
        sent = [each.headers["if-match"] for each in again.api.requests if each.method == "PUT"]
        assert sent == [str(before)], "what somebody else saved meanwhile is not overwritten unseen"


async def test_a_form_that_was_left_is_kept_wherever_its_reader_goes_on() -> None:
    here = "/configure/channels/email"
    async with administrator(here) as app:
        await app.until(lambda: app.find(ft.TextField, key="field-config.host"))
        await app.type("field-config.host", "smtp.nordwind.example")
        await kept(app, "smtp.nordwind.example")
    elsewhere = after_its_death(app, "/incidents")
    async with elsewhere:
        await elsewhere.until(lambda: elsewhere.state.editor.has_draft("channels", "email"))
        await elsewhere.settle(0.5)
        await kept(elsewhere, "smtp.nordwind.example")
        await elsewhere.goto(here)
        await elsewhere.until(lambda: elsewhere.find(ft.TextField, key="field-config.host"))
        assert value(elsewhere, "field-config.host") == "smtp.nordwind.example"
        await elsewhere.goto("/incidents")
        await elsewhere.settle(0.5)
    again = after_its_death(elsewhere, here)
    async with again:
        await again.until(lambda: again.find(ft.TextField, key="field-config.host"))
        await again.until(lambda: value(again, "field-config.host") == "smtp.nordwind.example")
        again.state.editor.discard()
        await again.until(lambda: "smtp.nordwind" not in again.secrets.kept.get(KEPT_AS, ""))


def _changed(each: Any, **fields: Any) -> Any:
    return type(each)(**{name: getattr(each, name) for name in each.__struct_fields__} | fields)


async def test_tabs_of_one_browser_have_each_their_own() -> None:
    store, now = MemoryStore(), lambda: NOW
    typed = {"a": "one", "b": "two"}
    for window, text in typed.items():
        drafts = Drafts(store, window=window, now=now, sleep=lambda _: asyncio.sleep(0))
        drafts.watch("comment", lambda text=text: text)
        drafts.begin(lambda: ("u-jonas", "/incidents/inc-1"))
        for _ in range(20):
            await asyncio.sleep(0)
    for window, text in typed.items():
        again = Drafts(store, window=window, now=now)
        await again.load()
        again.belong_to("u-ana", "/incidents/inc-1")
        assert again.take("comment") is None, "of somebody else"
        again.belong_to("u-jonas", "/incidents/inc-1")
        assert (again.route, again.take("comment"), again.take("comment")) == ("/incidents/inc-1", text, None)
    late = Drafts(store, window="a", now=lambda: NOW + GOOD_FOR)
    await late.load()
    late.belong_to("u-jonas", "/")
    assert late.take("comment") is None


@pytest.mark.parametrize(
    ("query", "window"),
    [(b"", ""), (b"window=k3v9", "k3v9"), (b"a=1&window=k3v9", "k3v9"), (b"window=" + b"k" * 999, "")],
)
def test_which_tab_a_browser_says_it_is(query: bytes, window: str) -> None:
    assert window_in(query) == window


async def test_secrets_are_kept_nowhere() -> None:
    async with administrator("/configure/channels/email") as app:
        await app.until(lambda: any(each.form == "secret" for s in app.state.editor.sections() for each in s.fields))
        at = next(each.at for s in app.state.editor.sections() for each in s.fields if each.form == "secret")
        app.state.editor.type(at, "hunter2hunter2")
        app.state.editor.choose(CONFIG.then(lambda config: config["host"]), "mail.example.org")
        await kept(app, "mail.example.org")
        assert "hunter2" not in json.dumps(app.secrets.kept)


async def test_nobody_reads_what_another_person_typed() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await open_comment(app)
        await app.type("comment-text", "looks like the cache")
        await kept(app, "looks like")
        await app.state.sign_out()
        assert KEPT_AS not in app.secrets.kept


async def test_a_session_that_ends_gives_it_back_to_whoever_signs_in_again() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.state.session.is_same_person()
        await open_comment(app)
        await app.type("comment-text", "looks like the cache")
        app.state._expire()
        await app.until(lambda: app.find(ft.TextField, key="email"))
        await app.state.sign_in("responder@example.com", PASSWORD)
        await app.until(lambda: app.find(ft.TextField, key="comment-text"))
        assert value(app, "comment-text") == "looks like the cache"
        assert routes.INCIDENT_COMMENTS.format(incident_id="inc-4821") not in [path for _, path in app.api.calls]
