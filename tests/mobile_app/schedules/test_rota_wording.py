"""Who is on call, in a line: one watch has one end, on every clock that matters."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from phone.base.i18n import Words
from phone.base.people import Reader
from phone.rotas.rota_wording import now_line
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
