"""Rules publish incidents by themselves or after a person's approval, and delay no page."""

from typing import Any

import pytest

from server.kernel.database import Writes
from shared.wire import routes
from tests.kit.world import World
from tests.status_pages.from_incidents.newsroom import Newsroom


@pytest.fixture
async def room(world: World) -> Newsroom:
    return await Newsroom.build(world)


@pytest.mark.store
async def test_a_rule_publishes_by_service_and_follows_to_the_end(room: Newsroom) -> None:
    template = await room.add_template()
    await room.add_rule(template, resolves_by_itself=True, severity="critical")
    await room.fire("payouts")
    await room.fire(key="mild", severity="warning")
    incident = await room.fire(key="grave")
    await room.world.advance(seconds=5)
    (event,) = await room.events()
    assert (event["title"]["en"], event["impacts"][0]["impact"]) == ("Payments are failing", "full_outage")
    said = {"page": "Nordwind", "title": "Payments are failing", "status": "investigating", "rule": "Checkout is down"}
    assert await room.told(incident) == [("status_published", said, "system")]
    assert (await room.publications(incident))[0]["rule_name"] == "Checkout is down"
    await room.resolve(incident)
    await room.world.advance(seconds=5)
    (event,) = await room.events()
    assert (event["status"], event["updates"][0]["body"]["en"], event["impacts"]) == (
        "resolved",
        "This incident is over.",
        [],
    )
    assert (await room.told(incident))[-1][0] == "status_updated"


async def test_an_incident_that_becomes_grave_enough_is_published_then(room: Newsroom) -> None:
    await room.add_rule(await room.add_template(), severity="critical")
    incident = await room.fire(severity="warning")
    await room.world.advance(seconds=5)
    assert await room.events() == []
    await room.fire(severity="critical")
    await room.world.advance(seconds=5)
    assert [each[0] for each in await room.told(incident)] == ["status_published"]


async def test_labels_reach_into_the_pages_team_and_no_further(room: Newsroom) -> None:
    template = await room.add_template()
    labels = [{"label": "region", "value": "eu"}]
    await room.add_rule(template, services="", labels=labels)
    await room.fire(key="us", region="us")
    await room.world.advance(seconds=5)
    assert await room.events() == []
    await room.fire("payouts", key="eu", region="eu", env="prod")
    await room.world.advance(seconds=5)
    assert len(await room.events()) == 1


async def test_many_incidents_of_one_rule_are_one_event_and_it_ends_with_the_last(room: Newsroom) -> None:
    await room.add_rule(await room.add_template(), resolves_by_itself=True)
    first = await room.fire(key="0")
    await room.world.advance(seconds=5)
    more = [await room.fire(key=str(n)) for n in range(1, 30)]
    await room.world.advance(seconds=10)
    assert len(await room.events()) == 1
    assert await room.world.db.value("SELECT COUNT(*) FROM status_publication") == 30
    assert [each[0] for each in await room.told(more[-1])] == ["status_joined"]
    for incident in [first, *more[:-1]]:
        await room.resolve(incident)
    await room.world.advance(seconds=5)
    assert (await room.events())[0]["is_open"]
    await room.resolve(more[-1])
    await room.world.advance(seconds=5)
    assert not (await room.events())[0]["is_open"]


async def test_a_rule_whose_template_shows_what_is_gone_says_so_on_the_incident(room: Newsroom) -> None:
    await room.add_rule(await room.add_template())
    gone = "UPDATE status_component SET removed_at = created_at WHERE name LIKE '%Checkout%'"
    await room.world.db.apply(Writes().sql(gone))
    incident = await room.fire()
    await room.world.advance(seconds=5)
    assert await room.events() == []
    said = {"page": "Nordwind", "rule": "Checkout is down"}
    assert await room.told(incident) == [("status_not_published", said, "system")]


@pytest.mark.store
async def test_with_approvers_a_person_is_asked_first(room: Newsroom) -> None:
    approver = room.world.users["Pia"]
    await room.add_rule(await room.add_template(), approver_ids=[approver])
    incident = await room.fire()
    same = await room.fire(key="b")
    await room.world.advance(seconds=5)
    assert await room.events() == []
    assert await room.notices("Pia") == [
        (
            "Nordwind: publish this?",
            "The rule “Checkout is down” wants to publish #1 on the status page Nordwind. Approve or decline it.",
        )
    ]
    assert await room.told(incident) == [
        ("status_asked", {"page": "Nordwind", "rule": "Checkout is down", "people": ["Pia"]}, "system")
    ]
    (proposal,) = await room.proposals()
    assert (proposal["state"], proposal["incident"]["name"], proposal["title"]["en"]) == (
        "asked",
        "#1 checkout a",
        "Payments are failing",
    )
    path = room.of_page(routes.STATUS_PROPOSAL_APPROVE, proposal_id=proposal["id"])
    pia = await room.world.client("Pia")
    event = await pia.post(path, {"body": {"en": "In other words."}})
    assert (event["title"]["en"], event["updates"][0]["body"]["en"]) == ("Payments are failing", "In other words.")
    assert event["impacts"][0]["impact"] == "full_outage"
    for each in (incident, same):
        assert (await room.told(each))[-1][0::2] == ("status_published", "user")
    again = await pia.send("POST", path, {})
    assert (again.status_code, again.json()["code"]) == (409, "proposal_decided")
    assert (await room.proposals())[0]["decided_by_name"] == "Pia"
    await room.resolve(incident)
    await room.resolve(same)
    await room.world.advance(seconds=5)
    assert [title for title, _ in await room.notices("Pia")][-1] == "Nordwind still shows an incident"


