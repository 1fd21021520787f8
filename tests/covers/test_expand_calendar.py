"""What an iCalendar file blocks, and what is refused before it takes for ever."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.covers.expand_calendar import MOST_OCCURRENCES, Expanded, Order, expand
from server.covers.read_calendar import Away, UnreadableCalendar, address_of, read_entries

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
END = datetime(2027, 11, 22, 3, 12, tzinfo=UTC)
ZONED = """BEGIN:VTIMEZONE
TZID:Somewhere
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
"""


def file(*events: str, head: str = "") -> str:
    parts = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{parts}END:VCALENDAR\n".replace("\n", "\r\n")


def found(*events: str, head: str = "") -> list[tuple[str, str]]:
    answer = expand(Order(file(*events, head=head), NOW, END))
    assert answer.problem is None
    return [(each.start, each.end) for each in answer.occurrences]


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ("UID:a\nDTSTART:20261201T080000Z\nDTEND:20261201T170000Z",
         [("2026-12-01T08:00:00+00:00", "2026-12-01T17:00:00+00:00")]),
        ("UID:a\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203", [("2026-12-01", "2026-12-03")]),
        ("UID:a\nDTSTART;VALUE=DATE:20261201", [("2026-12-01", "2026-12-02")]),
        ("UID:a\nDTSTART:20261201T080000\nDURATION:PT2H", [("2026-12-01T08:00:00", "2026-12-01T10:00:00")]),
        ("UID:a\nDTSTART;TZID=Somewhere:20261201T080000\nDURATION:PT2H",
         [("2026-12-01T08:00:00+03:00", "2026-12-01T10:00:00+03:00")]),
        ("UID:a\nDTSTART;TZID=Europe/Berlin:20261201T080000\nDURATION:PT1H",
         [("2026-12-01T08:00:00+01:00", "2026-12-01T09:00:00+01:00")]),
        ("UID:a\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=2",
         [("2026-12-01", "2026-12-02"), ("2026-12-08", "2026-12-09")]),
        ("UID:a\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261208",
         [("2026-12-01", "2026-12-02"), ("2026-12-15", "2026-12-16")]),
        ("UID:a\nDTSTART;VALUE=DATE:20261201\nSTATUS:CANCELLED", []),
        ("UID:a\nDTSTART;VALUE=DATE:20261201\nTRANSP:TRANSPARENT", []),
        ("UID:a\nDTSTART:20261201T080000Z", []),
        ("UID:a\nDTSTART:20200101T080000Z\nDTEND:20200102T080000Z", []),
        ("UID:a\nDTSTART;VALUE=DATE:20301201", []),
    ],
)  # fmt: skip
def test_an_event_blocks_its_days_and_hours(event: str, wanted: list[tuple[str, str]]) -> None:
    assert found(event, head=ZONED) == wanted


def test_one_occurrence_may_be_moved_or_dropped() -> None:
    series = "UID:a\nDTSTART:20261201T080000Z\nDTEND:20261201T090000Z\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "UID:a\nRECURRENCE-ID:20261202T080000Z\nDTSTART:20261202T120000Z\nDTEND:20261202T130000Z"
    dropped = "UID:a\nRECURRENCE-ID:20261203T080000Z\nDTSTART:20261203T080000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    assert [start for start, _ in found(series, moved, dropped)] == [
        "2026-12-01T08:00:00+00:00",
        "2026-12-02T12:00:00+00:00",
    ]


def test_an_event_without_a_uid_gets_one_that_stays() -> None:
    made = [expand(Order(file("SUMMARY:Lisbon\nDTSTART;VALUE=DATE:20261201"), NOW, END)) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].occurrences[0].uid != ""
    long = expand(Order(file(f"UID:{'u' * 900}\nDTSTART;VALUE=DATE:20261201"), NOW, END))
    assert len(long.occurrences[0].uid) == 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        "<html>sign in</html>",
        file("UID:a\nDTSTART:banana"),
        file("UID:a\nSUMMARY:without a start"),
        file("UID:a\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;INTERVAL=0"),
        file("UID:a\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WHENEVER"),
    ],
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    answer = expand(Order(text, NOW, END))
    assert answer == Expanded(problem="not_a_calendar") or answer.problem == "too_many_occurrences"
    assert answer.occurrences == []


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=8,9,10", "FREQ=YEARLY;BYSECOND=1,2"],
)
def test_rules_that_repeat_too_often_are_refused(rule: str) -> None:
    answer = expand(Order(file(f"UID:a\nDTSTART:20000101T080000Z\nDURATION:PT1M\nRRULE:{rule}"), NOW, END))
    assert answer == Expanded(problem="too_many_occurrences")


def test_more_entries_than_a_year_has_days_to_be_away_are_refused() -> None:
    daily = [f"UID:{n}\nDTSTART;VALUE=DATE:20261122\nRRULE:FREQ=DAILY" for n in range(2)]
    assert len(expand(Order(file(daily[0]), NOW, END)).occurrences) <= MOST_OCCURRENCES
    assert expand(Order(file(*daily), NOW, END)).problem == "too_many_occurrences"


async def test_whole_days_and_wall_times_are_those_of_the_person() -> None:
    content = file(
        "UID:day\nSUMMARY:Lisbon\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202",
        "UID:wall\nDTSTART:20261203T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2",
    )
    assert await read_entries(content, zone="Asia/Shanghai", now=NOW) == [
        Away(uid="day", start=utc(11, 30, 16), end=utc(12, 1, 16), reason="Lisbon"),
        Away(uid="wall", start=utc(12, 3), end=utc(12, 3, 1), reason=""),
        Away(uid="wall", start=utc(12, 10), end=utc(12, 10, 1), reason=""),
    ]


async def test_a_rule_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """30 February, day by day until the year 9999, many times: it would take minutes."""
    monkeypatch.setattr("server.covers.read_calendar.EXPAND_S", 2.0)
    events = [f"UID:{n}\nDTSTART:20000101T080000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30" for n in range(200)]
    with pytest.raises(UnreadableCalendar) as unread:
        await read_entries(file(*events), zone="UTC", now=NOW)
    assert unread.value.code == "too_many_occurrences"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("webcal://cal.example.com/a?b=1", "https://cal.example.com/a?b=1"),
        ("https://cal.example.com/a", "https://cal.example.com/a"),
        ("http://cal.example.com", "http://cal.example.com"),
        ("ftp://cal.example.com", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("http://[", None),
        ("cal.example.com", None),
    ],
)
def test_an_address_is_one_of_the_web(given: str, wanted: str | None) -> None:
    if wanted is not None:
        assert address_of(given) == wanted
        return
    with pytest.raises(UnreadableCalendar) as unread:
        address_of(given)
    assert unread.value.code == "bad_url"


def utc(month: int, day: int, hour: int = 0) -> Any:
    return datetime(2026, month, day, hour, tzinfo=UTC)
