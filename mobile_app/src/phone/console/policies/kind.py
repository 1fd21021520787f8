"""Escalation policies: whom to page, after how long whom next, how often all that."""

from typing import ClassVar, cast

import msgspec

from phone.console.form.kind import Draft, Health, Kind, Known, Section
from phone.console.policies.levels import policy_sentence, wait
from phone.kit.form_field import Field
from shared.wire import routes
from shared.wire.escalation_policies import EscalationPolicy


class Policies(Kind[EscalationPolicy]):
    """The form is one editor of levels; the effect is the same in a sentence."""

    slug: ClassVar[str] = "policies"
    audited_as: ClassVar[str] = "escalation_policy"
    list_path: ClassVar[str] = routes.ESCALATION_POLICIES
    item_path: ClassVar[str] = routes.ESCALATION_POLICY
    needs: ClassVar[tuple[str, ...]] = ("teams", "people", "schedules", "services")
    item = EscalationPolicy

    def summary(self, known: Known, item: EscalationPolicy) -> str:
        return policy_sentence(known, cast(Draft, msgspec.to_builtins(item)))

    def health(self, known: Known, item: EscalationPolicy) -> Health | None:
        count = sum(each.policy_id == item.id for each in known.lists.items("services") or ())
        if known.lists.items("services") is None:
            return None
        if not count:
            return Health("quiet", known.words("health.policy_unused"))
        return Health("ok", known.words("health.policy_used", count=count))

    def blank(self, known: Known) -> Draft:
        teams = known.teams()
        return {"name": "", "team_id": teams[0].value if teams else None, "levels": [], "rounds": 2}

    def sections(self, known: Known, draft: Draft, item: EscalationPolicy | None) -> list[Section]:
        words = known.words
        return [
            Section(
                title=words("section.policy"),
                help=words("help.policy_team"),
                fields=(
                    Field(path="name", label=words("field.name"), hint=words("hint.policy"), required=True, half=True),
                    Field(
                        path="team_id",
                        label=words("field.team"),
                        form="choice",
                        options=known.teams(),
                        required=True,
                        half=True,
                    ),
                ),
            ),
            Section(
                title=words("section.levels"),
                help=words("help.levels"),
                fields=(Field(path="levels", label=words("section.levels"), form="levels", required=True),),
            ),
            Section(
                title=words("section.rounds"),
                fields=(
                    Field(
                        path="rounds",
                        label=words("field.rounds"),
                        form="number",
                        help=words("help.rounds"),
                        least=1,
                        most=10,
                        required=True,
                    ),
                ),
            ),
        ]

    def effect(self, known: Known, draft: Draft) -> list[str]:
        words = known.words
        levels = draft["levels"]
        if not levels:
            return [words("effect.policy_empty")]
        total = sum(int(level["delay_s"]) for level in levels) * int(draft["rounds"] or 1)
        return [policy_sentence(known, draft), words("effect.policy_end", span=wait(known, total))]
