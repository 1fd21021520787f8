"""The contract of the Console's kinds: how one is listed, told in a sentence, filled in and saved."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, Literal, Protocol, TypeVar

import msgspec
from msgspec import Struct

from phone.base.i18n import Words
from phone.base.people import People, Reader
from phone.base.permissions import may
from phone.base.places import Place
from phone.kit.form_field import Field, Option
from shared.wire.lists import Ref
from shared.wire.sessions import Me

Item = TypeVar("Item")
Draft = TypeVar("Draft", bound=Struct)
Tone = Literal["ok", "warning", "critical", "quiet"]

CONFIGURATION_EDIT: Final = "configuration:edit"
PEOPLE_EDIT: Final = "people:edit"
ACCOUNT_ROLES: Final = ("owner", "admin")


class Nothing(Struct, frozen=True):
    """The draft of what is only looked at."""


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, kw_only=True)
class Bound(Field, Generic[Draft]):
    """A field of a form, and the place in the draft that it fills in.

    `key` is the place's, unless the server calls it otherwise. What is not text there `shows` as an option's value,
    and `takes` makes of one what is kept.
    """

    key: str = ""
    at: Place[Draft, Any]
    shows: Callable[[Any], str | None] = _as_it_is
    takes: Callable[[str | None], Any] = _as_it_is

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.at.key)


@dataclass(frozen=True, kw_only=True)
class Section(Generic[Draft]):
    """Fields that belong together."""

    title: str
    fields: tuple[Bound[Draft], ...]
    help: str = ""


@dataclass(frozen=True)
class Health:
    """How an object does: a tone for the eye, a text for everybody."""

    tone: Tone
    text: str


@dataclass(frozen=True)
class Reveal:
    """What is shown after something was made, to be copied; without a `note` it is shown this once."""

    title: str
    value: str
    note: str = ""


class Lists(Protocol):
    """What is known of every kind."""

    def items(self, slug: str) -> tuple[Any, ...] | None: ...

    def find(self, slug: str, ident: str | None) -> Any: ...

    def named(self, slug: str, ident: str | None) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Known:
    """For whom, when and among what a sentence is made."""

    lists: Lists
    reader: Reader
    me: Me
    now: datetime

    @property
    def words(self) -> Words:
        """The reader's catalogue."""
        return self.reader.words

    def options(self, slug: str) -> tuple[Option, ...]:
        """Every object of a kind, to choose one; who was deactivated is nobody to choose."""
        return tuple(
            Option(value=each.id, label=self.reader.alone(Ref(each.id, each.name)) if slug == "people" else each.name)
            for each in self.lists.items(slug) or ()
            if getattr(each, "deactivated_at", None) is None
        )

    def teams(self) -> tuple[Option, ...]:
        """The teams whose things the reader may configure."""
        return tuple(each for each in self.options("teams") if may(self.me, CONFIGURATION_EDIT, each.value))

    def first_team(self) -> str:
        """The team that something new most likely belongs to: one of the reader's own; empty where there is none."""
        own = {team.id for team in self.me.teams}
        return next((each.value for each in self.teams() if each.value in own), None) or self.any_team()

    def any_team(self) -> str:
        """The first of the teams; empty where there is none."""
        return next((each.value for each in self.teams()), None) or ""

    def person(self, ident: str | None) -> People:
        """Somebody for a sentence; who can't be seen stays without a name."""
        return self.reader.person(Ref(ident or "", self.name("people", ident)))

    def name(self, slug: str, ident: str | None) -> str:
        """An object's name; one that can't be seen stays without."""
        return self.lists.named(slug, ident) or self.words("console.unseen")


