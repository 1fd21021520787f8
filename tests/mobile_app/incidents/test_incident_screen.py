"""One incident: what happens next, why, its verbs, and what they did."""

import asyncio
import re

import flet as ft
import msgspec
import pytest

from shared.wire import routes
from shared.wire.incidents import Actor, EscalationStep, EscalationTarget, Responder, TimelineEntry, Why
from shared.wire.lists import Ref
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import ANA, BO, JONAS, MEI, PAYMENTS, POLICY, ago, ahead

HERE = "/incidents/inc-4821"


async def test_it_tells_what_happens_next_and_why_me() -> None:
    async with HeadlessApp(route=HERE) as app:
        assert app.says(
            "Paging you now. If nobody answers, Bo Lindqvist is paged in\u00a04:10,"
            " then Ana Ruiz and Mei Chen at 03:21."
        )
        assert app.says("You hold Payments primary until 09:00, level 1 of Payments 24×7.")
        assert app.says("Level 2: Bo Lindqvist, 03:16")
        app.clock.move(seconds=10)
        await app.settle()
        assert app.says("Bo Lindqvist is paged in\u00a04:00")


async def test_alerts_have_labels_and_only_web_links() -> None:
    api = FakeApi()
    links = [
        *api.alerts[0].links,
        msgspec.structs.replace(api.alerts[0].links[0], text="Trap", href="javascript:alert(1)"),
    ]
    api.alerts[0] = msgspec.structs.replace(api.alerts[0], links=links)
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("release 2026.11.20-4")
        graph = app.one(ft.TextButton, text="Graph")
        assert isinstance(graph.url, ft.Url)
        assert graph.url.url == "https://grafana.nordwind.example/d/1"
        assert not app.says("Trap")


async def test_the_timeline_keeps_people_and_machine_apart_with_results_of_pages() -> None:
    async with HeadlessApp(route=HERE) as app:
        texts = app.texts()
        assert "Bo Lindqvist: escalated to level 2" in texts
        assert texts.index("Paged you, level 1 of 3") < texts.index("Pixel 9 · push")
        assert "sent in 1.8\u00a0s" in texts
        assert "failed, trying again: no answer in time" in texts
        assert texts.index("Bo Lindqvist: escalated to level 2") < texts.index("Opened from Grafana · eu-west")


async def test_what_i_did_is_told_to_me_as_you() -> None:
    api = FakeApi()
    me = Actor(kind="user", id=api.me.id, name=api.me.name)
    api.timeline = [TimelineEntry(n=1, at=ago(1), actor=me, kind="acknowledged", args={"via": "app", "cancelled": 2})]
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("You: acknowledged in the app")


async def test_a_kind_of_a_newer_server_is_told_without_its_code() -> None:
    api = FakeApi()
    system = Actor(kind="system", id=None, name="Dogwatch")
    api.timeline = [TimelineEntry(n=1, at=ago(1), actor=system, kind="war_room_opened", args={})]
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("Something happened that this version of the app has no words for")
        assert not app.says("war")


async def test_acknowledge_is_red_only_while_it_waits_then_resolve_stands_there() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="acknowledge")
        await app.until(lambda: app.find(ft.FilledButton, key="resolve"))
        assert not app.find(ft.FilledButton, key="acknowledge")
        assert app.says("You have it since 03:12. Nobody else is paged.")
        await app.undo()
        await app.until(lambda: app.find(ft.FilledButton, key="acknowledge"))


async def test_while_a_verb_is_on_its_way_its_place_says_so() -> None:
    async with HeadlessApp(route=HERE) as app:
        app.api.held = asyncio.Event()
        await app.tap(key="acknowledge")
        assert app.says("Sending “Acknowledge”…")
        assert not app.find(ft.FilledButton, key="acknowledge")
        app.api.held.set()
        await app.until(lambda: app.find(ft.FilledButton, key="resolve"))


async def test_resolving_asks_once_and_takes_a_reason() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="more")
        await app.tap(key="more-resolve")
        assert app.says("Resolve this incident?")
        assert app.says("Nobody is paged any more, and open alerts count as over.")
        await app.type("resolution", "Rolled back the release")
        await app.tap(key="resolve-send")
        await app.until(lambda: app.says("How it was solved: Rolled back the release"))
        assert app.says("Resolved.")
        assert app.api.requests[-1] is not None
        sent = next(each for each in app.api.requests if each.url.path.endswith("/resolve"))
        assert sent.content == b'{"method":"Rolled back the release"}'
        assert sent.headers["idempotency-key"]


async def test_escalating_names_who_is_paged_and_can_be_cancelled() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="escalate")
        assert app.says("Bo Lindqvist is paged at once.")
        await app.tap(key="cancel")
        assert app.api.verbs() == []
        await app.tap(key="escalate")
        await app.tap(key="escalate-send")
        await app.until(lambda: app.says("Escalated. Bo Lindqvist is paged now."))


