"""Who is on call, in a line: one watch has one end, on every clock that matters."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from phone.base.i18n import Words
from phone.base.people import Reader
from phone.rotas.rota_wording import hours_of_day, now_line
from shared.domain.on_call.shifts import Shift
from tests.kit import night


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Berlin", "Jonas Keller until 09:00"),
        ("Asia/Tokyo", "Jonas Keller until 09:00 (17:00 in Tokyo)"),
        ("Europe/Madrid", "Jonas Keller until 09:00"),
    ],
)
def test_the_end_of_a_watch_is_told_on_both_clocks(zone: str, told: str) -> None:
    reader = Reader(words=Words("en"), zone=ZoneInfo("Europe/Berlin"), id="somebody")
    entry = night.on_call_now()[0]
    entry.people[0] = msgspec.structs.replace(entry.people[0], until=datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert now_line(reader, entry, now=night.NOW, zone=reader.zone, there=zone) == told


@pytest.mark.parametrize(
    ("start", "end", "before", "told"),
    [
        ((23, 8), (25, 8), False, "09:00 to Wed 09:00, 48\u00a0h"),
        ((23, 8), (23, 16), False, "09:00 to 17:00, 8\u00a0h"),
        ((21, 2), (21, 8), True, "until 09:00"),
        ((9, 8), (23, 8), False, "Mon 9 Nov 09:00 to Mon 23 Nov 09:00, 14\u00a0d"),
    ],
)
def test_under_its_day_a_shift_says_that_day_once(
    start: tuple[int, int], end: tuple[int, int], before: bool, told: str
) -> None:
    first, last = (datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in (start, end))
    shift = Shift(user_id="u", start=first, end=last, starts_before=before)
    assert hours_of_day(Words("en"), shift, ZoneInfo("Europe/Berlin")) == told
