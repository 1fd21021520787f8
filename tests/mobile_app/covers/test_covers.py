"""Requests for cover: the inbox, answers, what was overtaken, and all of it without a network."""

from datetime import UTC
from typing import get_args

import flet as ft
import httpx
import msgspec
import pytest
from msgspec import structs

from phone.base.i18n import Words
from phone.base.people import Reader
from phone.covers.store import KEPT_AS, Kept
from phone.hand_over import cover_wording
from phone.hand_over.cover_wording import refusal
from phone.locate import above
from shared.domain.covers.candidates import Clash
from shared.domain.covers.review import CLOSINGS
from shared.wire import routes
from shared.wire.covers import AskedPerson
from shared.wire.lists import Ref
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp, texts_of
from tests.kit.night import ANA, BO, JONAS
from tests.kit.nordwind_covers import requests
from tests.kit.opened import at

ACCEPT = routes.COVER_ACCEPT.format(request_id="cover-ana")


def reader_of(language: Language) -> Reader:
    return Reader(words=Words(language), zone=UTC, id=JONAS.id, name=JONAS.name)


def badge(app: HeadlessApp) -> str:
    return " ".join(texts_of(app.one(ft.TextButton, key="tab-/on-call")))


async def test_what_waits_stands_on_the_tab_and_on_top_and_is_accepted_after_one_question() -> None:
    async with at("/on-call") as app:
        assert "1" in badge(app)
        assert app.says("Ana Ruiz asks you to stand in")
        assert app.says("Sat 28 Nov 09:00 to Mon 09:00")
        assert app.says("“My sister's wedding is that weekend”")
        await app.tap(key="accept-cover-ana")
        assert app.says("You are on call then, and Ana Ruiz is told at once.")
        assert app.api.covers.sent(ACCEPT) == []
        await app.tap(key="cancel")
        await app.tap(key="accept-cover-ana")
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: app.says("Accepted: you are on call then."))
        assert app.api.covers.sent(ACCEPT) == [{"start": None, "end": None}]
        assert not app.find(ft.FilledButton, key="accept-cover-ana")
        assert "1" not in badge(app)


async def test_some_of_the_hours_are_accepted_and_the_rest_stays_open() -> None:
    async with at("/covers/cover-ana") as app:
        assert app.says("If you accept, you are on call for these hours.")
        await app.fire(app.find(ft.TextButton, key="part-cover-ana")[-1])
        assert app.says("These are all of the hours.")
        await app.fire(app.one(ft.IconButton, key="part-to-earlier"))
        assert app.says("The hours that are left stay open for the others.")
        await app.fire(app.one(ft.IconButton, key="part-to-earlier"))
        assert app.says("Choose hours inside those that are asked for.")
        assert app.one(ft.FilledButton, key="part-send").disabled
        await app.fire(app.one(ft.IconButton, key="part-to-later"))
        await app.tap(text="Accept 24\u00a0h")
        await app.until(lambda: app.state.covers.choosing is None)
        assert app.api.covers.sent(ACCEPT) == [{"start": "2026-11-28T08:00:00Z", "end": "2026-11-29T08:00:00Z"}]
        await app.until(lambda: app.says("Sun 29 Nov 09:00 to Mon 09:00"))


async def test_whoever_is_overtaken_is_told_who_has_it() -> None:
    async with at("/on-call") as app:
        app.api.covers.settle("cover-ana", state="accepted", accepted_by=BO)
        await app.tap(key="accept-cover-ana")
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: app.says("Bo Lindqvist has it already."))
        await app.until(lambda: not app.says("Ana Ruiz asks you to stand in"))
        await app.goto("/covers/cover-ana")
        await app.until(lambda: app.says("Bo Lindqvist is on call then."))
        assert not app.find(ft.FilledButton, key="accept-cover-ana")


async def test_declining_leaves_the_others_to_answer_and_can_still_be_changed() -> None:
    async with at("/covers") as app:
        await app.tap(key="decline-cover-ana")
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: app.says("Declined."))
        assert not app.says("Waiting for you")
        await app.goto("/covers/cover-ana")
        await app.until(lambda: app.says("Has declined"))
        assert app.says("Waiting for Bo Lindqvist.")
        assert app.find(ft.FilledButton, key="accept-cover-ana")
        assert not app.find(ft.OutlinedButton, key="decline-cover-ana")


@pytest.mark.parametrize(
    ("clashes", "said"),
    [("on_call", "For you: you are on call yourself then"), ("away", "For you: you are away then.")],
)
async def test_whoever_is_asked_and_is_not_free_reads_why(clashes: Clash, said: str) -> None:
    for route in ("/covers/cover-ana", "/on-call"):
        api = FakeApi()
        api.covers.clashes = clashes
        async with at(route, api) as app:
            await app.until(lambda: app.find(ft.FilledButton, key="accept-cover-ana"))
            if route == "/on-call":
                await app.tap(key="accept-cover-ana")
            await app.until(lambda: app.says(said))


