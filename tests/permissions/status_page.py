"""A status page of the estate, with one of everything on it."""

from typing import Any

from server.kernel.database import Writes
from server.kernel.ids import new_id
from server.tables.status_pages import StatusMatch, StatusProposal
from shared.wire.routes import API
from tests.kit.client import Client
from tests.kit.world import World
from tests.permissions.bodies import PICTURE


async def add_status_page(world: World, root: Client, word: str, **owner: Any) -> dict[str, str]:
    """A page with one component, and an incident with two updates of which one was edited."""
    page, spare = [
        await world.add_status_page(f"{word} {name}page", *groups, slug=f"{word}{name}".lower(), **owner)
        for name, groups in (("", [f"{word}: {word} web"]), ("spare", []))
    ]
    path = f"{API}/status-pages/{page.id}"
    groups = (await root.get(f"{path}/components"))["groups"]
    await root.send("PUT", f"{path}/images/logo", {"content": PICTURE})
    template = await root.post(f"{path}/templates", {"name": word, "kind": "incident", "title": {"en": word}})
    spare_template = await root.post(f"{path}/templates", {"name": f"{word} spare", "kind": "incident"})
    label, made = {"label": "canary", "value": word}, {"name": word, "template_id": template["id"], "is_active": False}
    rule = await root.post(f"{path}/rules", {**made, "labels": [label]})
    await root.post(f"{path}/subscribers/csv", {"csv": f"email\n{word.replace(' ', '')}@reader.example\n"})
    (subscriber,) = (await root.get(f"{path}/subscribers"))["items"]
    events = [
        await world.add_status_event(page, word, world.update_of("investigating", word), **owner) for _ in range(2)
    ]
    update = await root.post(f"{path}/events/{events[0].id}/updates", world.update_of("identified", word))
    ids = {"status_event_id": events[0].id, "status_update_id": update["updates"][0]["id"]}
    edited = f"{path}/events/{events[0].id}/updates/{ids['status_update_id']}"
    await root.put(edited, world.update_of("identified", f"{word}!"), rev=2)
    return ids | {
        "status_page_id": page.id,
        "spare_status_page_id": spare.id,
        "other_status_event_id": events[1].id,
        "status_template_id": template["id"],
        "spare_status_template_id": spare_template["id"],
        "status_rule_id": rule["id"],
        "status_subscriber_id": subscriber["id"],
        "publisher_id": world.users["admin"],
        "group_id": groups[0]["id"],
        "component_id": groups[0]["components"][0]["id"],
    }


async def add_proposal(world: World, ids: dict[str, str]) -> dict[str, str]:
    """What the rule wants to publish of an incident."""
    now, rule = world.clock.now(), ids["status_rule_id"]
    id = new_id(now)
    undecided = {"event_id": None, "decided_at": None, "decided_by_name": None}
    about = {"rule_id": rule, "incident_id": ids["incident_id"]}
    page = ids["status_page_id"]
    writes = Writes().insert(StatusProposal, id=id, page_id=page, state="asked", made_at=now, **about, **undecided)
    writes.insert(StatusMatch, id=f"{rule} {ids['incident_id']}", proposal_id=id, matched_at=now, **about)
    await world.db.apply(writes)
    return {"proposal_id": id}
