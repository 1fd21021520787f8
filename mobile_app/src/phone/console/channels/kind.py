"""Channels: the ways out, each configured by what its own schema asks."""

from typing import ClassVar, Final

from phone.base import moments, problems
from phone.base.places import place
from phone.console.form.kind import PEOPLE_EDIT, Health, Kind, Known, Section, fields_of, settings
from phone.console.form.schema import schema_fields
from shared.wire import routes
from shared.wire.channels import Channel, ChannelConfigInput

CONFIG: Final = place(ChannelConfigInput, lambda channel: channel.config)


class Channels(Kind[Channel, ChannelConfigInput]):
    """They are what the server has: none is made or removed. What stands in the environment can't be changed here."""

    slug: ClassVar[str] = "channels"
    audited_as: ClassVar[str] = "channel"
    list_path: ClassVar[str] = routes.CHANNELS
    item_path: ClassVar[str] = routes.CHANNEL
    permission: ClassVar[str] = PEOPLE_EDIT
    can_make: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    item = Channel
    input = ChannelConfigInput

    def name(self, item: Channel) -> str:
        return item.title.get("en", item.slug)

    def title(self, known: Known, item: Channel) -> str:
        return item.title.get(known.words.language) or self.name(item)

    def ident(self, item: Channel) -> str:
        return item.slug

    def summary(self, known: Known, item: Channel) -> str:
        return known.words(f"channel.{item.source or 'not_yet'}")

    def health(self, known: Known, item: Channel) -> Health | None:
        words, failed, sent = known.words, item.last_failure_at, item.last_success_at
        if not item.is_configured:
            return Health("quiet", words("health.not_configured"))
        if failed is not None and (sent is None or failed > sent):
            reason = problems.reason(words, item.last_failure_reason)
            return Health("warning", words("health.send_failed", reason=reason))
        if sent is None:
            return Health("quiet", words("health.never_sent"))
        return Health("ok", words("health.last_sent", when=moments.ago(words, sent, now=known.now)))

    def may_change(self, known: Known, item: Channel | None) -> bool:
        if item is None or item.source in ("environment", "always"):
            return False
        return bool(item.config_schema.get("properties")) and super().may_change(known, item)

    def sections(
        self, known: Known, draft: ChannelConfigInput, item: Channel | None
    ) -> list[Section[ChannelConfigInput]]:
        fields = schema_fields(known.words, item.config_schema, CONFIG) if item is not None else ()
        return [Section(title=known.words("section.channel"), fields=fields)] if fields else []

    def sent(self, known: Known, draft: ChannelConfigInput, item: Channel | None) -> ChannelConfigInput:
        return ChannelConfigInput(config=settings(fields_of(self.sections(known, draft, item)), draft))
