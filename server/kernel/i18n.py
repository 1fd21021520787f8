"""Catalogues of sentences in JSON, one file a language; plurals by entry, never glued."""

import json
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from shared.domain.spacing import needs_space

LANGUAGES = ("en", "zh")
Entry = str | dict[str, str]


class Catalogue:
    """The sentences of one folder in every language."""

    def __init__(self, folder: Path) -> None:
        self._entries: dict[str, dict[str, Entry]] = {
            language: json.loads((folder / f"{language}.json").read_text("utf-8")) for language in LANGUAGES
        }

    def text(self, language: str, key: str, **args: Any) -> str:
        """The sentence for `key`; an entry with forms is chosen by `count`. English where a language lacks it."""
        entry = self._entries.get(language, {}).get(key) or self._entries["en"][key]
        if isinstance(entry, dict):
            entry = entry["one"] if args.get("count") == 1 and "one" in entry else entry["other"]
        return _spaced(entry, args) if language == "zh" else entry.format(**args)

    def keys(self, language: str) -> set[str]:
        return set(self._entries[language])


def _spaced(entry: str, args: dict[str, Any]) -> str:
    """With a space where a Latin word or a number that came as an argument touches Chinese."""
    text = ""
    for literal, field, form, _ in Formatter().parse(entry):
        for piece in (literal, format(args[field], form or "") if field else ""):
            text += f" {piece}" if needs_space(text, piece) else piece
    return text


@cache
def catalogue(folder: Path) -> Catalogue:
    """The catalogue of a folder, read once."""
    return Catalogue(folder)
