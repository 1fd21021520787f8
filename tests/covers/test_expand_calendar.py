"""What an iCalendar file blocks, and what is refused before it takes for ever."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
from hypothesis import strategies as st

from server.covers.expand_calendar import AT_ONCE, MOST_EVENTS, MOST_OCCURRENCES, Expanded, Order, expand
from server.covers.expand_calendar import _TooLong as TooLong
from server.covers.fetch_calendar import Away, UnreadableCalendar, address_of, apart, read_entries
from server.covers.recent_events import without_past
from tests.shared.domain.properties import holds

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
END = datetime(2027, 11, 22, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISBON = "UID:lisbon\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203"
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
    ],
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    answer = expand(Order(text, NOW, END))
    assert answer == Expanded(problem="not_a_calendar")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART:banana", "unreadable"),
        ("SUMMARY:without a start", "unreadable"),
        ("DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;INTERVAL=0", "unreadable"),
        ("DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WHENEVER", "unreadable"),
        ("DTSTART;VALUE=DATE:20261201\nDTEND:20261201T090000Z", "unreadable"),
        ("DTSTART:00000101T080000Z", "unreadable"),
        ("DTSTART;TZID=Mars/Olympus:20261201T080000\nDURATION:PT2H", "unknown_zone"),
        ("DTSTART;TZID=Mars/Olympus:20261201T080000\nDURATION:PT2H\nRRULE:FREQ=DAILY", "unknown_zone"),
        ("DTSTART:20261201T080000Z\nDTEND;TZID=Mars/Olympus:20261201T090000", "unknown_zone"),
        ("DTSTART:20261201T080000Z\nDURATION:PT2H\nRDATE;TZID=Mars/Olympus:20261202T080000", "unknown_zone"),
    ],
)
def test_a_calendar_whose_only_event_is_bad_is_one_with_something_left_out(event: str, why: str) -> None:
    assert expand(Order(file(f"UID:a\n{event}"), NOW, END)) == Expanded(left_out={why: 1})
    both = expand(Order(file(LISBON, f"UID:a\n{event}"), NOW, END))
    assert ([each.uid for each in both.occurrences], both.left_out) == (["lisbon"], {why: 1})


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=8,9,10", "FREQ=YEARLY;BYSECOND=1,2"],
)
def test_rules_that_repeat_too_often_are_refused(rule: str) -> None:
    answer = expand(Order(file(f"UID:a\nDTSTART:20000101T080000Z\nDURATION:PT1M\nRRULE:{rule}"), NOW, END))
    assert answer == Expanded(problem="too_many_occurrences")


def test_of_more_entries_than_a_year_has_days_to_be_away_the_soonest_are_taken() -> None:
    daily = [f"UID:{n}\nDTSTART;VALUE=DATE:20261122\nRRULE:FREQ=DAILY" for n in range(2)]
    assert expand(Order(file(daily[0]), NOW, END)).left_out == {}
    both = expand(Order(file(*daily), NOW, END))
    assert (len(both.occurrences), both.left_out, both.problem) == (MOST_OCCURRENCES, {"too_many": 232}, None)
    assert {each.start for each in both.occurrences[:2]} == {"2026-11-22"}, "the soonest are kept"


async def test_whole_days_and_wall_times_are_those_of_the_person() -> None:
    content = file(
        "UID:day\nSUMMARY:Lisbon\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202",
        "UID:wall\nDTSTART:20261203T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2",
    )
    assert (await read_entries(content, zone="Asia/Shanghai", now=NOW)).away == [
        Away(uid="day", start=utc(11, 30, 16), end=utc(12, 1, 16), reason="Lisbon"),
        Away(uid="wall", start=utc(12, 3), end=utc(12, 3, 1), reason=""),
        Away(uid="wall", start=utc(12, 10), end=utc(12, 10, 1), reason=""),
    ]


async def test_a_rule_that_never_ends_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """30 February, day by day until the year 9999, many times: it would take minutes."""
    monkeypatch.setattr("server.covers.fetch_calendar.EACH_S", 0.1)
    monkeypatch.setattr("server.covers.fetch_calendar.ALL_S", 2.0)
    events = [f"UID:{n}\nDTSTART:20000101T080000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30" for n in range(200)]
    found = await read_entries(file(LISBON, *events), zone="UTC", now=NOW)
    assert ([each.uid for each in found.away], found.left_out) == (["lisbon"], {"too_often": 200})
    with pytest.raises(UnreadableCalendar) as unread:
        await read_entries(file(*events), zone="UTC", now=NOW)
    assert unread.value.code == "too_many_occurrences"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("UID:bad\nDTSTART:banana", "unreadable"),
        ("UID:bad\nSUMMARY:without a start", "unreadable"),
        ("UID:bad\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=FORTNIGHTLY", "unreadable"),
        ("UID:bad\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;UNTIL=banana", "unreadable"),
        ("UID:bad\nDTSTART;VALUE=DATE:20261201\nRRULE:BANANA", "unreadable"),
        ("UID:bad\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;INTERVAL=0", "unreadable"),
        ("UID:bad\nDTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY", "too_often"),
        ("UID:bad\nDTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=8,9", "too_often"),
    ],
)
def test_a_bad_event_costs_itself_and_is_counted(bad: str, why: str) -> None:
    for events in ((bad, LISBON), (LISBON, bad)):
        answer = expand(Order(file(*events), NOW, END))
        assert ([each.uid for each in answer.occurrences], answer.left_out) == (["lisbon"], {why: 1})


def test_a_rule_by_the_hour_that_comes_once_a_week_is_none_too_often() -> None:
    weekly = "UID:a\nDTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;INTERVAL=168;COUNT=3"
    assert [start[:10] for start, _ in found(weekly)] == ["2026-12-01", "2026-12-08", "2026-12-15"]
    twice = "UID:a\nDTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=2"
    assert len(found(twice)) == 2


async def test_an_absence_that_began_long_ago_and_runs_counts_for_the_year_ahead() -> None:
    leave = "UID:leave\nDTSTART;VALUE=DATE:20251001\nDTEND;VALUE=DATE:20281001"
    for content in (file(leave), file(leave, "UID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=YEARLY;COUNT=1")):
        first = (await read_entries(content, zone="UTC", now=NOW)).away[0]
        assert (first.start, first.end) == (datetime(2025, 10, 1, tzinfo=UTC), datetime(2027, 11, 22, tzinfo=UTC))
        later = (await read_entries(content, zone="UTC", now=NOW + timedelta(hours=5))).away[0]
        assert later == first, "no entry changes with every reading"


async def test_a_history_of_many_years_is_left_behind() -> None:
    """Exports hold it whole: more than a megabyte, and more events than may lie ahead."""
    past = [
        f"UID:{n}\nDTSTART:20{n % 20:02}0301T080000Z\nDTEND:20{n % 20:02}0301T090000Z\nSUMMARY:{'s' * 90}"
        for n in range(12_000)
    ]
    content = file(*past, LISBON, "UID:series\nDTSTART;VALUE=DATE:20100105\nRRULE:FREQ=YEARLY")
    assert len(content) > 1_500_000
    read = await read_entries(content, zone="UTC", now=NOW)
    assert ([each.uid for each in read.away], read.left_out) == (["lisbon", "series"], {})


def test_what_lies_ahead_is_counted_alone() -> None:
    ahead = [f"UID:{n}\nDTSTART;VALUE=DATE:20290101" for n in range(MOST_EVENTS + 3)]
    assert expand(Order(file(LISBON, *ahead), NOW, END)).left_out == {"too_many": 4}


async def test_what_is_known_of_a_moment_decides_what_is_over() -> None:
    """Zones, durations, folded lines, alarms inside, one of a series that was moved: only what is plainly over goes."""
    day = date(2026, 11, 21)
    for event, is_kept in (
        ("DTSTART:20261101T080000Z\nDTEND:20261118T080000Z", False),
        ("DTSTART:20261101T080000Z\nDTEND:20261119T080000Z", True),
        ("DTSTART;TZID=Pacific/Apia:20261101T080000\nDTEND;TZID=Pacific/Apia:20261201T080000", True),
        ("DTSTART:20201101T080000Z\nDURATION:P3000D", True),
        ("DTSTART:20201101T080000Z\nDURATION:P300W", False),
        ("DTSTART:20201101T080000Z\nDURATION:banana", True),
        ("DTSTART:20201101T080000Z\nBEGIN:VALARM\nDTEND:20301101T080000Z\nDURATION:P9999D\nEND:VALARM", False),
        ("DTSTART:20201101T080000Z\nDTEND:20\n 271101T080000Z", True),
        ("DTSTART:20201101T080000Z\nRRULE:FREQ=YEARLY", True),
        ("DTSTART:20201101T080000Z\nRDATE:20271101T080000Z", True),
        ("DTSTART:20201101T080000Z\nRECURRENCE-ID:20261120T080000Z", True),
        ("DTSTART:20201101T080000Z\nRECURRENCE-ID:20201120T080000Z", False),
        ("SUMMARY:without a start", True),
    ):
        recent = without_past(file(event), day, most=10)
        assert (("BEGIN:VEVENT" in recent.text), recent.over) == (is_kept, int(not is_kept)), event


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


@pytest.mark.parametrize("rest", ["EXDATE:garbage", "RDATE:20269901T000000Z"])
def test_a_series_that_the_library_skips_is_counted(rest: str) -> None:
    bad = f"UID:a\nDTSTART:20261201T080000Z\nDTEND:20261201T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n{rest}"
    answer = expand(Order(file(bad, LISBON), NOW, END))
    assert (len(answer.occurrences), answer.left_out) == (1, {"unreadable": 1})


@pytest.mark.parametrize("end", ["21000101", "99991231"])
@pytest.mark.parametrize("start", ["20200101", "20261210"])
async def test_an_absence_without_an_end_counts(start: str, end: str) -> None:
    open_ended = f"UID:open\nDTSTART;VALUE=DATE:{start}\nDTEND;VALUE=DATE:{end}"
    read = await read_entries(file(open_ended, LISBON), zone="UTC", now=NOW)
    assert [each.uid for each in read.away] == (["open", "lisbon"] if start < "2026" else ["lisbon", "open"])
    assert read.left_out == {}


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20261202T080000Z\nDURATION:-PT1H",
        "DTSTART;VALUE=DATE:20261202\nDURATION:-P1D",
        "DTSTART:20261202T080000Z\nDURATION:-PT1H\nRRULE:FREQ=DAILY;COUNT=3",
        "DTSTART:20261202T080000Z\nDTEND:20261202T070000Z",
        "DTSTART;VALUE=DATE:20261205\nDTEND;VALUE=DATE:20261202",
    ],
)
async def test_what_ends_before_it_begins_is_left_out_and_said(times: str) -> None:
    read = await read_entries(file(LISBON, f"UID:a\n{times}"), zone="UTC", now=NOW)
    assert ([each.uid for each in read.away], read.left_out) == (["lisbon"], {"unreadable": 1})
    alone = await read_entries(file(f"UID:a\n{times}"), zone="UTC", now=NOW)
    assert (alone.away, alone.left_out) == ([], {"unreadable": 1})


@pytest.mark.parametrize(
    ("event", "is_left_out"),
    [
        ("UID:a\nDTSTART;VALUE=DATE:20261210\nSUMMARY:a\0b", False),
        ("UID:a\nDTSTART;VALUE=DATE:20261210\nSUM\0MARY:ab", False),
        ("UID:a\nDTSTART;VALUE=DATE:2026\x001210", True),
        ("UID:a\nDTSTART;VALUE=\0DATE:20261210", True),
    ],
)
async def test_a_nul_costs_itself(event: str, is_left_out: bool) -> None:
    read = await read_entries(file(LISBON, event), zone="UTC", now=NOW)
    assert [each.uid for each in read.away] == (["lisbon"] if is_left_out else ["lisbon", "a"])
    assert read.left_out == ({"unreadable": 1} if is_left_out else {})
    assert not any("\0" in each.reason for each in read.away)


async def test_a_series_whose_occurrences_overlap_is_one_absence() -> None:
    years = "UID:y\nDTSTART:20200101T080000Z\nDTEND:20290101T080000Z\nRRULE:FREQ=YEARLY"
    [entry] = (await read_entries(file(years), zone="UTC", now=NOW)).away
    assert entry.start == datetime(2020, 1, 1, 8, tzinfo=UTC)
    assert entry.end == NOW.replace(hour=0, minute=0) + timedelta(days=366)
    daily = "UID:d\nDTSTART:20261201T080000Z\nDURATION:PT24H\nRRULE:FREQ=DAILY;COUNT=3"
    read = await read_entries(file(daily), zone="UTC", now=NOW)
    assert [(each.end - each.start).days for each in read.away] == [1, 1, 1], "what only touches stays apart"


@holds(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(1, 30))))
def test_no_two_entries_of_one_series_overlap_and_no_hour_is_lost(found: list[tuple[str, int, int]]) -> None:
    def away(uid: str, start: int, hours: int) -> Away:
        begins = NOW + timedelta(hours=start)
        return Away(uid=uid, start=begins, end=begins + timedelta(hours=hours), reason="")

    entries = apart(away(*each) for each in found)
    assert entries == sorted(entries, key=lambda each: (each.start, each.uid))
    for uid in "ab":
        own = [(each.start, each.end) for each in entries if each.uid == uid]
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(own))
        hours = {(start - NOW) // HOUR + n for start, end in own for n in range((end - start) // HOUR)}
        assert hours == {start + n for each, start, length in found if each == uid for n in range(length)}


def test_many_events_that_happen_once_share_the_time_of_a_series_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    lots: list[int] = []
    real = recurring_ical_events.of

    def of(part: Any) -> Any:
        lots.append(sum(each.name == "VEVENT" for each in part.subcomponents))
        if lots[-1] > 1_000:
            raise TooLong
        return real(part)

    monkeypatch.setattr(recurring_ical_events, "of", of)
    events = (f"UID:u{n}\nDTSTART:202612{n % 28 + 1:02}T{n % 24:02}0000Z\nDURATION:PT30M" for n in range(3_000))
    answer = expand(Order(file(LISBON, *events), NOW, END))
    assert (answer.problem, len(answer.occurrences)) == (None, MOST_OCCURRENCES)
    assert answer.left_out == {"too_many": 3_001 - MOST_OCCURRENCES}
    assert "lisbon" in {each.uid for each in answer.occurrences}
    assert max(lots) <= AT_ONCE
