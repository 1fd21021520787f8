"""Where alerts can come from: what the server's integrations say of themselves."""

from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from phone.console.kind import Draft, Kind, Known, Section
from shared.wire import routes


class Source(Struct, frozen=True, kw_only=True):
    """A source and the JSON Schema of what can be set about it."""

    slug: str
    title: dict[str, str]
    config_schema: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])

    @property
    def id(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        return self.title.get("en", self.slug)


class Sources(Kind[Source]):
    """Read only: it feeds the form of an integration."""

    slug: ClassVar[str] = "sources"
    audited_as: ClassVar[str] = ""
    list_path: ClassVar[str] = f"{routes.INTEGRATIONS}/sources"
    item_path: ClassVar[str] = ""
    can_make: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    item = Source

    def summary(self, known: Known, item: Source) -> str:
        return item.title.get(known.words.language, item.name)

    def blank(self, known: Known) -> Draft:
        del known
        return {}

    def sections(self, known: Known, draft: Draft, item: Source | None) -> list[Section]:
        del known, draft, item
        return []
