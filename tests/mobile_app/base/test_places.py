"""Places in frozen structs, drafts over them, and structs that were left half filled."""

from typing import Any

import flet as ft
import msgspec
import pytest

from phone.base.draft import Draft
from phone.base.loosely import loosely
from phone.base.places import place, swapped, without
from phone.console.layers.drafts import LayerDraft, ScheduleDraft
from shared.wire.schedules import GroupAddress, GroupInput, MemberInput, RotationInput, ShiftNotices
from shared.wire.services import IntegrationInput, ServiceInput

LAYER = LayerDraft(
    start="2026-11-02T00:00",
    rotation=RotationInput(unit="week", every=2),
    groups=(GroupInput(members=(MemberInput(user_id="ana"), MemberInput(user_id="bo", since="2026-12-01"))),),
)
SCHEDULE = ScheduleDraft(name="", team_id="", time_zone="UTC", layers=(LAYER, LAYER))


def test_a_place_is_read_and_written_and_nothing_beside_it_changes() -> None:
    every = place(ScheduleDraft, lambda schedule: schedule.layers[1].rotation.every)
    assert (every.key, every.read(SCHEDULE)) == ("layers.1.rotation.every", 2)
    changed = every.written(SCHEDULE, 3)
    assert [layer.rotation.every for layer in changed.layers] == [2, 3]
    assert changed.layers[0] is SCHEDULE.layers[0]
    assert SCHEDULE.layers[1].rotation.every == 2
    assert every.written(changed, 2) == SCHEDULE


def test_a_place_goes_further_in() -> None:
    layers = place(ScheduleDraft, lambda schedule: schedule.layers)
    since = layers.then(lambda layers: layers[0].groups[0].members[1].since)
    assert since.read(SCHEDULE) == "2026-12-01"
    assert since.written(SCHEDULE, None).layers[0].groups[0].members[1].since is None


def test_what_a_schema_describes_stands_under_its_name() -> None:
    url = place(IntegrationInput, lambda integration: integration.config["url"])
    draft = IntegrationInput(name="n", source="prometheus", service_id="s")
    assert url.read(draft) is None
    assert url.written(draft, "https://a").config == {"url": "https://a"}
    assert draft.config == {}


def test_a_place_that_is_gone_is_said_to_be() -> None:
    gone = place(ScheduleDraft, lambda schedule: schedule.layers[2].name)
    with pytest.raises(LookupError):
        gone.read(SCHEDULE)
    with pytest.raises(LookupError):
        gone.written(SCHEDULE, "Night")


def test_a_name_of_nothing_that_can_be_seen_is_an_empty_name() -> None:
    name = place(ServiceInput, lambda service: service.name)
    assert name.written(ServiceInput(name="Checkout", team_id="t"), "\u200b").name == ""


def test_rows_are_shortened_and_turned() -> None:
    assert without((1, 2, 3), 1) == (1, 3)
    assert swapped((1, 2, 3), 0, 2) == (3, 2, 1)


def test_choosing_draws_and_typing_does_not() -> None:
    draft, drawn = Draft(ServiceInput(name="", team_id="")), list[str | None]()
    name, team = place(ServiceInput, lambda service: service.name), place(ServiceInput, lambda service: service.team_id)

    def note(_sender: Any, field: str | None) -> None:
        drawn.append(field)

    draft.subscribe(note)
    draft.type(name, "Checkout")
    assert (draft.whole.name, drawn) == ("Checkout", [])
    draft.choose(team, "t-1")
    assert (draft.whole, len(drawn)) == (ServiceInput(name="Checkout", team_id="t-1"), 1)
    assert isinstance(draft, ft.Observable)


def test_what_was_left_half_filled_comes_back_whatever_its_limits() -> None:
    group = GroupAddress(channel="webhook", address="")
    notices = ShiftNotices(before_s=7, groups=(group,))
    left = msgspec.structs.replace(SCHEDULE, notices=notices, takes_over="2026-12-01T9")
    plain = msgspec.json.decode(msgspec.json.encode(left))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain, ScheduleDraft)
    assert loosely(plain, ScheduleDraft) == left


@pytest.mark.parametrize("wrong", [{"name": 5}, {"layers": "none"}, {"layers": [{"start": "x"}]}, {"overlap": "odd"}])
def test_what_is_of_another_type_does_not_come_back(wrong: dict[str, Any]) -> None:
    plain = {**msgspec.to_builtins(SCHEDULE), **wrong}
    with pytest.raises(msgspec.ValidationError):
        loosely(plain, ScheduleDraft)
