"""The contract of the Console's kinds: how one is listed, told in a sentence, filled in and saved."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, Literal, Protocol, TypeVar, cast

import msgspec

from phone.base.i18n import Words
from phone.base.people import People, Reader
from phone.base.permissions import may
from phone.kit.form_field import Field, Option
from shared.wire.lists import Ref
from shared.wire.sessions import Me

Item = TypeVar("Item")
Draft = dict[str, Any]
Tone = Literal["ok", "warning", "critical", "quiet"]

CONFIGURATION_EDIT: Final = "configuration:edit"
PEOPLE_EDIT: Final = "people:edit"
ACCOUNT_ROLES: Final = ("owner", "admin")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
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

    def first_team(self) -> str | None:
        """The team that something new most likely belongs to: one of the reader's own."""
        own = {team.id for team in self.me.teams}
        options = self.teams()
        return next((each.value for each in options if each.value in own), options[0].value if options else None)

    def person(self, ident: str | None) -> People:
        """Somebody for a sentence; who can't be seen stays without a name."""
        return self.reader.person(Ref(ident or "", self.name("people", ident)))

    def name(self, slug: str, ident: str | None) -> str:
        """An object's name; one that can't be seen stays without."""
        return self.lists.named(slug, ident) or self.words("console.unseen")


class Kind(ABC, Generic[Item]):
    """One kind of object; its `slug` stands in addresses and catalogue keys.

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
    made: type[Any] | None = None

    def name(self, item: Item) -> str:
        """What people call it."""
        return cast(str, getattr(item, "name", ""))

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
        return cast(str, getattr(item, "id", ""))

    @abstractmethod
    def summary(self, known: Known, item: Item) -> str:
        """What it does, in one sentence."""

    def health(self, known: Known, item: Item) -> Health | None:
        """How it does now, where that can be said."""
        del known, item

    @abstractmethod
    def blank(self, known: Known) -> Draft:
        """What a new one starts with."""

    def draft(self, item: Item) -> Draft:
        """An existing one, as the form has it: what may be changed of it."""
        return cast(Draft, msgspec.json.decode(msgspec.json.encode(item)))

    @abstractmethod
    def sections(self, known: Known, draft: Draft, item: Item | None) -> list[Section]:
        """The form; it may depend on what was chosen in it."""

    def body(self, known: Known, draft: Draft, item: Item | None) -> dict[str, Any]:
        """What is sent: the form's fields, and nothing else of the draft; a secret left empty stays as it is kept."""
        sent: dict[str, Any] = {}
        for each in fields_of(self.sections(known, draft, item)):
            value = cleaned(each, get(draft, each.path))
            is_left_out = value in (None, "") and (each.form == "secret" or "." in each.path)
            if not is_left_out and not (each.fixed and item is not None):
                put(sent, each.path, value)
        return sent

    def effect(self, known: Known, draft: Draft) -> list[str]:
        """What will be so once it is saved."""
        del known, draft
        return []

    def team_of(self, known: Known, item: Item) -> str | None:
        """The team it belongs to."""
        del known
        return cast("str | None", getattr(item, "team_id", None))

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

    path: str
    label: str
    before: str
    after: str


def fields_of(sections: Sequence[Section]) -> list[Field]:
    """All fields of a form."""
    return [each for section in sections for each in section.fields]


def get(draft: Draft, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    value: Any = draft
    for part in path.split("."):
        if isinstance(value, list):
            entries = cast(list[Any], value)
            value = entries[int(part)] if int(part) < len(entries) else None
        else:
            value = cast(dict[str, Any], value).get(part) if isinstance(value, dict) else None
    return value


def put(draft: Draft, path: str, value: Any) -> None:
    """Write at a path, making what leads there; places in a list are numbers, and exist."""
    *parents, last = path.split(".")
    at: Any = draft
    for part in parents:
        at = cast(list[Any], at)[int(part)] if isinstance(at, list) else at.setdefault(part, {})
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value


def cleaned(each: Field, value: Any) -> Any:
    """A value as it is sent: trimmed, the default where nothing stands, and empty where the field knows no None."""
    if value is None:
        value = each.default
    if isinstance(value, str):
        value = value.strip()
    if each.form == "words":
        return [entry for entry in (str(given).strip() for given in value or ()) if entry]
    if each.form in ("text", "lines") and value is None:
        return ""
    return value


def copied(draft: Draft) -> Draft:
    """A draft of its own."""
    return cast(Draft, msgspec.json.decode(msgspec.json.encode(draft)))
