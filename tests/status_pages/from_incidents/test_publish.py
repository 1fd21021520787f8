"""An incident of on call is published in one request, and its timeline and the page know of each other."""

from typing import Any

import pytest

from shared.wire import routes
from tests.kit.world import World
from tests.status_pages.from_incidents.newsroom import Newsroom


@pytest.fixture
async def room(world: World) -> Newsroom:
    return await Newsroom.build(world)


def flaws(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.store
async def test_a_publication_reaches_the_page_and_the_timeline_and_pages_nobody_less(room: Newsroom) -> None:
    incident = await room.fire()
    changes = room.world.update_of("x", Checkout="partial_outage")["changes"]
    answer = await room.publish(incident, title={"en": "Cards fail"}, body={"en": "Looking."}, changes=changes)
    assert answer.status_code == 201, answer.text
    event = answer.json()
    assert (event["status"], event["is_open"], event["updates"][0]["body"]["en"]) == ("investigating", True, "Looking.")
    assert [each["id"] for each in await room.events()] == [event["id"]]
    said = {"page": "Nordwind", "title": "Cards fail", "status": "investigating", "rule": None}
    assert await room.told(incident) == [("status_published", said, "user")]
    assert await room.world.paged() == ["Bo"]
    update = room.world.update_of("identified", "A release.")
    await (await room.ana()).post(f"{room.of_page(routes.STATUS_EVENTS)}/{event['id']}/updates", update)
    assert (await room.told(incident))[1] == (
        "status_updated",
        {"page": "Nordwind", "title": "Cards fail", "status": "identified"},
        "user",
    )


async def test_a_template_says_what_the_publisher_leaves_out(room: Newsroom) -> None:
    template = await room.add_template()
    incident = await room.fire()
    event = (await room.publish(incident, template_id=template["id"], status="identified")).json()
    assert event["title"] == {"en": "Payments are failing", "zh": "支付失败"}
    assert event["updates"][0]["body"]["en"] == "We are looking into it."
    assert [each["impact"] for each in event["impacts"]] == ["full_outage"]


async def test_what_comes_next_is_proposed_and_the_end_once_the_incident_is_resolved(room: Newsroom) -> None:
    await room.add_template("Over", status="resolved", title={}, body={"en": "All works again."}, changes=[])
    incident = await room.fire()
    event = (await room.publish(incident, title={"en": "Cards fail"})).json()
    (found,) = await room.publications(incident)
    assert (found["status_page"]["name"], found["event"]["id"]) == ("Nordwind", event["id"])
    assert (found["proposed"]["status"], found["rule_name"]) == ("identified", None)
    await room.resolve(incident)
    proposed = (await room.publications(incident))[0]["proposed"]
    assert (proposed["status"], proposed["body"]["en"]) == ("resolved", "All works again.")
    await room.world.advance(seconds=5)
    assert [title for title, _ in await room.notices("Ana")] == ["Nordwind still shows an incident"]
    await room.world.advance(seconds=30)
    assert len(await room.notices("Ana")) == 1, "once"
    await (await room.ana()).post(f"{room.of_page(routes.STATUS_EVENTS)}/{event['id']}/updates", proposed)
    assert (await room.publications(incident))[0]["proposed"] is None
    await room.world.advance(seconds=10)
    assert await room.world.db.value("SELECT COUNT(*) FROM due WHERE kind = 'status.follow'") == 0


async def test_a_page_says_it_once_at_a_time(room: Newsroom) -> None:
    incident = await room.fire()
    event = (await room.publish(incident, title={"en": "Cards fail"})).json()
    again = await room.publish(incident, title={"en": "Cards fail"})
    assert (again.status_code, again.json()["code"]) == (409, "published_from_already")
    over = room.world.update_of("resolved")
    await (await room.ana()).post(f"{room.of_page(routes.STATUS_EVENTS)}/{event['id']}/updates", over)
    assert (await room.publish(incident, title={"en": "Cards fail again"})).status_code == 201


async def test_whoever_may_publish_on_this_page_alone_publishes_here_alone(room: Newsroom) -> None:
    incident = await room.fire()
    other = await room.world.add_status_page("Other", "Web")
    assert (await room.publish(incident, by="Pia", title={"en": "x"}, status_page_id=other.id)).status_code == 403
    assert (await room.publish(incident, by="Bo", title={"en": "x"})).status_code == 403
    assert (await room.publish(incident, by="Pia", title={"en": "x"})).status_code == 201


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"status_page_id": "nothing"}, [("status_page_id", "unknown")]),
        ({"template_id": "nothing"}, [("template_id", "unknown")]),
        ({}, [("title.en", "empty")]),
        ({"title": {"en": "x"}, "status": "resolved"}, [("status", "closed_at_once")]),
        ({"title": {"en": "x"}, "status": "scheduled"}, [("status", "not_of_this_event")]),
        (
            {"title": {"en": "x"}, "changes": [{"component_id": "no", "impact": "full_outage"}]},
            [("changes[0].component_id", "unknown")],
        ),
    ],
)
async def test_what_is_wrong_is_named(room: Newsroom, body: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    incident = await room.fire()
    assert flaws(await room.publish(incident, **body)) == wanted


async def test_an_incident_that_is_not_seen_is_not_there(room: Newsroom) -> None:
    await room.world.add_team("Secret", is_private=True)
    await room.world.add_person("Sam", team="Secret", role="manager")
    policy = await room.world.add_policy("Sam", name="Vault", team="Secret")
    service = await room.world.add_service("vault", team="Secret", policy=policy)
    integration = await room.world.add_integration(service, by="Sam")
    room.paths["vault"] = integration.ingest_url.removeprefix(room.world.engine.settings.api_url)
    incident = await room.fire("vault")
    assert (await room.publish(incident, title={"en": "x"})).status_code == 404
