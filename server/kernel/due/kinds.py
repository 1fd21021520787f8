"""What may be due: its name, whose work goes first, and what a row of it says, declared once."""

from typing import Any, ClassVar, Generic, Self, TypeVar, cast, overload

import msgspec
from msgspec import Struct

from server.kernel.database import Priority


class Payload(Struct, frozen=True):
    """What a row is about, when one id doesn't say it: kept as its fields in a row, those left out that are empty.

    No field but the last holds the separator. Rows outlast releases: fields are added at the end, with defaults.
    """

    separator: ClassVar[str] = "/"

    def as_ref(self) -> str:
        values = [str(getattr(self, name)) for name in self.__struct_fields__]
        while values and not values[-1]:
            values.pop()
        return self.separator.join(values)

    @classmethod
    def of_ref(cls, ref: str) -> Self:
        """Raises msgspec.ValidationError for what no release of ours has written."""
        names = cls.__struct_fields__
        values = ref.split(cls.separator, len(names) - 1)
        return msgspec.convert(dict(zip(names, values, strict=False)), cls, strict=False)


P = TypeVar("P", bound=str | Payload)


class Kind(str, Generic[P]):
    """The name of what is due. It is armed and bound as itself, so both agree on its priority.

    What it is about is the id of one thing, unless a payload says more. `formerly` are names under which older
    releases armed it: their rows are renamed.
    """

    __slots__ = ("formerly", "payload", "priority")
    payload: type[P]
    priority: Priority
    formerly: tuple[str, ...]

    @overload
    def __new__(cls, name: str, priority: Priority, *, formerly: tuple[str, ...] = ()) -> "Kind[str]": ...
    @overload
    def __new__(
        cls, name: str, priority: Priority, payload: type[P], *, formerly: tuple[str, ...] = ()
    ) -> "Kind[P]": ...
    def __new__(
        cls, name: str, priority: Priority, payload: Any = str, *, formerly: tuple[str, ...] = ()
    ) -> "Kind[Any]":
        made = super().__new__(cls, name)
        made.priority = priority
        made.payload = payload
        made.formerly = formerly
        return made

    def read(self, ref: str) -> P:
        """What a row of this kind is about."""
        kept: Any = self.payload
        return cast(P, kept.of_ref(ref) if issubclass(kept, Payload) else ref)
