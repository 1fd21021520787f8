"""Silences: what is kept quiet, until when; made from an incident, seen and ended here."""

from typing import Any, ClassVar

from phone.base import moments
from phone.console.condition_words import conditions_said
from phone.console.form.kind import Health, Kind, Known, Nothing, Section
from shared.wire import routes
from shared.wire.services import Silence


class Silences(Kind[Silence, Nothing]):
    """One that is over stays in the list, below: the past stays explained."""

    slug: ClassVar[str] = "silences"
    audited_as: ClassVar[str] = "silence"
    list_path: ClassVar[str] = routes.SILENCES
    item_path: ClassVar[str] = routes.SILENCE
    permission: ClassVar[str] = "incidents:act"
    needs: ClassVar[tuple[str, ...]] = ("services", "teams", "people")
    is_listed_only: ClassVar[bool] = True
    can_make: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    item = Silence

    def name(self, item: Silence) -> str:
        return item.comment

    def title(self, known: Known, item: Silence) -> str:
        return item.comment or known.words("silence.unnamed")

    def order(self, item: Silence) -> Any:
        return -item.ends_at.timestamp()

    def summary(self, known: Known, item: Silence) -> str:
        words = known.words
        whose = known.name("services", item.service_id) if item.service_id else known.name("teams", item.team_id)
        if not item.conditions:
            return words("summary.silence_all", whose=whose)
        return words("summary.silence", whose=whose, what=conditions_said(known, item.conditions))

    def health(self, known: Known, item: Silence) -> Health:
        words, now = known.words, known.now
        if item.ends_at <= now:
            return Health("quiet", words("health.silence_over", when=moments.ago(words, item.ends_at, now=now)))
        edge = item.starts_at if item.starts_at > now else item.ends_at
        when = moments.moment(words, edge, now=now, zone=known.reader.zone)
        key = "health.silence_planned" if item.starts_at > now else "health.silence_on"
        return Health("quiet" if item.starts_at > now else "warning", words(key, when=when))

    def may_remove(self, known: Known, item: Silence) -> bool:
        return item.ends_at > known.now and super().may_remove(known, item)

    def sections(self, known: Known, draft: Nothing, item: Silence | None) -> list[Section[Nothing]]:
        del known, draft, item
        return []
