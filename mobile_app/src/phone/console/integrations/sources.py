"""Where alerts can come from: what the server's integrations say of themselves."""

from typing import ClassVar

from phone.console.form.kind import Kind, Known, Nothing, Section
from shared.wire import routes
from shared.wire.services import Source


class Sources(Kind[Source, Nothing]):
    """Read only: it feeds the form of an integration."""

    slug: ClassVar[str] = "sources"
    audited_as: ClassVar[str] = ""
    list_path: ClassVar[str] = routes.INTEGRATION_SOURCES
    item_path: ClassVar[str] = ""
    can_make: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    item = Source

    def name(self, item: Source) -> str:
        return item.title.get("en", item.source)

    def summary(self, known: Known, item: Source) -> str:
        return title_of(known, item)

    def sections(self, known: Known, draft: Nothing, item: Source | None) -> list[Section[Nothing]]:
        del known, draft, item
        return []


def source_of(known: Known, slug: str | None) -> Source | None:
    """A source by its slug."""
    return next((each for each in known.lists.items("sources") or () if each.source == slug), None)


def title_of(known: Known, source: Source) -> str:
    """A source's name in the reader's language."""
    return source.title.get(known.words.language) or source.title.get("en", source.source)
