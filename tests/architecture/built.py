"""Statements whose text depends on more than the sources show, made by the server's own functions."""

from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from server.accounts.access.actors import Actor
from server.incidents.current import IncidentHead
from server.incidents.write import RowChange, decide, hold
from server.kernel.database import Database, Dialect, Priority, Writes
from server.kernel.due import Kind
from server.kernel.due.loop import _look_for
from server.pipeline.search import WantedAlerts, search_alerts
from server.tables.incidents import Incident
from shared.domain.alerts import Severity
from tests.architecture.statements import id_of, parameters_of, statements_of

BY_NAME = (decide, hold)
"""What changes an incident's columns by their names; what `shared.domain.incidents` names is tried by `test_write`."""
COUNTED: tuple[str, ...] = ("alert_count", "open_alert_count")
"""The columns that alerts add to."""
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ACTOR = Actor(
    user_id="", name="", role="owner", language="en", time_zone="UTC", team_ids=frozenset(), visible_ids=frozenset()
)

HEAD = IncidentHead(id="", team_id="", rev=0, decided=0, state="triggered", severity=Severity.INFO)


class Recorder(Database):
    """Answers with nothing and remembers what it was asked."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect: Dialect = dialect
        self.asked: list[str] = []

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    async def rows(self, into: Any, statement: Any, /, **args: Any) -> list[Any]:
        self.asked.append(statement)
        return []

    async def values(self, statement: Any, /, **args: Any) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return [(1,) * (statement.partition(" FROM ")[0].count(",") + 1)]


def _done(work: Coroutine[Any, Any, Any]) -> None:
    """Run what waits for nothing."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def due_looks(dialect: Dialect) -> Iterator[str]:
    yield _look_for((Kind("one", Priority.PAGE), Kind("other", Priority.BULK)))[0]


def alert_searches(dialect: Dialect) -> Iterator[str]:
    all_there_is = WantedAlerts(
        text="disk full", since=NOW, until=NOW, is_open=True, labels=(("a", "b"),), sources=("generic",),
        integration_ids=("a", "b"), service_ids=("a", "b"), outcomes=("incident", "silenced", "dropped"),
        severities=(Severity.CRITICAL,),
    )  # fmt: skip
    for wanted in (WantedAlerts(), WantedAlerts(service_ids=("a",), text="disk", is_open=False), all_there_is):
        for cursor in (None, "WzFd"):
            recorder = Recorder(dialect)
            _done(search_alerts(recorder, ACTOR, wanted, limit=1, cursor=cursor))
            yield from recorder.asked


def incident_changes(dialect: Dialect) -> Iterator[str]:
    """With every column there is, and every one that callers name: what is decided is known to a run alone."""
    columns = {column._meta.db_column_name for column in Incident._meta.columns}
    every = dict.fromkeys(columns | _named_columns(dialect), 0)
    counted = dict.fromkeys(COUNTED, 0)
    set_at_once = {name: 0 for name in every if name not in ("decided", "rev", "timeline_n")}
    for is_decision in (True, False):
        for given in (every, dict.fromkeys(every)):
            change = RowChange(given=given, above=counted, added=counted, is_decision=is_decision)
            yield change.statement()
            yield msgspec.structs.replace(change, added={}, new=set_at_once).statement()


def incident_holds(dialect: Dialect) -> Iterator[str]:
    writes = Writes()
    hold(writes, HEAD, **dict.fromkeys(_named_columns(dialect) - {"decided"}, ""))
    yield from (str(write.text) for write in writes)


def _named_columns(dialect: Dialect) -> set[str]:
    found = statements_of(dialect)
    names: set[str] = set()
    for changing in BY_NAME:
        key = id_of(changing)
        given = [each for values in found.passed[key].values() for each in values if isinstance(each, dict)]
        names |= (found.named[key] | {name for each in given for name in each}) - parameters_of(changing).keys()
    return names


BUILT: dict[str, Callable[[Dialect], Iterator[str]]] = {
    "server/kernel/due/loop.py:_due": due_looks,
    "server/pipeline/search.py:search_alerts": alert_searches,
    "server/incidents/write.py:_write": incident_changes,
    "server/incidents/write.py:hold": incident_holds,
}
"""By the place that hands them over: a place whose texts the sources do show may not stand here."""
