"""Which days are workdays."""

from datetime import date

from shared.domain.on_call.workdays import Day, Official, OwnDay, days_of

SPRING = Official(
    holidays={date(2026, 2, 17): "Spring Festival"}, make_up={date(2026, 2, 14): "Spring Festival"}, years={2026}
)
WEEKEND = ("sat", "sun")


def day(on: date, *own: OwnDay, official: tuple[Official, ...] = (SPRING,)) -> Day:
    (found,) = days_of(on, date.fromordinal(on.toordinal() + 1), own_days=own, official=official, rest_weekdays=WEEKEND)
    return found


def test_the_first_that_speaks_decides() -> None:
    saturday, tuesday = date(2026, 2, 14), date(2026, 2, 17)
    assert day(saturday) == Day(date=saturday, kind="workday", reason="make_up", name="Spring Festival")
    assert day(tuesday) == Day(date=tuesday, kind="rest", reason="holiday", name="Spring Festival")
    assert day(date(2026, 2, 21)) == Day(date=date(2026, 2, 21), kind="rest", reason="weekday")
    assert day(date(2026, 2, 23)) == Day(date=date(2026, 2, 23), kind="workday", reason="weekday")
    mine = OwnDay(date=saturday, kind="rest", name="Off-site")
    assert day(saturday, mine) == Day(date=saturday, kind="rest", reason="own", name="Off-site")


def test_a_year_that_is_not_published_goes_by_the_weekday_and_says_so() -> None:
    assert day(date(2027, 2, 6)) == Day(date=date(2027, 2, 6), kind="rest", reason="weekday", provisional=True)
    assert not day(date(2027, 2, 6), OwnDay(date=date(2027, 2, 6), kind="workday")).provisional
    guess = Official(holidays={date(2026, 3, 20): "Eid"}, make_up={}, years={2026}, estimated={date(2026, 3, 20)})
    assert day(date(2026, 3, 20), official=(guess,)).provisional


def test_one_countrys_make_up_workday_counts_before_anothers_holiday() -> None:
    other = Official(holidays={date(2026, 2, 14): "Valentine"}, make_up={}, years={2026})
    assert day(date(2026, 2, 14), official=(other, SPRING)).reason == "make_up"
    next_year = date(2027, 2, 8)
    known = Official(holidays={}, make_up={}, years={2027})
    assert day(next_year, official=(SPRING, known)).provisional, "one country is not known yet"