async def test_a_viewer_sees_no_verbs() -> None:
    api = FakeApi()
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], can=[])
    async with HeadlessApp(api, route=HERE) as app:
        assert not app.find(ft.FilledButton, key="acknowledge")
        assert not app.find(ft.TextButton, key="escalate")
        assert not app.find(ft.TextButton, key="more")


async def test_one_that_does_not_exist_says_so() -> None:
    async with HeadlessApp(route="/incidents/inc-1") as app:
        assert app.says("This does not exist, or you may not see it.")


async def test_one_that_pages_nobody_says_so() -> None:
    api = FakeApi()
    api.timeline = []
    async with HeadlessApp(api, route="/incidents/inc-4809") as app:
        assert app.says("No escalation policy: nobody is paged for this.")
        assert app.says("This incident does not page you.")


async def test_back_leads_to_the_list() -> None:
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="back")
        await app.goto("/incidents")
        assert not app.says("What happens next")


async def test_a_tablet_shows_the_list_beside_it_with_one_red_button() -> None:
    async with HeadlessApp(route=HERE, width=1280, height=800) as app:
        assert app.says("What happens next")
        assert app.says("Disk 91 %")
        assert app.find(ft.FilledButton, key="acknowledge")
        assert not app.find(ft.FilledButton, key="card-acknowledge")
        await app.goto("/incidents")
        assert app.says("What happens next"), "what was open stays open"
        assert not app.find(ft.FilledButton, key="card-acknowledge")
        await app.resize(412, 915)
        assert not app.says("What happens next")
        assert app.find(ft.FilledButton, key="card-acknowledge")


async def test_without_a_network_it_says_so_and_tries_again() -> None:
    async with HeadlessApp() as app:
        app.api.offline = True
        await app.goto(HERE)
        await app.until(lambda: app.says("The server does not answer."))
        app.api.offline = False
        await app.tap(key="retry")
        await app.until(lambda: app.says("What happens next"))
        assert routes.INCIDENT.format(incident_id="inc-4821") in {path for _, path in app.api.calls}


@pytest.mark.parametrize(
    ("coming", "told"),
    [
        (([JONAS],), "If nobody answers, you are paged in\u00a04:10."),
        (([BO],), "If nobody answers, Bo Lindqvist is paged in\u00a04:10."),
        (([ANA, MEI],), "If nobody answers, Ana Ruiz and Mei Chen are paged in\u00a04:10."),
        (([JONAS], [JONAS]), "If nobody answers, you are paged in\u00a04:10, and again at 03:21."),
        (
            ([JONAS, BO], [ANA]),
            "If nobody answers, you and Bo Lindqvist are paged in\u00a04:10, then Ana Ruiz at 03:21.",
        ),
    ],
)
async def test_sentences_agree_with_whom_they_name(coming: tuple[list[Ref], ...], told: str) -> None:
    api = FakeApi()
    run = api.incidents[0].escalation
    people = [[ANA], *coming]
    steps = [
        msgspec.structs.replace(step, targets=[msgspec.structs.replace(step.targets[0], people=each)])
        for step, each in zip(run.steps, people, strict=False)
    ]
    api.incidents[0] = msgspec.structs.replace(
        api.incidents[0], paging=[ANA], escalation=msgspec.structs.replace(run, steps=steps)
    )
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says(f"Paging Ana Ruiz now. {told}")
        await app.tap(key="escalate")
        assert app.says("are paged at once." if len(coming[0]) > 1 or coming[0] == [JONAS] else "is paged at once.")


async def test_whoever_has_it_has_it_and_you_have_it() -> None:
    async with HeadlessApp(route="/incidents/inc-4820") as app:
        assert "has it" in app.texts()
    async with HeadlessApp(route=HERE) as app:
        await app.tap(key="acknowledge")
        await app.until(lambda: "have it" in app.texts())


@pytest.mark.parametrize(("width", "cells"), [(320, 3), (412, 4), (1280, 4)])
async def test_levels_stand_beside_each_other_while_names_fit(width: int, cells: int) -> None:
    api = FakeApi()
    run = api.incidents[0].escalation
    last = msgspec.structs.replace(run.steps[2], level=4)
    api.incidents[0] = msgspec.structs.replace(
        api.incidents[0], escalation=msgspec.structs.replace(run, steps=[*run.steps, last], levels=4)
    )
    async with HeadlessApp(api, route=HERE, width=width) as app:
        assert len([each for each in app.texts() if each.startswith("Level ")]) == cells


