"""Groups of alerts open incidents, join open ones, and let them go as they recover."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.alerts import Severity
from shared.domain.incidents.changes import Adjustment, Tally
from shared.domain.incidents.opening import (
    Arrival,
    ByHand,
    Group,
    OpenFacts,
    join,
    let_go,
    named,
    open_group,
    opened_by_hand,
    place,
    regrade,
)
from shared.domain.incidents.timeline import KINDS, Entry, Who
from tests.shared.domain.incidents.cases import ANA, LATER, NOW, POLICY

SOURCE = Who("integration", "am")


def group_of(*severities: Severity, **fields: Any) -> Group:
    """Alerts of these severities, of a warning where none is given."""
    arrivals = [
        Arrival(alert_id=f"a{n}", severity=severity, title=f"Disk {n}")
        for n, severity in enumerate(severities or (Severity.WARNING,))
    ]
    group = Group(
        service_id="shop",
        team_id="payments",
        policy_id="p",
        group_key="check disk",
        integration_id="am",
        integration_name="Alertmanager",
        source="alertmanager",
        arrivals=tuple(arrivals),
    )
    return msgspec.structs.replace(group, **fields)


def open_incident(**facts: Any) -> OpenFacts:
    """With three open alerts."""
    found = OpenFacts(
        id="i",
        state="triggered",
        severity=Severity.WARNING,
        alert_count=4,
        open_alert_count=3,
        triggered_at=NOW - timedelta(hours=1),
    )
    return msgspec.structs.replace(found, **facts)


def placed(holder: OpenFacts, *more: OpenFacts) -> tuple[tuple[str, ...], list[tuple[str, str]], int]:
    """Which incidents take no more, (holder, incident) of what joins, and how many groups open one."""
    group = group_of()
    incidents = {each.id: each for each in (holder, *more)}
    found = place([group], holders={("shop", "check disk"): holder.id}, incidents=incidents, now=NOW)
    assert all(each is group for each, *_ in found.joins)
    assert found.opens in ((), (group,))
    return found.closes, [(by, id) for _, by, id in found.joins], len(found.opens)


def test_a_group_that_nobody_holds_opens_an_incident() -> None:
    groups = [group_of(), group_of(group_key="other")]
    found = place(groups, holders={("shop", "other"): "i"}, incidents={"i": open_incident()}, now=NOW)
    assert (found.opens, found.joins, found.closes) == ((groups[0],), ((groups[1], "i", "i"),), ())


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (timedelta(hours=24) - timedelta(microseconds=1), ((), [("i", "i")], 0)),
        (timedelta(hours=24), (("i",), [], 1)),
    ],
)
def test_one_of_a_day_takes_no_more(age: timedelta, outcome: Any) -> None:
    assert placed(open_incident(triggered_at=NOW - age)) == outcome


def test_what_is_resolved_takes_none_and_keeps_its_group_for_its_undo() -> None:
    assert placed(open_incident(state="resolved")) == ((), [], 1)


def test_alerts_of_a_merged_group_join_the_target() -> None:
    merged = open_incident(id="merged", state="resolved", merged_into="i")
    assert placed(merged, open_incident()) == ((), [("merged", "i")], 0)
    assert placed(merged, open_incident(state="resolved")) == ((), [], 1)
    old = open_incident(triggered_at=NOW - timedelta(days=2))
    assert placed(merged, old) == (("merged",), [], 1)


def test_joining_counts_and_rests_on_the_group_and_what_it_is_about() -> None:
    found = join(open_incident(), group_of(Severity.INFO, Severity.CRITICAL), holder_id="i", by=SOURCE)
    assert found == Adjustment(
        given=("severity", "merged_into", "silenced_until", "group_open"),
        added={"alert_count": 2, "open_alert_count": 2},
        tally=Tally("alerts_joined", 2, "Disk 0", SOURCE),
    )
    after = found.of(open_incident())
    assert (after.alert_count, after.open_alert_count, after.severity) == (6, 5, Severity.WARNING)


def test_joining_through_a_merged_group_rests_on_that() -> None:
    found = join(open_incident(), group_of(), holder_id="merged", by=SOURCE)
    assert (found.through, found.given) == ("merged", ("severity", "merged_into", "silenced_until"))


@pytest.mark.parametrize("until", [None, LATER])
def test_whatever_joins_what_silences_hold_lets_them_be_looked_at(until: Any) -> None:
    found = join(open_incident(silenced_until=until), group_of(), holder_id="i", by=SOURCE)
    assert found.looks_for_silences == (until is not None)


def test_a_new_incident_is_as_grave_as_its_worst_alert_and_named_by_its_first() -> None:
    group = group_of(Severity.INFO, Severity.CRITICAL, Severity.WARNING)
    found = open_group(group, id="n", policy=POLICY, by=SOURCE, now=NOW)
    new = found.incident
    assert (new.title, new.severity, new.alert_count, new.state) == ("Disk 0", Severity.CRITICAL, 3, "triggered")
    assert (new.group_key, new.group_open, new.severity_pinned, new.acknowledged_at) == (
        "check disk",
        True,
        False,
        None,
    )
    assert (found.policy, found.is_running) == (POLICY, True)
    opened = Entry("opened", {"title": "Disk 0", "source": "alertmanager", "integration": "Alertmanager"}, SOURCE)
    assert found.entries == (opened, Entry("alerts_joined", {"count": 2, "title": "Disk 0"}, SOURCE))


def test_what_its_source_has_acknowledged_pages_nobody() -> None:
    found = open_group(group_of(is_acknowledged=True), id="n", policy=None, by=SOURCE, now=NOW)
    assert (found.incident.state, found.incident.acknowledged_at, found.is_running) == ("acknowledged", NOW, False)
    assert [entry.kind for entry in found.entries] == ["opened", "acknowledged"]
    assert all(set(entry.args) == set(KINDS[entry.kind]) for entry in found.entries)


def test_what_a_person_opens_has_a_severity_and_a_group_of_its_own() -> None:
    wanted = ByHand(
        team_id="payments",
        service_id=None,
        title="Odd noise",
        description=None,
        severity=Severity.INFO,
        people=("Bo",),
        policy=POLICY,
    )
    found = opened_by_hand(wanted, id="n", by=ANA, now=NOW)
    new = found.incident
    assert (new.opened_by, new.severity, new.severity_pinned, new.alert_count) == ("ana", Severity.INFO, True, 0)
    assert (new.group_key, new.group_open, new.service_id) == ("n", False, None)
    assert found.entries == (Entry("opened_by_hand", {"title": "Odd noise", "people": ["Bo"]}, ANA),)
    assert (found.policy, found.is_running) == (POLICY, True)


@pytest.mark.parametrize(
    ("facts", "recovered", "outcome"),
    [
        ({}, 2, (-2, {"open_alert_count": 2})),
        ({}, 3, None),
        ({}, 5, None),
        ({"opened_by": "ana"}, 3, (-3, {})),
        ({"state": "resolved", "open_alert_count": 0}, 1, (0, {})),
        ({"state": "acknowledged"}, 3, None),
    ],
)
def test_the_last_recovery_ends_what_nobody_opened_by_hand(facts: Any, recovered: int, outcome: Any) -> None:
    titles = [f"Disk {n}" for n in range(recovered)]
    found = let_go(open_incident(**facts), titles, by=SOURCE)
    assert (found and (found.added["open_alert_count"], found.above)) == outcome
    if found is not None:
        assert found.given == ("state",)
        assert found.tally == Tally("alerts_recovered", recovered, named(titles), SOURCE)


def test_the_first_of_many_are_named() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named(["a", "b", "c"]) == "a, b, c"
    assert named(["a", "b", "c", "d"]) == "a, b, c…"
    assert named(["x" * 300]) == "x" * 200


@pytest.mark.parametrize(
    ("firing", "severity"),
    [
        ({Severity.CRITICAL: 1, Severity.WARNING: 2}, Severity.CRITICAL),
        ({Severity.INFO: 2, Severity.WARNING: 0, Severity.CRITICAL: -1}, Severity.INFO),
        ({Severity.WARNING: 1, Severity.INFO: 4}, None),
        ({}, None),
    ],
)
def test_it_is_as_grave_as_what_fires(firing: dict[Severity, int], severity: Severity | None) -> None:
    found = regrade(open_incident(), firing, has_fewer=False, by=SOURCE)
    assert (found and found.new["severity"]) == severity
    if found is not None and severity is not None:
        assert found.entries == (Entry("severity_changed", {"was": Severity.WARNING, "now": severity}, SOURCE),)
        assert found.looks_for_milder == (severity is Severity.CRITICAL)
        assert found.given == ("state", "severity", "severity_pinned")


@pytest.mark.parametrize("facts", [{"severity_pinned": True}, {"state": "resolved"}])
def test_a_severity_that_somebody_named_stays_and_so_does_that_of_what_is_over(facts: Any) -> None:
    assert regrade(open_incident(**facts), {Severity.CRITICAL: 1}, has_fewer=False, by=SOURCE) is None


def test_where_something_recovered_it_rests_on_how_many_are_open() -> None:
    found = regrade(open_incident(), {Severity.INFO: 1}, has_fewer=True, by=SOURCE)
    assert found is not None
    assert found.given == ("state", "severity", "severity_pinned", "open_alert_count")
