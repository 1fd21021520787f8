"""Catalogues: whole sentences by key, with arguments and plurals, in English and Chinese."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal, Protocol, cast, runtime_checkable

from shared.domain.spacing import needs_space
from shared.wire.sessions import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
FOLDER: Final = Path(__file__).parent / "locale"
PLACE: Final = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
BEGINNING: Final = re.compile(r"(^|[.!?] |[。！？])$")
"""What stands before the first word of a sentence."""


Entry = str | dict[str, str]
Number = Literal["one", "reader", "several"]


@runtime_checkable
class Agreeing(Protocol):
    """People as an argument: verbs agree with them, and who they are is said in the reader's language.

    In a template `{who}` are they, `{who:is|are}` is for one other or nobody | for the reader and for several,
    `{who:their|your|their}` for one | the reader alone | several; `*` in a form stands for them.
    """

    @property
    def number(self) -> Number: ...

    def said(self, words: "Words", *, begins: bool = False) -> str: ...


@cache
def catalogue(language: Language) -> dict[str, Entry]:
    """Every text of a language."""
    return cast(dict[str, Entry], json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def _spaced(pieces: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """A space where a Latin word or a number that came as an argument touches Chinese."""
    spaced: list[tuple[str, str | None]] = []
    for text, name in pieces:
        if spaced and needs_space(spaced[-1][0], text):
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
            begins = BEGINNING.search(template[: place.start()]) is not None
            found.append(self._placed(place, args[place[1]], begins=begins))
            end = place.end()
        if end < len(template):
            found.append((template[end:], None))
        return _spaced(found) if self.language == "zh" else found

    def _placed(self, place: re.Match[str], value: object, *, begins: bool) -> tuple[str, str | None]:
        name, forms = place[1], place[2]
        if forms is None:
            return (value.said(self, begins=begins) if isinstance(value, Agreeing) else str(value)), name
        form = _agreeing(forms.split("|"), value.number if isinstance(value, Agreeing) else "one")
        begins = begins and form.startswith("*")
        said = value.said(self, begins=begins) if isinstance(value, Agreeing) else str(value)
        return form.replace("*", said), name if "*" in form else None

    def first(self, *keys: str, **args: object) -> str:
        """The text of the first key that exists: codes of a newer server have a general one behind them."""
        return self(next(key for key in keys if key in self._texts), **args)

    def names(self, names: Sequence[str], *, last: str = "names.last") -> str:
        """Names in a row, as the language joins them; `last` is the key that joins the last one."""
        if not names:
            return self("names.nobody")
        text = names[0]
        for i, name in enumerate(names[1:], start=1):
            text = self(last if i == len(names) - 1 else "names.more", names=text, name=name)
        return text

    def _plural(self, args: dict[str, object], entry: dict[str, str]) -> str:
        count = args.get("count")
        return "one" if count == 1 and "one" in entry else "other"


def _agreeing(forms: list[str], number: Number) -> str:
    """The form for so many: of two, the second is for the reader too."""
    place = {"one": 0, "reader": 1, "several": 2}[number]
    return forms[min(place, len(forms) - 1)]


Pieces = list[tuple[str, str | None]]
