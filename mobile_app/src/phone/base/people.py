"""How people are named in sentences: the reader is always "you"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from phone.base.i18n import Words
from shared.wire.lists import Ref


@dataclass(frozen=True)
class Reader:
    """For whom a sentence is made: language, zone, and who "you" is; `name` finds them where only names are told."""

    words: Words
    zone: tzinfo
    id: str
    name: str = ""

    def person(self, ref: Ref, *, begins: bool = False) -> str:
        """A person's name, or "you", or "You" where a sentence `begins`."""
        return self.words("you.capital" if begins else "you") if ref.id == self.id else ref.name

    def people(self, refs: Sequence[Ref], *, begins: bool = False) -> str:
        """Names in a row, the reader first."""
        ordered = sorted(refs, key=lambda ref: ref.id != self.id)
        return self.words.names([self.person(ref, begins=begins) for ref in ordered])

    def named(self, names: Sequence[str]) -> list[Ref]:
        """People of whom only the names are known."""
        return [Ref(self.id if name == self.name else "", name) for name in names]

    def number(self, refs: Sequence[Ref]) -> int:
        """For the verb after them: 1 for one other person or nobody, more for several and for "you"."""
        return 2 if len(refs) > 1 or any(ref.id == self.id for ref in refs) else 1
