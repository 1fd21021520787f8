"""What is decided about incidents can be written: every name is a column's."""

from collections.abc import Iterator

from server.tables.incidents import Incident
from shared.domain.alerts import Severity
from shared.domain.incidents.changes import Adjustment, Change
from shared.domain.incidents.ending import recover, take_in
from shared.domain.incidents.opening import join, let_go, regrade
from shared.domain.incidents.silencing import silence, silence_over
from shared.domain.incidents.taking import wake
from tests.architecture.built import COUNTED
from tests.shared.domain.incidents.cases import ANA, DECIDE, INCIDENTS, LATER, case_of, undoable
from tests.shared.domain.incidents.test_editing import EDITS, edited
from tests.shared.domain.incidents.test_opening import group_of, open_incident


def changes() -> Iterator[Change]:
    for condition in INCIDENTS:
        case = case_of(condition, incident=undoable(condition, "resolve", snoozed_until=LATER))
        decided = [decide(case) for decide in DECIDE.values()]
        others = (
            wake(case),
            recover(case, count=1, title=""),
            silence(case, until=LATER),
            silence_over(case),
            take_in(case, sources=[]),
        )
        yield from (each for each in [*decided, *others] if isinstance(each, Change))


def adjustments() -> Iterator[Adjustment]:
    incident = open_incident()
    yield join(incident, group_of(), holder_id=incident.id, by=ANA)
    yield join(incident, group_of(), holder_id="merged", by=ANA)
    for has_fewer in (True, False):
        graver = regrade(incident, {Severity.CRITICAL: 1}, has_fewer=has_fewer, by=ANA)
        yield from (each for each in (graver, let_go(incident, ["Disk full"], by=ANA)) if each is not None)


COLUMNS = {column._meta.db_column_name: column for column in Incident._meta.columns}


def test_what_verbs_change_are_columns_of_the_incident() -> None:
    named = {name for change in changes() for name in change.new}
    assert named <= COLUMNS.keys()
    assert {"state", "undo", "group_open", "silenced_until", "merged_into"} <= named


def test_so_is_what_people_edit() -> None:
    named = {name for wanted in EDITS for change in [edited(wanted)] for name in change.new}
    assert named <= COLUMNS.keys()
    assert {"title", "severity", "severity_pinned", "impact"} <= named


def test_what_alerts_change_are_columns_of_the_incident_and_what_they_add_to_are_numbers() -> None:
    found = list(adjustments())
    assert {name for each in found for name in (*each.given, *each.new)} <= COLUMNS.keys()
    counted = {name for each in found for name in (*each.above, *each.added)}
    assert counted == set(COUNTED)