class Kind(ABC, Generic[Item, Draft]):
    """One kind of object; its `slug` stands in addresses and catalogue keys.

    `input` is what its form edits: the wire's own struct for writing one, or that with what a form needs beside.
    An `is_listed_only` kind has no address of its own per object: what is known of one stands in the list. What
    `makes` names is the kind whose form makes a new one.
    """

    slug: ClassVar[str]
    audited_as: ClassVar[str]
    list_path: ClassVar[str]
    item_path: ClassVar[str]
    make_path: ClassVar[str] = ""
    makes: ClassVar[str] = ""
    permission: ClassVar[str] = CONFIGURATION_EDIT
    needs: ClassVar[tuple[str, ...]] = ()
    can_make: ClassVar[bool] = True
    can_remove: ClassVar[bool] = True
    can_change: ClassVar[bool] = True
    is_listed_only: ClassVar[bool] = False
    method: ClassVar[Literal["PUT", "PATCH"]] = "PUT"
    item: type[Any]
    input: type[Any] = Nothing
    made: type[Any] | None = None

    def name(self, item: Item) -> str:
        """What people call it."""
        return getattr(item, "name", "")

    def title(self, known: Known, item: Item) -> str:
        """What this reader calls it."""
        del known
        return self.name(item)

    def order(self, item: Item) -> Any:
        """Where it stands in the list."""
        return self.name(item).casefold()

    def is_shown(self, me: Me) -> bool:
        """Whether the reader finds the kind at all."""
        del me
        return True

    def ident(self, item: Item) -> str:
        """What addresses call it."""
        return getattr(item, "id", "")

    @abstractmethod
    def summary(self, known: Known, item: Item) -> str:
        """What it does, in one sentence."""

    def health(self, known: Known, item: Item) -> Health | None:
        """How it does now, where that can be said."""
        del known, item

    def blank(self, known: Known) -> Draft:
        """What a new one starts with."""
        del known
        return self.input()

    def draft(self, item: Item) -> Draft:
        """An existing one, as the form has it: what may be changed of it."""
        return msgspec.convert(item, self.input, from_attributes=True)

    @abstractmethod
    def sections(self, known: Known, draft: Draft, item: Item | None) -> list[Section[Draft]]:
        """The form; it may depend on what was chosen in it."""

    def sent(self, known: Known, draft: Draft, item: Item | None) -> Struct:
        """What is sent: the draft, its texts trimmed."""
        for each in fields_of(self.sections(known, draft, item)):
            draft = each.at.written(draft, cleaned(each, each.at.read(draft)))
        return draft

    def effect(self, known: Known, draft: Draft) -> list[str]:
        """What will be so once it is saved."""
        del known, draft
        return []

    def team_of(self, known: Known, item: Item) -> str | None:
        """The team it belongs to."""
        del known
        return getattr(item, "team_id", None)

    def removal(self, known: Known, item: Item) -> str:
        """What removing it means, for who is about to."""
        return known.words(f"removal.{self.slug}", name=self.name(item))

    def revealed(self, known: Known, answer: Item) -> Reveal | None:
        """What the answer to making one shows this once."""
        del known, answer

    def may_change(self, known: Known, item: Item | None) -> bool:
        """Whether the reader may change it, or make a new one."""
        return (self.can_make if item is None else self.can_change) and self.is_allowed(known, item)

    def may_remove(self, known: Known, item: Item) -> bool:
        """Whether the reader may remove it."""
        return self.can_remove and self.is_allowed(known, item)

    def is_allowed(self, known: Known, item: Item | None) -> bool:
        """Whether the reader's permission holds for it; of something new, whether it holds anywhere."""
        if item is None:
            return self.permission in known.me.permissions
        return may(known.me, self.permission, self.team_of(known, item))


@dataclass(frozen=True)
class Change:
    """One difference between what is saved and what is in the form, in words."""

    at: Place[Any, Any]
    label: str
    before: str
    after: str


def fields_of(sections: Sequence[Section[Draft]]) -> list[Bound[Draft]]:
    """All fields of a form."""
    return [each for section in sections for each in section.fields]


def cleaned(each: Field, value: Any) -> Any:
    """A value as it is sent: trimmed, the default where nothing stands, and empty where the field knows no None."""
    if value is None:
        value = each.default
    if isinstance(value, str):
        value = value.strip()
    if each.form == "words":
        return tuple(entry for entry in (str(given).strip() for given in value or ()) if entry)
    if each.form in ("text", "lines") and value is None:
        return ""
    return value


def settings(fields: Sequence[Bound[Draft]], draft: Draft) -> dict[str, Any]:
    """What was filled in of fields that a schema describes; a secret left empty stays as it is kept."""
    found = {str(each.at.steps[-1]): cleaned(each, each.at.read(draft)) for each in fields}
    return {name: value for name, value in found.items() if value not in (None, "")}


def name_field(known: Known, at: Place[Draft, Any], *, hint: str, half: bool = True, limit: int = 0) -> Bound[Draft]:
    """What something is called, with an example."""
    label = known.words("field.name")
    return Bound(at=at, label=label, hint=hint, required=True, half=half, limit=limit)


def team_field(known: Known, at: Place[Draft, str]) -> Bound[Draft]:
    """Whose it is: one of the teams whose things the reader may configure."""
    label, options = known.words("field.team"), known.teams()
    return Bound(at=at, label=label, form="choice", options=options, required=True, half=True)
