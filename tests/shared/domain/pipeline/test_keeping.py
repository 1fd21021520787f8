"""Which labels of an alert with too many are kept."""

from shared.domain.alerts import Action, Event
from shared.domain.pipeline.keeping import MAX_LABELS, WELL_KNOWN, with_fewer_labels


def many(*names: str) -> Event:
    labels = {f"label_app_{n:02}": "v" for n in range(54)} | dict.fromkeys(names, "x")
    return Event(action=Action.TRIGGER, dedup_key="k", labels=labels, details={"a": 1})


def test_well_known_labels_stay_and_the_rest_stands_in_the_details() -> None:
    event = with_fewer_labels(many("severity", "pod"))
    assert len(event.labels) == MAX_LABELS
    assert list(event.labels)[-2:] == ["severity", "pod"]
    assert list(event.labels)[:-2] == [f"label_app_{n:02}" for n in range(48)]
    assert event.details["a"] == 1
    assert event.details["labels_dropped"] == 6
    assert event.details["more_labels"] == {f"label_app_{n:02}": "v" for n in range(48, 54)}


def test_what_is_named_goes_before_what_is_well_known() -> None:
    event = with_fewer_labels(many(*WELL_KNOWN, *(f"zone_{n}" for n in range(20))), ("zone_19", "absent"))
    assert "zone_19" in event.labels
    assert set(WELL_KNOWN) <= set(event.labels)


def test_few_labels_are_left_alone() -> None:
    event = Event(action=Action.TRIGGER, dedup_key="k", labels={str(n): "" for n in range(MAX_LABELS)})
    assert with_fewer_labels(event) is event
