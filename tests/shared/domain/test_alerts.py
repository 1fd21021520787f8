"""Severities in order, and keys by which alerts are found."""

from shared.domain.alerts import Severity, key_hash_of, unreadable_key


def test_severities_stand_from_worst_to_mildest() -> None:
    assert [severity.value for severity in Severity] == ["critical", "warning", "info"]
    assert sorted(Severity, key=lambda severity: -severity.rank) == list(Severity)
    assert len({severity.rank for severity in Severity}) == 3


def test_a_key_of_any_length_and_letters_has_a_digest_of_its_own() -> None:
    keys = ["", "k", "K", "k ", "k" * 300, "k" * 301, "\ud800", unreadable_key("1"), unreadable_key("2")]
    assert len({key_hash_of(key) for key in keys}) == len(keys)
    assert {len(key_hash_of(key)) for key in keys} == {64}
