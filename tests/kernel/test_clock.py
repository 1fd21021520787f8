"""The one clock: never back, forward no faster than time passes, whatever a sample says."""

from datetime import UTC, datetime, timedelta

import pytest

from server.kernel.clock import SampledClock, from_us, to_us

START = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


class Elapsed:
    """Seconds since boot, moved by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_it_goes_on_from_the_sample_with_boot_time() -> None:
    elapsed = Elapsed()
    clock = SampledClock(START, elapsed)
    elapsed.s += 12.5
    assert clock.now() == START + s(12.5)


def test_a_jump_ahead_of_two_hours_is_caught_up_thirty_seconds_at_a_time() -> None:
    elapsed = Elapsed()
    clock = SampledClock(START, elapsed)
    for n in range(1, 6):
        elapsed.s += 10
        clock.resample(START + s(10 * n) + timedelta(hours=2))
        assert clock.now() <= START + s(20 * n)
    for _ in range(2000):
        elapsed.s += 10
        clock.resample(START + s(elapsed.s - 100) + timedelta(hours=2))
    assert clock.now() == START + s(elapsed.s - 100) + timedelta(hours=2)


def test_a_jump_back_of_two_hours_repeats_no_instant_and_stops_no_timer() -> None:
    elapsed = Elapsed()
    clock = SampledClock(START, elapsed)
    seen = [clock.now()]
    for n in range(1, 200):
        elapsed.s += 10
        seen.append(clock.now())
        clock.resample(START + s(10 * n) - timedelta(hours=2))
        seen.append(clock.now())
    assert seen == sorted(seen)
    passed = seen[-1] - seen[0]
    assert s(1990 * 0.85) < passed < s(1990)


def test_small_differences_change_nothing_much() -> None:
    elapsed = Elapsed()
    clock = SampledClock(START, elapsed)
    for n in range(1, 100):
        elapsed.s += 10
        clock.resample(START + s(10 * n) + s(0.02 if n % 2 else -0.02))
    assert abs(clock.now() - (START + s(990))) < s(0.1)


def test_microseconds_go_there_and_back_exactly() -> None:
    for instant in (START, START + timedelta(microseconds=1), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)):
        assert from_us(to_us(instant)) == instant


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-14:00", "9999-12-31T12:00:00+00:00", "0001-01-01T00:00:00+14:00"]
)
def test_what_could_not_be_read_in_every_zone_again_is_not_kept(text: str) -> None:
    with pytest.raises(OverflowError):
        to_us(datetime.fromisoformat(text))


@pytest.mark.parametrize("text", ["9999-12-30T00:00:00+00:00", "0001-01-03T00:00:00+00:00"])
def test_the_ends_of_time_are_kept_as_they_are(text: str) -> None:
    assert from_us(to_us(datetime.fromisoformat(text))) == datetime.fromisoformat(text)
