"""Both languages say the same things with the same arguments."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, place

LANGUAGES = {"en.json", "zh.json"}
FOLDERS = sorted({path.parent for path in files(".json") if path.parent.name == "locale"})
PLACE = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
Entry = str | dict[str, str]


def catalogue(path: Path) -> dict[str, Entry]:
    return json.loads(path.read_text("utf-8"))


def places(entry: Entry) -> set[str]:
    """The arguments that the fullest form takes."""
    forms = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for form in forms for name in PLACE.findall(form)}


def test_there_are_catalogues() -> None:
    assert len(FOLDERS) >= 3


@pytest.mark.parametrize("folder", FOLDERS, ids=place)
def test_languages_have_the_same_texts(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == LANGUAGES
    en, zh = catalogue(folder / "en.json"), catalogue(folder / "zh.json")
    assert sorted(en) == sorted(zh)
    assert {key: (places(en[key]), places(zh[key])) for key in en if places(en[key]) != places(zh[key])} == {}


@pytest.mark.parametrize("path", sorted(path for folder in FOLDERS for path in folder.glob("*.json")), ids=str)
def test_no_key_stands_twice_for_the_second_would_silence_the_first(path: Path) -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert [key for key, count in Counter(key for key, _ in pairs).items() if count > 1] == []
        return dict(pairs)

    json.loads(path.read_text("utf-8"), object_pairs_hook=once)


@pytest.mark.parametrize("path", [folder / name for folder in FOLDERS for name in sorted(LANGUAGES)], ids=place)
def test_no_text_is_empty_and_plurals_have_an_other(path: Path) -> None:
    for key, entry in catalogue(path).items():
        forms = {"other": entry} if isinstance(entry, str) else entry
        assert "other" in forms, key
        assert all(form.strip() for form in forms.values()), key
        assert set(forms) <= {"zero", "one", "other"}, key


@pytest.mark.parametrize("folder", FOLDERS, ids=place)
def test_chinese_says_one_you(folder: Path) -> None:
    said = [form for entry in catalogue(folder / "zh.json").values() for form in forms_of(entry)]
    assert [form for form in said if "您" in form] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=place)
def test_email_is_one_word(folder: Path) -> None:
    english = [form for entry in catalogue(folder / "en.json").values() for form in forms_of(entry)]
    assert [form for form in english if re.search(r"\be-mail|\bmail(s|ed|ing)?\b", form, re.I)] == []
    chinese = [form for entry in catalogue(folder / "zh.json").values() for form in forms_of(entry)]
    assert [form for form in chinese if re.search("电子邮|信箱|邮址|邮件地址|邮箱服务器|Email|[Ee]-mail", form)] == []


def forms_of(entry: Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def test_no_language_is_missing_anywhere() -> None:
    assert ROOT / "mobile_app" / "src" / "phone" / "base" / "locale" in FOLDERS