async def test_declining_publishes_nothing_and_asks_no_more(room: Newsroom) -> None:
    await room.add_rule(await room.add_template(), approver_ids=[room.world.users["Ana"]])
    incident = await room.fire()
    await room.world.advance(seconds=5)
    (proposal,) = await room.proposals()
    path = room.of_page(routes.STATUS_PROPOSAL_DECLINE, proposal_id=proposal["id"])
    assert (await (await room.ana()).send("POST", path)).status_code == 204
    await room.world.advance(minutes=1)
    assert await room.events() == []
    assert [each["state"] for each in await room.proposals()] == ["declined"]
    assert (await room.told(incident))[-1] == (
        "status_declined",
        {"page": "Nordwind", "rule": "Checkout is down"},
        "user",
    )


async def test_what_is_over_needs_no_approval(room: Newsroom) -> None:
    await room.add_rule(await room.add_template(), approver_ids=[room.world.users["Ana"]])
    incident = await room.fire()
    await room.world.advance(seconds=5)
    await room.resolve(incident)
    await room.world.advance(seconds=5)
    (proposal,) = await room.proposals()
    assert proposal["state"] == "over"
    path = room.of_page(routes.STATUS_PROPOSAL_APPROVE, proposal_id=proposal["id"])
    answer = await (await room.ana()).send("POST", path, {})
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_over")


async def test_a_rule_that_failed_keeps_no_page_from_anybody(room: Newsroom) -> None:
    """What rules do is due work of its own: pages leave although it fails each time."""
    await room.add_rule(await room.add_template())
    await room.world.db.apply(Writes().sql("UPDATE status_rule SET labels = 'no JSON'"))
    await room.fire()
    await room.world.advance(seconds=5)
    assert await room.world.paged() == ["Bo"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"service_ids": []}, ("service_ids", "empty")),
        ({"service_ids": ["nothing"]}, ("service_ids[0]", "unknown")),
        ({"approver_ids": ["nothing"]}, ("approver_ids[0]", "unknown")),
        ({"approver_ids": ["Bo"]}, ("approver_ids[0]", "may_not_publish")),
        ({"template_id": "nothing"}, ("template_id", "unknown")),
        ({"changes": [{"component_id": "no", "impact": "full_outage"}]}, ("changes[0].component_id", "unknown")),
    ],
)
async def test_a_rule_that_could_not_work_is_refused(
    room: Newsroom, more: dict[str, Any], wanted: tuple[str, str]
) -> None:
    template = await room.add_template()
    body = {"name": "r", "service_ids": [room.services["checkout"].id], "template_id": template["id"], **more}
    if more.get("approver_ids") == ["Bo"]:
        body["approver_ids"] = [room.world.users["Bo"]]
    answer = await (await room.ana()).send("POST", room.of_page(routes.STATUS_RULES), body)
    assert answer.status_code == 400, answer.text
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [wanted]


async def test_a_rule_is_changed_paused_and_removed_and_holds_its_template(room: Newsroom) -> None:
    template = await room.add_template()
    rule = await room.add_rule(template)
    ana = await room.ana()
    path = room.of_page(routes.STATUS_RULE, status_rule_id=rule["id"])
    held = await ana.send(
        "DELETE",
        f"{room.of_page(routes.STATUS_TEMPLATES)}/{template['id']}",
        headers={"if-match": str(template["rev"])},
    )
    assert (held.status_code, held.json()["code"]) == (409, "in_use")
    body = {"name": "Paused", "service_ids": rule["service_ids"], "template_id": template["id"], "is_active": False}
    assert (await ana.put(path, body, rev=1))["rev"] == 2
    await room.fire()
    await room.world.advance(seconds=10)
    assert await room.events() == []
    await ana.put(path, {**body, "is_active": True}, rev=2)
    await room.world.advance(seconds=10)
    assert await room.events() == [], "only what begins from now on"
    assert (await ana.send("DELETE", path, headers={"if-match": "3"})).status_code == 204
    assert (await ana.get(room.of_page(routes.STATUS_RULES)))["items"] == []
