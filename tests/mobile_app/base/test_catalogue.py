"""Both languages say the same things, and say everything the app asks for."""

import json
import re
from pathlib import Path

import pytest

from phone.base.i18n import FOLDER, LANGUAGES, PLACE, Words, catalogue
from phone.base.problems import reason
from shared.domain.incidents.timeline import KINDS
from shared.wire.sessions import Language

SOURCE = Path(__file__).parents[3] / "mobile_app" / "src" / "phone"
QUOTED = re.compile(r'"((?:[a-z_]+\.)+[a-z0-9_]+)"')
MADE = re.compile(r'f"((?:[a-z_]+\.)+)[a-z_]*\{')


def places(entry: str | dict[str, str]) -> set[str]:
    text = entry if isinstance(entry, str) else " ".join(entry.values())
    return {place[1] for place in PLACE.finditer(text)}


def test_both_languages_have_the_same_keys_with_the_same_places() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    for key, entry in english.items():
        assert places(entry) == places(chinese[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert sorted(keys) == sorted(set(keys))
        return dict(pairs)

    assert json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"), object_pairs_hook=once)


def test_every_timeline_kind_is_told_in_both_languages_with_arguments_it_carries() -> None:
    for language in LANGUAGES:
        texts = catalogue(language)
        for kind, arguments in KINDS.items():
            assert f"timeline.{kind}" in texts, (language, kind)
            assert places(texts[f"timeline.{kind}"]) <= set(arguments), (language, kind)


def test_every_key_that_the_code_names_exists() -> None:
    texts = catalogue("en")
    families = {key.split(".")[0] for key in texts if "." in key}
    for file in SOURCE.rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        for key in QUOTED.findall(code):
            if key.split(".")[0] in families and not key.endswith((".py", ".json", ".js", ".svg", ".com")):
                assert key in texts, (file.name, key)
        for prefix in MADE.findall(code):
            if prefix.split(".")[0] in families:
                assert any(key.startswith(prefix) for key in texts), (file.name, prefix)


def test_no_line_ends_between_a_preposition_and_its_countdown() -> None:
    """ "…next Bo in" at the end of a narrow row, and "2:10" below, reads as if something were cut off."""
    assert [key for key, entry in catalogue("en").items() if " {countdown}" in json.dumps(entry)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("me.messages", "kind.dead-letters"),
        ("hand_over.title", "handover.title"),
        ("alert.facts", "alert.details"),
        ("off.nobody_asked", "off.ask_nobody"),
        ("section.levels", "filter.severity"),
        ("audit_field.levels", "filter.severity"),
        ("mine.month", "month.1"),
        ("security.off", "close"),
    ],
)
def test_what_differs_on_one_screen_is_called_differently(language: Language, one: str, other: str) -> None:
    assert Words(language)(one) != Words(language)(other)


def test_no_text_is_left_over() -> None:
    files = (*SOURCE.rglob("*.py"), SOURCE.parents[1] / "page.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    made = (
        *MADE.findall(code),
        "why.schedule",
        "why.team",
        "why.named",
        "on_call.since",
        "outbox.",
        "via.",
        "reason.",
        "what.",
        "role.",
        "audit_state.",
        "status_event.",
        "audit_stage.",
        "audit_private.",
    )
    for key in catalogue("en"):
        by_code = f'"{key}"' in code
        by_family = key.startswith(made)
        assert by_code or by_family, key


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 alert joined: disk"), (2, "2 alerts joined: disk"), (0, "0 alerts joined: disk")],
)
def test_english_has_plurals(count: int, text: str) -> None:
    assert Words("en")("timeline.alerts_joined", count=count, title="disk") == text


def test_chinese_has_one_form_and_spaces_around_latin_names() -> None:
    words = Words("zh")
    assert words("row.paging", who="Mei Chen") == "待认领 · 正在呼叫 Mei Chen"
    assert words("row.paging", who="你") == "待认领 · 正在呼叫你"
    assert words.names(["Ana", "Bo", "Mei"]) == "Ana、Bo 和 Mei"


def test_names_are_joined_as_the_language_does() -> None:
    words = Words("en")
    assert words.names([]) == "nobody"
    assert words.names(["Ana"]) == "Ana"
    assert words.names(["Ana", "Bo", "Mei"]) == "Ana, Bo and Mei"


def test_every_way_in_has_a_name_on_the_timeline() -> None:
    sources = (
        file.read_text(encoding="utf-8") for file in (SOURCE.parents[2] / "server" / "integrations").glob("*.py")
    )
    slugs = {slug for code in sources for slug in re.findall(r'^    slug = "(\w+)"', code, re.M)}
    assert {"events", "grafana"} <= slugs
    assert {f"source.{each}" for each in slugs} <= catalogue("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_a_message_fails_for_is_told_in_words(language: Language) -> None:
    words, sources = Words(language), SOURCE.parents[2] / "server"
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources.rglob("*.py"))
    reasons = {
        *re.findall(r'DeliveryFailed\(\s*f?"([a-z_]+)', code),
        *re.findall(r'^    code(?:: .*)? = "(\w+)"', code, re.M),
    }
    assert {"blocked_address", "unresolved", "timeout", "http_", "smtp_"} <= reasons
    for each in reasons:
        told = reason(words, f"{each}503" if each.endswith("_") else each)
        assert told != each.replace("_", " "), each
        assert "503" in told or not each.endswith("_")


def test_a_code_of_a_newer_server_is_told_in_general() -> None:
    words = Words("en")
    assert words.first("reason.brand_new", "reason.other", reason="brand new") == "brand new"
