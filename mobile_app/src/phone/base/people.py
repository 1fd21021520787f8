"""How people are named in sentences: the reader is always "you", and verbs agree with who is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from phone.base.i18n import Number, Words
from shared.wire.lists import Ref

MOST_BRIEF: Final = 3
"""More than so many are one of them and how many others, where there is little room."""


@dataclass(frozen=True)
class People:
    """People in a sentence, as an argument of the catalogue: each once, the reader first.

    `is_brief`: by first names where these differ, and only one of many.
    """

    refs: tuple[Ref, ...]
    reader: str
    is_brief: bool = False

    @property
    def number(self) -> Number:
        """How verbs agree with them."""
        if len(self.refs) > 1:
            return "several"
        return "reader" if self._is_reader(*self.refs) else "one"

    def same_as(self, others: "People") -> bool:
        """Whether they are the same people, though of some only the name may be known."""
        return {self._key(ref) for ref in self.refs} == {others._key(ref) for ref in others.refs}

    def _key(self, ref: Ref) -> str:
        return "" if self._is_reader(ref) else ref.name

    def said(self, words: Words, *, begins: bool = False) -> str:
        """Their names in a row; "You" and "Nobody" where a sentence `begins`."""
        if not self.refs:
            return _begun(words("names.nobody"), begins)
        you = _begun(words("you"), begins)
        names = [you if self._is_reader(ref) else name for ref, name in zip(self.refs, self._names(), strict=True)]
        if self.is_brief and len(names) > MOST_BRIEF:
            return words("names.others", name=names[0], count=len(names) - 1)
        return words.names(names)

    def _names(self) -> list[str]:
        short = [first_name(ref.name) for ref in self.refs]
        return short if self.is_brief and len(set(short)) == len(short) else [ref.name for ref in self.refs]

    def _is_reader(self, *refs: Ref) -> bool:
        return any(ref.id != "" and ref.id == self.reader for ref in refs)


def first_name(name: str) -> str:
    """What colleagues call each other: the first word, or the whole of a name without spaces."""
    return name.split()[0] if name.split() else name


def _begun(word: str, begins: bool) -> str:
    return word[:1].upper() + word[1:] if begins else word


@dataclass(frozen=True)
class Reader:
    """For whom a sentence is made: language, zone, and who "you" is; `name` finds them where only names are told."""

    words: Words
    zone: tzinfo
    id: str
    name: str = ""

    def person(self, ref: Ref) -> People:
        """One person, for a sentence."""
        return self.people([ref])

    def people(self, refs: Sequence[Ref], *, is_brief: bool = False) -> People:
        """Several, for a sentence."""
        once = {ref.id or ref.name: ref for ref in refs}
        ordered = sorted(once.values(), key=lambda ref: ref.id != self.id)
        return People(tuple(ordered), self.id, is_brief)

    def named(self, names: Sequence[str]) -> People:
        """People of whom only the names are known."""
        return self.people([Ref(self.id if name and name == self.name else "", name) for name in names])

    def alone(self, *refs: Ref) -> str:
        """Their names where they stand by themselves: "You", "Ana Ruiz"."""
        return self.people(refs).said(self.words, begins=True)

    def within(self, *refs: Ref) -> str:
        """Their names amid other words: "you", "Ana Ruiz"."""
        return self.people(refs).said(self.words)
