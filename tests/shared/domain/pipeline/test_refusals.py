"""What a way in refused: counted since it was fine, the last reasons first, told once."""

from datetime import UTC, datetime, timedelta

from shared.domain.pipeline.refusals import FINE, LAST, Reason, Refusals, with_more

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def reason(at: datetime, code: str = "too_large") -> Reason:
    return Reason(at=at, status=413, code=code, message="")


def test_the_first_refusal_is_told_and_those_after_it_are_counted() -> None:
    first, is_news = with_more(Refusals(), 2, 0, [reason(NOW)], NOW)
    assert is_news
    assert first == Refusals(refused=2, since_at=NOW, last_at=NOW, reasons=(reason(NOW),), told_at=NOW, rev=1)
    later = NOW + FINE
    second, is_news = with_more(first, 3, 0, [reason(later)], later)
    assert not is_news
    assert (second.refused, second.since_at, second.last_at, second.told_at) == (5, NOW, later, NOW)


def test_after_a_day_without_one_the_next_is_news_and_counts_from_one() -> None:
    old = Refusals(refused=7, since_at=NOW - 2 * FINE, last_at=NOW - FINE - MOMENT, told_at=NOW - 2 * FINE)
    new, is_news = with_more(old, 1, 0, [reason(NOW)], NOW)
    assert is_news
    assert (new.refused, new.since_at, new.told_at) == (1, NOW, NOW)


def test_the_last_reasons_come_first_whenever_they_were_noted() -> None:
    at = [NOW + n * MOMENT for n in range(5)]
    before, _ = with_more(Refusals(), 2, 0, [reason(at[0]), reason(at[3])], NOW)
    after, _ = with_more(before, 3, 0, [reason(at[1]), reason(at[2]), reason(at[4])], NOW)
    assert [each.at for each in after.reasons] == [at[4], at[3], at[2]]
    assert len(after.reasons) == LAST
    same = [reason(NOW, code) for code in "abcd"]
    assert [each.code for each in with_more(Refusals(), 4, 0, same, NOW)[0].reasons] == ["d", "c", "b"]


def test_a_reused_key_is_counted_and_no_refusal() -> None:
    before, _ = with_more(Refusals(), 1, 1, [reason(NOW)], NOW)
    after, is_news = with_more(before, 0, 2, [], NOW + 2 * FINE)
    assert not is_news
    assert (after.reused, after.refused, after.last_at, after.rev) == (3, 1, NOW, 2)
