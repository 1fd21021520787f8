"""Who sends with a key that no integration has: what administrators see below their integrations."""

from typing import ClassVar

from phone.base import moments
from phone.console.form.kind import Health, Kind, Known, Nothing, Section
from shared.wire import routes
from shared.wire.services import StraySender


class Strays(Kind[StraySender, Nothing]):
    """Read only, and no list of its own."""

    slug: ClassVar[str] = "strays"
    audited_as: ClassVar[str] = ""
    list_path: ClassVar[str] = routes.INTEGRATION_STRAYS
    item_path: ClassVar[str] = ""
    can_make: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    item = StraySender

    def name(self, item: StraySender) -> str:
        return item.name or ""

    def title(self, known: Known, item: StraySender) -> str:
        return item.name or known.words("stray.unknown")

    def summary(self, known: Known, item: StraySender) -> str:
        words = known.words
        if item.removed_at is None:
            return words("stray.never_known")
        return words("stray.removed", when=moments.ago(words, item.removed_at, now=known.now))

    def health(self, known: Known, item: StraySender) -> Health | None:
        at = item.health.last_at
        if at is None:
            return None
        when = moments.ago(known.words, at, now=known.now)
        return Health("warning", known.words("health.refused", count=item.health.refused, when=when))

    def sections(self, known: Known, draft: Nothing, item: StraySender | None) -> list[Section[Nothing]]:
        del known, draft, item
        return []