async def test_enlarged_words_are_not_cut() -> None:
    async with HeadlessApp(FakeApi(language="zh"), route=HERE) as app:
        label = next(each for each in app.find(ft.Text) if each.value == "重新分派")
        assert label.max_lines == 2, "four signs in a row at 200 %"
    async with HeadlessApp(route="/on-call") as app:
        day = next(each for each in app.find(ft.Text) if re.fullmatch(r"\d+ Nov", each.value))
        assert day.max_lines == 1, "a date is one word"
        badge = next(each for each in app.find(ft.Container) if each.left and each.top == 0)
        assert badge.left == 25, "in the half of the sign beside the bell, within the pill that cuts what stands out"


async def test_a_test_page_has_no_heading_over_alerts_that_it_has_not() -> None:
    api = FakeApi()
    api.alerts = []
    async with HeadlessApp(api, route=HERE) as app:
        assert "3 alerts" not in app.texts()[app.texts().index("Why you") :]


async def test_whom_a_coming_level_pages_is_told_so_and_not_the_contrary() -> None:
    api = FakeApi()
    api.timeline = []
    incident = api.incidents[0]
    coming = EscalationTarget(kind="user", id=JONAS.id, name=JONAS.name, people=[JONAS])
    step = EscalationStep(level=3, state="next", at=ahead(9), targets=[coming])
    run = msgspec.structs.replace(incident.escalation, steps=[*incident.escalation.steps, step])
    api.incidents[0] = msgspec.structs.replace(incident, why=[], responders=[], escalation=run)
    async with HeadlessApp(api, route=HERE) as app:
        assert not app.says("This incident does not page you.")
        assert app.says("If nobody answers, you are paged on level")


async def test_who_was_paged_and_is_again_soon_is_not_told_that_it_went_to_others() -> None:
    api = FakeApi()
    incident = api.incidents[0]
    coming = EscalationTarget(kind="user", id=JONAS.id, name=JONAS.name, people=[JONAS])
    step = EscalationStep(level=2, state="next", at=ahead(9), targets=[coming])
    run = msgspec.structs.replace(incident.escalation, steps=[*incident.escalation.steps, step])
    api.incidents[0] = msgspec.structs.replace(incident, why=[], responders=[], paging=[JONAS, BO], escalation=run)
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("You were paged for it 1\u00a0min ago. If nobody answers, you are paged again at")
        assert not app.says("gone to others")


async def test_what_comes_after_the_last_level_is_called_the_fallback() -> None:
    api = FakeApi()
    incident = api.incidents[0]
    team = EscalationTarget(kind="fallback", id="t-pay", name="Payments", people=[JONAS])
    now = EscalationStep(level=3, state="now", at=ahead(-1), targets=[team])
    run = msgspec.structs.replace(incident.escalation, steps=[now], level=3, levels=2)
    last = Why(level=3, policy=POLICY, team=PAYMENTS)
    fallback = msgspec.structs.replace(incident, why=[last, Why(level=2, policy=POLICY)], escalation=run)
    api.incidents[0] = fallback
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says(f"You are the fallback: nobody of {POLICY.name} has answered.")
        assert app.says(f"{POLICY.name} names you on level 2.")
        assert not app.says("level 3")
        assert "Fallback: You, Now" in [each.label for each in app.find(ft.Semantics)]
    coming = msgspec.structs.replace(now, state="next", at=ahead(9))
    api, run = FakeApi(), msgspec.structs.replace(run, steps=[coming], level=2)
    api.incidents[0] = msgspec.structs.replace(fallback, why=[], responders=[], escalation=run)
    api.timeline = []
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("If nobody answers, you are paged as the fallback at")


async def test_who_was_paged_before_or_called_in_is_not_told_that_it_pages_them_not() -> None:
    api = FakeApi()
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], why=[], responders=[])
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("You were paged for it 1\u00a0min ago.")
        assert not app.says("It has gone to others since.")
        assert not app.says("This incident does not page you.")
    api = FakeApi()
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], why=[], responders=[], paging=[JONAS, BO])
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("You were paged for it 1\u00a0min ago. It has gone to others since.")
    api = FakeApi()
    called = Responder(user=JONAS, state="paged", at=ago(1), asked_by=ANA)
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], why=[], responders=[called])
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("Ana Ruiz called you in.")
    api = FakeApi()
    api.timeline = []
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], why=[], responders=[])
    async with HeadlessApp(api, route=HERE) as app:
        assert app.says("This incident does not page you.")


async def test_alerts_say_once_what_they_have_in_common_and_the_course_comes_before_the_past() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.until(lambda: app.says("Cart 5xx"))
        said = app.texts()
        assert sum("eu-west-1" in each for each in said) == 1
        order = [said.index(each) for each in ("Why you", "Cart 5xx", "Timeline", "Similar before")]
        assert order == sorted(order)
        assert not [each for each in said if each.startswith("Checkout errors above 5 % in eu-west, ")]
