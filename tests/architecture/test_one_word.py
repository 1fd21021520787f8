"""One thing has one word in each language, in every text that people read, and in the names that programmers read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, modules, place, tree

OTHER_WORDS = {
    "en.json": re.compile(r"\b([Ee]-mail|[Mm]ail(s|ed|ing)?)\b"),
    "zh.json": re.compile("电子邮|信箱"),
}
"""The words are email, and in Chinese 邮件 for what is sent and 邮箱 for where it goes."""
OTHER_NAMES = re.compile(
    r"(^|_)(tell|tells|telling|told|say|says|said|saying|inform|informs|informed|news|notes?|noted)(_|$)"
)
"""A page wants an answer, a notice wants none; messages are sent, timelines record, the trail audits."""
CATALOGUES = [path for path in files(".json") if path.parent.name == "locale"]
GUIDES = [*ROOT.glob("*.md")]


def told(path: Path) -> Iterator[str]:
    """Every sentence of a catalogue."""
    yield from re.findall(r'": "((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))


def sentences(path: Path) -> Iterator[str]:
    """Texts in code, neither names nor queries; docstrings speak of code to its readers."""
    read = tree(path)
    spoken = {id(each.value) for each in ast.walk(read) if isinstance(each, ast.Expr)}
    for each in ast.walk(read):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in spoken:
            text = each.value
            if (" " in text or text[:1].isupper()) and not re.search(
                r"SELECT|INSERT|UPDATE|DELETE|\bWHERE\b|_mailed", text
            ):
                yield text


@pytest.mark.parametrize("path", CATALOGUES, ids=place)
def test_catalogues_say_email_one_way(path: Path) -> None:
    assert [text for text in told(path) if OTHER_WORDS[path.name].search(text)] == []


def test_so_do_refusals_settings_and_titles() -> None:
    read = [path for path in modules("server", "shared", "mobile_app") if "migrations" not in path.parts]
    found = [text for path in read for text in sentences(path) if any(w.search(text) for w in OTHER_WORDS.values())]
    assert found == []


@pytest.mark.parametrize("path", GUIDES, ids=place)
def test_so_do_the_guides(path: Path) -> None:
    which = "zh.json" if path.name.endswith("zh-CN.md") else "en.json"
    spoken = re.sub("`[^`\n]*`", "", path.read_text("utf-8"))
    lines = [line for line in spoken.splitlines() if OTHER_WORDS[which].search(line)]
    assert lines == []


def test_functions_classes_and_modules_say_which_of_these_they_mean() -> None:
    read = [path for path in modules("server", "shared") if "wire" not in path.parts]
    named = [(path, path.stem) for path in read]
    named += [
        (path, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower())
        for path in read
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    assert [f"{place(path)} {name}" for path, name in named if OTHER_NAMES.search(name)] == []
