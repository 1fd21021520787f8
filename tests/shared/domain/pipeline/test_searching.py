"""What is found by which words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.pipeline.searching import MAX_WORDS, SERVICE_LABEL, indexed_words, label_word, wanted_words


def finds(query: str, *texts: str, **labels: str) -> bool:
    words = indexed_words(texts, labels, {}).split()
    wanted = wanted_words(query)
    return bool(wanted) and all(
        any(word.startswith(each.text) if each.is_prefix else word == each.text for word in words) for each in wanted
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("checkout", "checkout-api 5xx above 5%"),
        ("CHECK api", "checkout-api 5xx above 5%"),
        ("5xx", "checkout-api 5xx above 5%"),
        ("db_primary-01", "disk of db-primary_01"),
        ("latency", "HighLatency"),
        ("api-5xx", "checkout-api-5xx"),
        ("api", "checkout-api-5xx"),
        ("checkout 5xx", "checkout-api-5xx"),
        ("node-1234:91", "node-1234:9100"),
        ("highlat", "HighLatency"),
        ("磁盘", "数据库磁盘已满"),
        ("磁", "数据库磁盘已满"),
        ("满", "数据库磁盘已满"),
        ("库磁盘", "数据库磁盘已满"),
        ("db磁盘", "db磁盘已满"),
        ("ＤＩＳＫ", "disk full"),
        ("straße", "STRASSE blocked"),
    ],
)
def test_a_reader_finds_the_text_by_part_of_it(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("heckout", "checkout"),
        ("node-123", "node-12 3"),
        ("checkout web", "checkout-api"),
        ("盘磁", "磁盘"),
        ("盘", "磁片"),
    ],
)
def test_other_text_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_the_value_of_a_label_is_found_as_text_and_as_a_pair() -> None:
    assert finds("eu-west", "x", region="eu-west-1")
    assert label_word("region", "eu-west-1") in indexed_words(["x"], {"region": "eu-west-1"}, {}).split()
    assert label_word("region", "eu-west-1") != label_word("regio", "n=eu-west-1")


def test_signs_alone_are_nothing_to_look_for() -> None:
    assert wanted_words("%% -- ()") == []


@given(st.text(max_size=40))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert not wanted_words(text) or finds(text, text)


@given(st.lists(st.text(max_size=500), max_size=30), st.dictionaries(st.text(max_size=5), st.text(max_size=50)))
def test_what_is_indexed_stays_small_and_keeps_every_label_pair(texts: list[str], labels: dict[str, str]) -> None:
    words = indexed_words(texts, labels, {}).split(" ")
    assert len(words) <= max(MAX_WORDS, len(labels))
    assert len(set(words)) == len(words)
    assert {label_word(name, value) for name, value in labels.items()} <= set(words)


def words_in(details: Any, *texts: str, **labels: str) -> set[str]:
    return set(indexed_words(texts, labels, details).split())


def test_short_texts_of_details_are_words_and_of_what_is_in_them_but_no_addresses():
    details = {"a": "Kernel panic", "b": {"c": "磁盘已满", "d": {"e": "deeper"}}, "f": 7, "g": ["listed"], "h": None}
    found = words_in(details | {"url": "https://wiki.example.com/runbook", "long": "x" * 201})
    assert found == {"kernel", "panic", "磁盘", "盘已", "已满", "满"}


def test_details_crowd_nothing_out_and_have_a_limit():
    details = {str(n): " ".join(f"w{n}x{k}" for k in range(20)) for n in range(400)}
    found = words_in(details, "title", region="eu")
    assert {"title", "eu", label_word("region", "eu")} <= found
    assert len(found) < MAX_WORDS
    assert "w0x0" in found
    assert "w399x0" not in found


def test_as_many_words_as_are_kept() -> None:
    assert len(indexed_words([" ".join(f"w{n}" for n in range(MAX_WORDS + 5))], {}, {}).split()) == MAX_WORDS


def test_nobody_finds_alerts_by_pieces_of_their_services_id() -> None:
    words = indexed_words(["Disk full"], {"host": "db1", SERVICE_LABEL: "01a1fc16-2000-7b31-87c3-274d7351a0e0"}, {})
    assert not any(word.startswith(("01a1", "2000", "7b31", "87c3", "274d")) for word in words.split())
    assert label_word(SERVICE_LABEL, "01a1fc16-2000-7b31-87c3-274d7351a0e0") in words.split()