async def test_whoever_is_asked_sees_what_it_would_mean_for_them() -> None:
    said = "For you: 72\u00a0h on call in 8 weeks, only 9\u00a0h of rest, on this schedule"
    async with at("/covers/cover-ana") as app:
        await app.until(lambda: app.says(said))
    async with at("/on-call") as app:
        await app.tap(key="accept-cover-ana")
        await app.until(lambda: app.says(said))


async def test_taking_back_what_others_asked_is_no_answer_to_it() -> None:
    api = FakeApi()
    api.covers.edits = True
    async with at("/on-call", api) as app:
        assert app.find(ft.FilledButton, key="accept-cover-ana")
        assert not app.find(ft.OutlinedButton, key="cancel-cover-ana")
        await app.goto("/covers/cover-ana")
        await app.until(lambda: app.says("You may edit this schedule."))
        assert app.says("Take it back for Ana Ruiz")
        await app.tap(key="cancel-cover-ana")
        assert app.says("Ana Ruiz keeps the watch and is told that you took the request back")
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: app.says("Taken back. Whoever asked stays on call and is told."))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_nobody_is_asked_any_more_is_said(language: Language) -> None:
    reader = reader_of(language)
    [found] = [each for each in requests() if each.id == "cover-ana"]
    closed = [structs.replace(found, state="cancelled", closed_because=why) for why in CLOSINGS]
    by_bo = structs.replace(found, state="cancelled", decided_by=BO)
    said = [cover_wording.state(reader, each, now=found.created_at) for each in (*closed, by_bo)]
    assert len(set(said)) == len(CLOSINGS) + 1
    assert "Bo" in said[-1]


@pytest.mark.parametrize("language", get_args(Language))
def test_who_stands_in_and_cant_be_paged_is_said_and_who_left_is_not_waited_for(language: Language) -> None:
    reader = reader_of(language)
    [found] = [each for each in requests() if each.id == "cover-ana"]
    warning = FieldProblem(field="accepted_by", code="unreachable", message="", args={"name": BO.name})
    for agreed in (
        structs.replace(found, state="accepted", accepted_by=BO),
        structs.replace(found, state="accepted", accepted_by=BO, needs_approval=True),
    ):
        unable = structs.replace(warning, code="cannot_answer")
        plain, warned, barred = (
            cover_wording.state(reader, each, now=found.created_at)
            for each in (
                agreed,
                structs.replace(agreed, warnings=[warning]),
                structs.replace(agreed, warnings=[unable]),
            )
        )
        assert len({plain, warned, barred}) == 3
        assert BO.name.split()[0] in warned
    asked = [AskedPerson(user=BO, left_at=found.created_at), AskedPerson(user=JONAS)]
    waiting = cover_wording.state(reader, structs.replace(found, state="open", asked=asked), now=found.created_at)
    assert BO.name.split()[0] not in waiting


async def test_my_own_are_listed_with_their_state_and_can_be_taken_back() -> None:
    async with at("/covers") as app:
        for told in ("You ask Bo and Mei to stand in", "Waiting for Mei Chen.", "Covered", "Expired"):
            assert app.says(told), told
        assert not app.says("would stand in for"), "others decide about that"
        await app.tap(key="cover-cover-mine")
        await app.until(lambda: app.state.place.route == "/covers/cover-mine")
        await app.until(lambda: app.find(ft.OutlinedButton, key="cancel-cover-mine"))
        await app.tap(key="cancel-cover-mine")
        await app.tap(key="sure-cover-mine")
        await app.until(lambda: app.says("Taken back. You stay on call."))
        assert app.says("It was taken back.")
        assert app.api.covers.asked[-1][:2] == ("POST", routes.COVER_CANCEL.format(request_id="cover-mine"))


@pytest.mark.parametrize(("verb", "told"), [("approve", "Approved."), ("reject", "Not approved.")])
async def test_managers_decide(verb: str, told: str) -> None:
    api = FakeApi()
    api.covers.decides = True
    async with at("/on-call", api) as app:
        assert app.says("Ana Ruiz would stand in for Bo Lindqvist")
        await app.tap(key=f"{verb}-cover-bo")
        await app.tap(key="sure-cover-bo")
        await app.until(lambda: app.says(told))
        assert api.covers.asked[-1][1].endswith(f"/cover-bo/{verb}")
        assert not app.says("would stand in for")


async def test_where_approval_is_needed_accepting_says_so() -> None:
    api = FakeApi()
    api.covers.settle("cover-ana", needs_approval=True)
    async with at("/covers/cover-ana", api) as app:
        assert app.says("If you accept, a manager of the team still has to approve it.")
        await app.fire(app.find(ft.FilledButton, key="accept-cover-ana")[-1])
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: app.says("Accepted. A manager has to approve it."))
        await app.until(lambda: app.says("You have accepted. A manager of the team has to approve it."))


