"""What verbs change can be written: every name is a column's."""

from collections.abc import Iterator

from server.tables.incidents import Incident
from shared.domain.incidents.changes import Change
from shared.domain.incidents.ending import recover
from shared.domain.incidents.taking import silence, silence_over, wake
from tests.shared.domain.incidents.cases import DECIDE, INCIDENTS, LATER, case_of, undoable


def changes() -> Iterator[Change]:
    for condition in INCIDENTS:
        case = case_of(condition, incident=undoable(condition, "resolve", snoozed_until=LATER))
        decided = [decide(case) for decide in DECIDE.values()]
        others = (wake(case), recover(case, count=1, title=""), silence(case, until=LATER), silence_over(case))
        yield from (each for each in [*decided, *others] if isinstance(each, Change))


def test_what_verbs_change_are_columns_of_the_incident() -> None:
    columns = {column._meta.db_column_name for column in Incident._meta.columns}
    named = {name for change in changes() for name in change.new}
    assert named <= columns
    assert {"state", "undo", "group_open", "silenced_until", "merged_into"} <= named
