"""Services: what alerts are about, whose they are, and who is paged for them."""

from typing import Any, ClassVar

from phone.console.form.kind import Draft, Health, Kind, Known, Section, get
from phone.console.policies.levels import policy_sentence
from phone.kit.form_field import Field, Option
from shared.wire import routes
from shared.wire.services import Service


class Services(Kind[Service]):
    """A manager's own teams' services can be changed; the policy says who is paged."""

    slug: ClassVar[str] = "services"
    audited_as: ClassVar[str] = "service"
    list_path: ClassVar[str] = routes.SERVICES
    item_path: ClassVar[str] = routes.SERVICE
    needs: ClassVar[tuple[str, ...]] = ("teams", "policies", "people", "schedules", "integrations")
    item = Service

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

    def blank(self, known: Known) -> Draft:
        teams = known.teams()
        policies = known.options("policies")
        return {
            "name": "",
            "team_id": teams[0].value if teams else None,
            "policy_id": policies[0].value if len(policies) == 1 else None,
            "description": "",
            "runbook_url": "",
            "grouping": {"by": "check", "labels": []},
        }

    def sections(self, known: Known, draft: Draft, item: Service | None) -> list[Section]:
        words = known.words
        nobody = Option(value=None, label=words("field.policy_none"), about=words("field.policy_none_about"))
        grouping = [
            Field(
                path="grouping.by",
                label=words("field.grouping"),
                form="choice",
                options=tuple(
                    Option(value=by, label=words(f"grouping_by.{by}"), about=words(f"grouping_about.{by}"))
                    for by in ("check", "labels", "none")
                ),
            )
        ]
        if get(draft, "grouping.by") == "labels":
            labels = words("field.grouping_labels")
            grouping.append(
                Field(
                    path="grouping.labels",
                    label=labels,
                    form="words",
                    help=words("help.grouping_labels"),
                    required=True,
                )
            )
        return [
            Section(
                title=words("section.service"),
                help=words("help.service_team"),
                fields=(
                    Field(path="name", label=words("field.name"), hint=words("hint.service"), required=True, half=True),
                    Field(
                        path="team_id",
                        label=words("field.team"),
                        form="choice",
                        options=known.teams(),
                        required=True,
                        half=True,
                    ),
                    Field(path="description", label=words("field.description"), form="lines"),
                ),
            ),
            Section(
                title=words("section.paging"),
                fields=(
                    Field(
                        path="policy_id",
                        label=words("field.policy"),
                        form="choice",
                        help=words("help.service_policy"),
                        options=(*known.options("policies"), nobody),
                    ),
                    Field(
                        path="runbook_url",
                        label=words("field.runbook"),
                        help=words("help.runbook"),
                        hint="https://wiki.example.com/checkout",
                    ),
                ),
            ),
            Section(title=words("section.grouping"), help=words("help.grouping"), fields=tuple(grouping)),
        ]

    def body(self, known: Known, draft: Draft, item: Service | None) -> dict[str, Any]:
        sent = super().body(known, draft, item)
        sent["grouping"].setdefault("labels", [])
        return sent

    def effect(self, known: Known, draft: Draft) -> list[str]:
        words = known.words
        policy = next((each for each in known.lists.items("policies") or () if each.id == draft["policy_id"]), None)
        if policy is None:
            told = [words("effect.service_quiet")]
        else:
            levels = [
                {
                    "targets": [{"kind": target.kind, "id": target.id} for target in level.targets],
                    "delay_s": level.delay_s,
                }
                for level in policy.levels
            ]
            sentence = policy_sentence(known, {"levels": levels, "rounds": policy.rounds})
            told = [words("effect.service", policy=policy.name), sentence]
        return [*told, words(f"effect.grouping_{get(draft, 'grouping.by') or 'check'}")]