async def test_without_a_network_the_inbox_shows_what_was_known_and_sends_nothing() -> None:
    async with HeadlessApp() as first:
        await first.until(lambda: first.state.covers.items is not None)
        kept = first.preferences.kept[KEPT_AS]
    api = FakeApi()
    async with at("/covers", api) as app:
        await app.until(lambda: app.says("Waiting for you"))
        api.offline = True
        await app.fire(app.find(ft.FilledButton, key="accept-cover-ana")[-1])
        await app.tap(key="sure-cover-ana")
        await app.until(lambda: not app.state.link.online)
        assert app.says("Ana Ruiz asks you to stand in")
        assert app.says("This needs a connection.")
        assert app.one(ft.FilledButton, key="accept-cover-ana").disabled
        assert not app.find(ft.OutlinedButton, key="decline-cover-ana")
    assert "cover-ana" in [each.id for each in msgspec.json.decode(kept, type=Kept).items]


async def test_what_the_device_kept_is_shown_until_the_server_answers() -> None:
    app = HeadlessApp()
    app.api.refuse(routes.COVER_REQUESTS, 503, "busy")
    kept = Kept(items=requests(), read_at=app.clock.now())
    app.preferences.kept[KEPT_AS] = msgspec.json.encode(kept).decode()
    async with app:
        await app.goto("/covers")
        await app.until(lambda: app.says("You ask Bo and Mei to stand in"))


async def test_a_list_that_cannot_be_read_says_why_and_an_empty_one_teaches() -> None:
    api = FakeApi()
    api.refuse(routes.COVER_REQUESTS, 503, "busy")
    async with at("/covers", api) as app:
        await app.until(lambda: app.says("This could not be loaded"))
        api.refused.clear()
        api.covers.requests = []
        await app.tap(key="retry")
        await app.until(lambda: app.says("No requests for cover"))
    api = FakeApi()
    async with at("/on-call", api) as app:
        assert app.find(ft.TextButton, key="all-covers")
        api.covers.requests = []
        await app.state.retry()
        await app.until(lambda: not app.find(ft.TextButton, key="all-covers"))
        assert app.says("You, Payments primary")


async def test_a_request_that_is_in_no_list_opens_by_its_address() -> None:
    async with at("/covers/cover-bo") as app:
        await app.until(lambda: app.says("Bo Lindqvist asks for cover"))
        assert app.says("Ana Ruiz has accepted. A manager of the team has to approve it.")
        assert not app.find(ft.FilledButton, key="approve-cover-bo")
    async with at("/covers/cover-none") as app:
        await app.until(lambda: app.says("This does not exist, or you may not see it."))


async def test_on_a_tablet_the_one_that_is_open_has_its_buttons_beside_the_list() -> None:
    async with at("/covers/cover-ana", width=1280) as app:
        assert len(app.find(ft.FilledButton, key="accept-cover-ana")) == 1
        assert app.says("Who was asked")


async def test_a_change_that_the_server_tells_is_read() -> None:
    async with at("/on-call") as app:
        app.api.covers.settle("cover-ana", state="cancelled")
        app.api.live.say("cover_request", "cover-ana")
        await app.until(lambda: not app.says("Ana Ruiz asks you to stand in"))


def test_back_leads_to_the_list_and_from_there_to_on_call() -> None:
    assert above("/covers/cover-ana") == "/covers"
    assert above("/covers") == "/on-call"


def test_people_are_named_as_colleagues_name_them() -> None:
    chen = Ref("u-chen", "陈梅")

    def asked(language: Language, *refs: Ref) -> str:
        return reader_of(language).people(refs, is_brief=True).said(Words(language))

    assert asked("en", BO, chen) == "Bo and 陈梅"
    assert asked("zh", BO, chen) == "Bo 和陈梅"
    assert asked("en", ANA, Ref("u-2", "Ana Li")) == "Ana Ruiz and Ana Li"
    assert asked("en", ANA, BO, chen) == "Ana, Bo and 陈梅"
    assert asked("en", ANA, BO, chen, Ref("u-3", "Cy")) == "Ana and 3 others"
    assert asked("zh", ANA, BO, chen, Ref("u-3", "Cy")) == "Ana 和另外 3 人"


async def test_refusals_are_worded_for_covers() -> None:
    api = FakeApi()
    api.covers.settle("cover-ana", state="accepted", accepted_by=ANA)
    async with at("/covers", api) as app:
        request = structs.replace(requests()[0], can=["accept"])
        met: list[Exception] = []
        app.state.covers.failed = met.append
        await app.state.covers.answer("accept", request)
        assert refusal(reader_of("zh"), met[0]) == "Ana Ruiz 已经接下。"
        assert refusal(reader_of("en"), httpx.ConnectError("x")).startswith("The server does not answer.")
