"""What a row says an incident will be: the same as the server makes of it."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from phone.incidents.outbox import Pending
from phone.incidents.preview import preview
from shared.wire.incidents import IncidentItem, Verb
from tests.kit.fake_verbs import after
from tests.kit.night import ANA, JONAS, NOW, incident

STATES: dict[str, dict[str, Any]] = {
    "triggered": {},
    "acknowledged": {"state": "acknowledged", "acknowledged_at": NOW, "acknowledged_by": ANA},
    "snoozed": {
        "state": "acknowledged",
        "acknowledged_at": NOW,
        "acknowledged_by": ANA,
        "snoozed_until": NOW + timedelta(hours=1),
    },
    "resolved": {"state": "resolved", "resolved_at": NOW},
}
BODIES: dict[Verb, dict[str, Any]] = {
    "acknowledge": {},
    "unacknowledge": {},
    "snooze": {"seconds": 900},
    "unsnooze": {},
    "escalate": {},
    "resolve": {},
    "reopen": {},
}


def pending(verb: Verb, incident_id: str, body: dict[str, Any] | None = None) -> Pending:
    return Pending(key=verb, incident_id=incident_id, verb=verb, body=BODIES.get(verb, {}) if body is None else body)


def shown(item: IncidentItem) -> tuple[Any, ...]:
    return item.state, item.acknowledged_by, item.snoozed_until


@pytest.mark.parametrize("verb", BODIES)
@pytest.mark.parametrize("state", STATES)
def test_a_row_foresees_what_the_server_answers(verb: Verb, state: str) -> None:
    item = incident(1, "Disk full", **STATES[state])
    answer = after(item, verb, BODIES[verb], [])
    foreseen = preview(item, [pending(verb, item.id)], me=JONAS, now=NOW)
    if isinstance(answer, str):
        assert foreseen == item, "what is refused changes nothing"
    else:
        assert shown(foreseen) == shown(answer)


def test_verbs_are_foreseen_one_after_the_other_and_each_for_its_own_incident() -> None:
    item = incident(1, "Disk full")
    on_their_way = [pending("acknowledge", item.id), pending("resolve", "inc-2"), pending("unacknowledge", item.id)]
    assert shown(preview(item, on_their_way[:2], me=JONAS, now=NOW)) == ("acknowledged", JONAS, None)
    assert shown(preview(item, on_their_way, me=JONAS, now=NOW)) == ("triggered", None, None)


@pytest.mark.parametrize("verb", ["comment", "follow", "reassign", "add_responders", "merge", "undo"])
def test_what_the_phone_can_not_know_changes_nothing(verb: Verb) -> None:
    item = incident(1, "Disk full")
    assert preview(item, [pending(verb, item.id)], me=JONAS, now=NOW) is item


def test_a_snooze_until_a_moment_is_read_from_what_was_kept() -> None:
    item = incident(1, "Disk full")
    until = NOW + timedelta(hours=2)
    kept = msgspec.json.decode(msgspec.json.encode({"until": until}))
    assert preview(item, [pending("snooze", item.id, kept)], me=JONAS, now=NOW).snoozed_until == until
