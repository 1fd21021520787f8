"""Services: what alerts are about, whose they are, and who is paged for them."""

from typing import ClassVar, Final

from phone.base.places import place
from phone.console.form.kind import Bound, Health, Kind, Known, Section, name_field, team_field
from phone.console.policies.levels import policy_sentence
from phone.kit.form_field import Option
from shared.wire import routes
from shared.wire.services import Service, ServiceInput

NAME: Final = place(ServiceInput, lambda service: service.name)
TEAM: Final = place(ServiceInput, lambda service: service.team_id)
DESCRIPTION: Final = place(ServiceInput, lambda service: service.description)
POLICY: Final = place(ServiceInput, lambda service: service.policy_id)
RUNBOOK: Final = place(ServiceInput, lambda service: service.runbook_url)
GROUPED_BY: Final = place(ServiceInput, lambda service: service.grouping.by)
GROUPING_LABELS: Final = place(ServiceInput, lambda service: service.grouping.labels)


class Services(Kind[Service, ServiceInput]):
    """A manager's own teams' services can be changed; the policy says who is paged."""

    slug: ClassVar[str] = "services"
    audited_as: ClassVar[str] = "service"
    list_path: ClassVar[str] = routes.SERVICES
    item_path: ClassVar[str] = routes.SERVICE
    needs: ClassVar[tuple[str, ...]] = ("teams", "policies", "people", "schedules", "integrations")
    item = Service
    input = ServiceInput

    def summary(self, known: Known, item: Service) -> str:
        team = known.name("teams", item.team_id)
        if item.policy_id is None:
            return known.words("summary.service_quiet", team=team)
        return known.words("summary.service", team=team, policy=known.name("policies", item.policy_id))

    def health(self, known: Known, item: Service) -> Health | None:
        words = known.words
        if item.policy_id is None:
            return Health("warning", words("health.pages_nobody"))
        integrations = known.lists.items("integrations")
        if integrations is not None and not any(each.service_id == item.id for each in integrations):
            return Health("quiet", words("health.no_way_in"))
        return None

    def removal(self, known: Known, item: Service) -> str:
        """The server refuses while something comes in for it: said before it is promised."""
        sending = [each.name for each in known.lists.items("integrations") or () if each.service_id == item.id]
        if sending:
            return known.words("removal.services_first", names=known.words.names(sending), count=len(sending))
        return super().removal(known, item)

    def blank(self, known: Known) -> ServiceInput:
        policies = known.options("policies")
        policy = policies[0].value if len(policies) == 1 else None
        return ServiceInput(name="", team_id=known.any_team(), policy_id=policy)

    def sections(self, known: Known, draft: ServiceInput, item: Service | None) -> list[Section[ServiceInput]]:
        words = known.words
        nobody = Option(value=None, label=words("field.policy_none"), about=words("field.policy_none_about"))
        grouping: list[Bound[ServiceInput]] = [
            Bound(
                at=GROUPED_BY,
                label=words("field.grouping"),
                form="choice",
                options=tuple(
                    Option(value=by, label=words(f"grouping_by.{by}"), about=words(f"grouping_about.{by}"))
                    for by in ("check", "labels", "none")
                ),
            )
        ]
        if draft.grouping.by == "labels":
            label, help_text = words("field.grouping_labels"), words("help.grouping_labels")
            grouping.append(Bound(at=GROUPING_LABELS, label=label, form="words", help=help_text, required=True))
        return [
            Section(
                title=words("section.service"),
                help=words("help.service_team"),
                fields=(
                    name_field(known, NAME, hint=words("hint.service")),
                    team_field(known, TEAM),
                    Bound(at=DESCRIPTION, label=words("field.description"), form="lines"),
                ),
            ),
            Section(
                title=words("section.paging"),
                fields=(
                    Bound(
                        at=POLICY,
                        label=words("field.policy"),
                        form="choice",
                        help=words("help.service_policy"),
                        options=(*known.options("policies"), nobody),
                    ),
                    Bound(
                        at=RUNBOOK,
                        label=words("field.runbook"),
                        help=words("help.runbook"),
                        hint="https://wiki.example.com/checkout",
                    ),
                ),
            ),
            Section(title=words("section.grouping"), help=words("help.grouping"), fields=tuple(grouping)),
        ]

    def effect(self, known: Known, draft: ServiceInput) -> list[str]:
        words = known.words
        policy = next((each for each in known.lists.items("policies") or () if each.id == draft.policy_id), None)
        if policy is None:
            told = [words("effect.service_quiet")]
        else:
            sentence = policy_sentence(known, policy.levels, policy.rounds)
            told = [words("effect.service", policy=policy.name), sentence]
        return [*told, words(f"effect.grouping_{draft.grouping.by}")]
