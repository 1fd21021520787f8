"""What an alert says: the newest event's words, what a recovery adds, and which changes are kept."""

from datetime import UTC, datetime, timedelta

from shared.domain.alerts import Action, Event, Link, Severity
from shared.domain.pipeline.alert_changes import (
    LONGEST,
    MOST,
    AlertText,
    Change,
    changes,
    completed,
    content_of,
    has_text,
    latest,
    newest,
)

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
GRAPH, RUNBOOK = Link("Graph", "https://graphs.example.com"), Link("Runbook", "https://wiki.example.com")
BEFORE = AlertText(
    title="Disk full",
    severity=Severity.CRITICAL,
    description="91 %",
    source="db-1",
    labels={"use": "91", "host": "db-1"},
    links=(GRAPH,),
    details={"v": 1},
)


def event(**said: object) -> Event:
    return Event(action=Action.TRIGGER, dedup_key="k", **said)  # pyright: ignore[reportArgumentType] what the test says


def test_a_repeat_replaces_everything_but_the_title_and_severity_that_it_leaves_out() -> None:
    after = newest(BEFORE, event(labels={"new": "y"}, says_severity=False))
    assert after == AlertText(title="Disk full", severity=Severity.CRITICAL, labels={"new": "y"})
    said = newest(BEFORE, event(title="Disk fills", severity=Severity.INFO))
    assert (said.title, said.severity) == ("Disk fills", Severity.INFO)


def test_a_recovery_fills_in_what_is_missing_and_takes_nothing_away() -> None:
    over = event(title="Fine", severity=Severity.INFO, description="3 %", source="x", labels={"use": "3", "by": "cron"},
                 links=(GRAPH, RUNBOOK), details={"v": 2, "w": 3})  # fmt: skip
    after = completed(BEFORE, over)
    assert (after.title, after.severity, after.description, after.source) == (
        "Disk full", Severity.CRITICAL, "91 %", "db-1",
    )  # fmt: skip
    assert after.labels == {"use": "91", "host": "db-1", "by": "cron"}
    assert after.links == (GRAPH, RUNBOOK)
    assert after.details == {"v": 1, "w": 3}
    bare = AlertText(title="", severity=Severity.WARNING)
    assert (completed(bare, over).title, completed(bare, over).description) == ("Fine", "3 %")


def test_changes_name_each_field_and_label_cut_and_say_nothing_of_details() -> None:
    after = newest(BEFORE, event(title="x" * 300, description="91 %", source="db-1", labels={"use": "99"},
                                 details={"v": 2}, links=(GRAPH,), says_severity=False))  # fmt: skip
    found = {each.field: (each.was, each.now) for each in changes(BEFORE, after, now=NOW)}
    assert found == {
        "title": ("Disk full", "x" * (LONGEST - 1) + "…"),
        "labels.host": ("db-1", ""),
        "labels.use": ("91", "99"),
        "details": ("", ""),
    }
    assert changes(BEFORE, BEFORE, now=NOW) == []


def test_of_many_changes_the_newest_are_kept_each_field_once() -> None:
    def change(n: int) -> Change:
        return Change(at=NOW + timedelta(seconds=n), field=f"labels.{n % 25}")

    kept = latest([], [change(n) for n in range(25)])
    assert [each.field for each in kept] == [f"labels.{n}" for n in range(25 - MOST, 25)]
    again = latest(kept, [change(30)])
    assert [each.field for each in again[-2:]] == ["labels.24", "labels.5"]
    assert [each.at for each in again if each.field == "labels.5"] == [change(30).at]


def test_content_is_equal_for_the_same_words_whatever_the_severity() -> None:
    one, other = event(title="a", labels={"x": "1", "y": "2"}), event(title="a", labels={"y": "2", "x": "1"})
    assert content_of(one) == content_of(other)
    assert content_of(event(title="a", severity=Severity.INFO)) == content_of(event(title="a"))
    for changed in ({"title": "b"}, {"description": "b"}, {"source": "b"}, {"links": (GRAPH,)}, {"details": {"v": 1}}):
        assert content_of(event(**{"title": "a", **changed})) != content_of(event(title="a"))


def test_an_event_with_nothing_but_a_key_says_nothing() -> None:
    assert not has_text(event())
    assert all(has_text(event(**{name: "x"})) for name in ("title", "description"))
    assert has_text(event(labels={"x": "1"}))
