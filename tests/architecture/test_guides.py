"""README and guides name what there is, and say the same in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli import main
from server.kernel.settings import describe_settings
from shared.wire import routes
from tests.kit.guides import GUIDES, PAIRS, ROOT, Guide

PROGRAMS = {"make", "dogwatch", "curl", "export", "umask", "mkdir", "cp", "sqlite3"}
"""What a reader is told to run; the first three are run by tests/e2e/test_guides, and so is the backup."""
RUN = re.compile(r"\b(make|dogwatch|curl)\b")
SETTING = re.compile(r"(?<![$\w])[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b")
"""Names behind a `$` are the reader's own."""
OWN = {"INGEST_URL"}
API_PATH = re.compile(r"/api/v1/[\w/{}-]+")
WORDS = ROOT / "mobile_app/src/phone/base/locale"

each = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
both = pytest.mark.parametrize("names", PAIRS, ids=lambda names: names[0])


def in_one_language(path: Path) -> str:
    return str(path.relative_to(ROOT)).replace(".zh-CN.md", ".md")


def places(guide: Guide) -> list[tuple[str, int | None]]:
    """Where links lead, but for the other language: the file, and which of its headings."""
    return [
        (in_one_language(path), number_of(path, anchor) if anchor else None)
        for path, anchor in guide.links()
        if in_one_language(path) != in_one_language(ROOT / guide.name)
    ]


def number_of(path: Path, anchor: str) -> int:
    anchors = [title for _, title in Guide(str(path.relative_to(ROOT))).headings]
    assert anchor in anchors, f"{path.name} has no heading #{anchor}"
    return anchors.index(anchor)


@both
def test_both_languages_have_the_same_headings_blocks_and_links(names: tuple[str, str]) -> None:
    one, other = map(Guide, names)
    assert [level for level, _ in one.headings] == [level for level, _ in other.headings]
    assert [(block.language, block.code) for block in one.blocks] == [
        (block.language, block.code) for block in other.blocks
    ]
    assert sorted(places(one), key=str) == sorted(places(other), key=str)


@each
def test_no_link_is_dead(guide: Guide) -> None:
    assert [str(path) for path, _ in guide.links() if not path.exists()] == []
    assert places(guide)


@each
def test_every_line_that_names_a_program_of_ours_is_a_command_that_is_run(guide: Guide) -> None:
    assert {command.program for command in guide.commands()} <= PROGRAMS
    shell = [block for block in guide.blocks if block.language == "sh"]
    lines = [line for block in shell for line in block.code if RUN.search(line)]
    found = "\n".join(command.text for command in guide.commands())
    assert [line for line in lines if line not in found] == []


@each
def test_targets_of_make_are_there(guide: Guide) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = {command.argv[1] for command in guide.commands() if command.program == "make"}
    assert told | set(re.findall(r"`make ([a-z-]+)`", guide.prose)) <= known


@each
def test_settings_are_there(guide: Guide) -> None:
    told = {name for name in SETTING.findall(guide.text) if f"`{name}_…" not in guide.text}
    assert told - OWN - {name for name, _, _ in describe_settings()} == set()


@each
def test_commands_that_the_prose_names_are_there(guide: Guide, capsys: pytest.CaptureFixture[str]) -> None:
    for name in sorted(set(re.findall(r"`dogwatch ([a-z]+)", guide.prose))):
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0, capsys.readouterr().err


@each
def test_paths_of_the_api_are_there(guide: Guide) -> None:
    known = {shape(path) for path in paths()}
    told = {path for path in API_PATH.findall(guide.text) if shape(path) not in known}
    assert told == set()


def paths() -> Iterator[str]:
    return (path for name, path in vars(routes).items() if name.isupper() and isinstance(path, str))


def shape(path: str) -> str:
    """The path whatever its parameters are called."""
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.mark.parametrize("name", PAIRS[2])
def test_a_proxy_is_told_all_that_belongs_to_the_api(name: str) -> None:
    [block] = [block for block in Guide(name).blocks if block.language == "nginx"]
    told = re.search(r"\^/\(([\w|]+)\)", block.text)
    assert told is not None
    tops = {path.split("/")[1] for path in paths() if path.startswith("/")} - {"metrics"}
    assert set(told[1].split("|")) == tops | {"schema"}


@pytest.mark.parametrize(("name", "language"), list(zip(PAIRS[1], ("en", "zh"), strict=True)))
def test_what_the_users_guide_calls_the_apps_words_are_its_words(name: str, language: str) -> None:
    words = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    known = {form.lower() for text in words.values() for form in ([text] if isinstance(text, str) else text.values())}
    bold = re.findall(r"\*\*(.+?)\*\*", Guide(name).prose)
    assert bold
    assert [each for each in bold if each.lower() not in known] == []
