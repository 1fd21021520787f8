"""Catalogues: whole sentences by key, with arguments and plurals, in English and Chinese."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast

from shared.wire.sessions import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
FOLDER: Final = Path(__file__).parent / "locale"
PLACE: Final = re.compile(r"\{(\w+)\}")

HAN: Final = "\u4e00-\u9fff"
TOUCHING: Final = re.compile(f"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")

Entry = str | dict[str, str]


@cache
def catalogue(language: Language) -> dict[str, Entry]:
    """Every text of a language."""
    return cast(dict[str, Entry], json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def _spaced(pieces: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """A space where a Latin word or a number that came as an argument touches Chinese."""
    spaced: list[tuple[str, str | None]] = []
    for text, name in pieces:
        before = spaced[-1][0][-1:] if spaced else ""
        if TOUCHING.fullmatch(before + text[:1]):
            spaced.append((" ", None))
        spaced.append((text, name))
    return spaced


class Words:
    """One reader's language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._texts = catalogue(language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other.language == self.language

    def __hash__(self) -> int:
        return hash(self.language)

    def has(self, key: str) -> bool:
        """Whether the catalogue knows the key."""
        return key in self._texts

    def __call__(self, key: str, **args: object) -> str:
        """The text of `key`; `count` picks its plural."""
        return "".join(text for text, _ in self.pieces(key, **args))

    def pieces(self, key: str, **args: object) -> list[tuple[str, str | None]]:
        """The same text cut at its places: (text, None) or (argument, its name), to be styled apart."""
        entry = self._texts[key]
        template = entry if isinstance(entry, str) else entry[self._plural(args, entry)]
        found: list[tuple[str, str | None]] = []
        end = 0
        for place in PLACE.finditer(template):
            if place.start() > end:
                found.append((template[end : place.start()], None))
            found.append((str(args[place[1]]), place[1]))
            end = place.end()
        if end < len(template):
            found.append((template[end:], None))
        return _spaced(found) if self.language == "zh" else found

    def first(self, *keys: str, **args: object) -> str:
        """The text of the first key that exists: codes of a newer server have a general one behind them."""
        return self(next(key for key in keys if key in self._texts), **args)

    def names(self, names: Sequence[str]) -> str:
        """Names in a row, as the language joins them."""
        if not names:
            return self("names.nobody")
        text = names[0]
        for i, name in enumerate(names[1:], start=1):
            text = self("names.last" if i == len(names) - 1 else "names.more", names=text, name=name)
        return text

    def _plural(self, args: dict[str, object], entry: dict[str, str]) -> str:
        count = args.get("count")
        return "one" if count == 1 and "one" in entry else "other"


Pieces = list[tuple[str, str | None]]
