"""Instants as a reader says them: as short as is still clear."""

from datetime import UTC, datetime

import pytest

from phone.base.i18n import Words
from phone.base.moments import moment, stretch

NOW = datetime(2026, 11, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "en", "zh"),
    [
        (datetime(2026, 11, 30, 3, 17, tzinfo=UTC), "03:17", "03:17"),
        (datetime(2026, 11, 28, 3, 17, tzinfo=UTC), "Sat 03:17", "周六 03:17"),
        (datetime(2027, 1, 5, 15, tzinfo=UTC), "5 Jan 15:00", "1 月 5 日 15:00"),
        (datetime(2030, 1, 5, 15, tzinfo=UTC), "5 Jan 2030 15:00", "2030 年 1 月 5 日 15:00"),
        (datetime(2025, 11, 30, 15, tzinfo=UTC), "30 Nov 2025 15:00", "2025 年 11 月 30 日 15:00"),
    ],
)
def test_a_moment_says_its_year_where_that_could_be_another(at: datetime, en: str, zh: str) -> None:
    told = [moment(Words(language), at, now=NOW, zone=UTC).replace("\u00a0", " ") for language in ("en", "zh")]
    assert told == [en, zh]


def test_hours_far_away_say_their_year() -> None:
    start, end = datetime(2030, 1, 5, 15, tzinfo=UTC), datetime(2030, 1, 5, 19, tzinfo=UTC)
    assert stretch(Words("en"), start, end, UTC, now=NOW) == "5 Jan 2030 15:00 to 19:00"
    later = datetime(2030, 1, 6, 19, tzinfo=UTC)
    assert stretch(Words("en"), start, later, UTC, now=NOW) == "5 Jan 2030 15:00 to 6 Jan 2030 19:00"
    assert stretch(Words("en"), start, end, UTC) == "Sat 5 Jan 15:00 to 19:00"
