"""Integrations: the ways in, each with its address and its set-up."""

from typing import ClassVar, Final

from phone.base import moments
from phone.base.places import place
from phone.console.form.kind import Bound, Health, Kind, Known, Section, name_field, settings
from phone.console.form.schema import schema_fields
from phone.console.integrations.sources import source_of, title_of
from phone.kit.form_field import Option
from shared.domain.pipeline.refusals import FINE
from shared.wire import routes
from shared.wire.services import Integration, IntegrationChange, IntegrationInput

NAME: Final = place(IntegrationInput, lambda integration: integration.name)
SOURCE: Final = place(IntegrationInput, lambda integration: integration.source)
SERVICE: Final = place(IntegrationInput, lambda integration: integration.service_id)
CONFIG: Final = place(IntegrationInput, lambda integration: integration.config)


class Integrations(Kind[Integration, IntegrationInput]):
    """The source is chosen once; what else it asks is drawn from its schema."""

    slug: ClassVar[str] = "integrations"
    audited_as: ClassVar[str] = "integration"
    list_path: ClassVar[str] = routes.INTEGRATIONS
    item_path: ClassVar[str] = routes.INTEGRATION
    needs: ClassVar[tuple[str, ...]] = ("services", "teams", "sources", "strays")
    item = Integration
    input = IntegrationInput

    def summary(self, known: Known, item: Integration) -> str:
        words, source = known.words, source_title(known, item.source)
        if item.service_id is None:
            return words("summary.integration_routed", source=source)
        return words("summary.integration", source=source, service=known.name("services", item.service_id))

    def health(self, known: Known, item: Integration) -> Health | None:
        words, refused_at = known.words, item.health.last_at
        if refused_at is not None and known.now - refused_at < FINE:
            when = moments.ago(words, refused_at, now=known.now)
            return Health("warning", words("health.refused", count=item.health.refused, when=when))
        if item.health.unreadable:
            return Health("warning", words("health.unreadable", count=item.health.unreadable))
        if item.last_event_at is None:
            return Health("quiet", words("health.no_event"))
        return Health("ok", words("health.last_event", when=moments.ago(words, item.last_event_at, now=known.now)))

    def team_of(self, known: Known, item: Integration) -> str | None:
        service = known.lists.find("services", item.service_id)
        return service.team_id if service is not None else None

    def blank(self, known: Known) -> IntegrationInput:
        services = known.options("services")
        only = services[0].value if len(services) == 1 else None
        return IntegrationInput(name="", source="", service_id=only or "")

    def draft(self, item: Integration) -> IntegrationInput:
        service = item.service_id or ""
        return IntegrationInput(name=item.name, source=item.source, service_id=service, config=item.config)

    def sections(
        self, known: Known, draft: IntegrationInput, item: Integration | None
    ) -> list[Section[IntegrationInput]]:
        words = known.words
        source = Bound(
            at=SOURCE,
            label=words("field.source"),
            form="choice",
            help=words("help.source"),
            options=tuple(
                Option(value=each.source, label=title_of(known, each)) for each in known.lists.items("sources") or ()
            ),
            required=True,
            fixed=item is not None,
        )
        fields = (
            name_field(known, NAME, hint=words("hint.integration"), half=False),
            source,
            Bound(
                at=SERVICE,
                label=words("field.service"),
                form="choice",
                help=words("help.integration_service"),
                options=known.options("services"),
                required=True,
            ),
        )
        sections = [Section(title=words("section.integration"), fields=fields)]
        own = _own_fields(known, draft)
        if own:
            sections.append(Section(title=words("section.config"), fields=own))
        return sections

    def sent(
        self, known: Known, draft: IntegrationInput, item: Integration | None
    ) -> IntegrationInput | IntegrationChange:
        name, service, config = draft.name.strip(), draft.service_id, settings(_own_fields(known, draft), draft)
        if item is not None:
            return IntegrationChange(name=name, service_id=service, config=config)
        return IntegrationInput(name=name, source=draft.source, service_id=service, config=config)

    def effect(self, known: Known, draft: IntegrationInput) -> list[str]:
        words = known.words
        service = next((each for each in known.lists.items("services") or () if each.id == draft.service_id), None)
        if service is None:
            return [words("effect.integration_nowhere")]
        told = [words("effect.integration", service=service.name)]
        if service.policy_id is None:
            return [*told, words("effect.service_quiet")]
        return [*told, words("effect.service", policy=known.name("policies", service.policy_id))]


def _own_fields(known: Known, draft: IntegrationInput) -> tuple[Bound[IntegrationInput], ...]:
    """What the chosen source asks."""
    chosen = source_of(known, draft.source)
    return schema_fields(known.words, chosen.schema, CONFIG) if chosen is not None else ()


def source_title(known: Known, slug: str) -> str:
    """A source's name in the reader's language; its slug while it isn't known."""
    found = source_of(known, slug)
    return title_of(known, found) if found is not None else slug
