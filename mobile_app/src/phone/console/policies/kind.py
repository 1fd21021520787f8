"""Escalation policies: whom to page, after how long whom next, how often all that."""

from typing import ClassVar, Final

from phone.base.places import place
from phone.console.form.kind import Bound, Health, Kind, Known, Section, name_field, team_field
from phone.console.policies.levels import policy_sentence, wait
from shared.wire import routes
from shared.wire.escalation_policies import EscalationPolicy, EscalationPolicyInput

NAME: Final = place(EscalationPolicyInput, lambda policy: policy.name)
TEAM: Final = place(EscalationPolicyInput, lambda policy: policy.team_id)
LEVELS: Final = place(EscalationPolicyInput, lambda policy: policy.levels)
ROUNDS: Final = place(EscalationPolicyInput, lambda policy: policy.rounds)


class Policies(Kind[EscalationPolicy, EscalationPolicyInput]):
    """The form is one editor of levels; the effect is the same in a sentence."""

    slug: ClassVar[str] = "policies"
    audited_as: ClassVar[str] = "escalation_policy"
    list_path: ClassVar[str] = routes.ESCALATION_POLICIES
    item_path: ClassVar[str] = routes.ESCALATION_POLICY
    needs: ClassVar[tuple[str, ...]] = ("teams", "people", "schedules", "services")
    item = EscalationPolicy
    input = EscalationPolicyInput

    def summary(self, known: Known, item: EscalationPolicy) -> str:
        return policy_sentence(known, item.levels, item.rounds)

    def health(self, known: Known, item: EscalationPolicy) -> Health | None:
        count = sum(each.policy_id == item.id for each in known.lists.items("services") or ())
        if known.lists.items("services") is None:
            return None
        if not count:
            return Health("quiet", known.words("health.policy_unused"))
        return Health("ok", known.words("health.policy_used", count=count))

    def blank(self, known: Known) -> EscalationPolicyInput:
        return EscalationPolicyInput(name="", team_id=known.any_team(), levels=(), rounds=2)

    def sections(
        self, known: Known, draft: EscalationPolicyInput, item: EscalationPolicy | None
    ) -> list[Section[EscalationPolicyInput]]:
        words = known.words
        return [
            Section(
                title=words("section.policy"),
                help=words("help.policy_team"),
                fields=(name_field(known, NAME, hint=words("hint.policy")), team_field(known, TEAM)),
            ),
            Section(
                title=words("section.levels"),
                help=words("help.levels"),
                fields=(Bound(at=LEVELS, label=words("section.levels"), form="levels", required=True),),
            ),
            Section(
                title=words("section.rounds"),
                fields=(
                    Bound(
                        at=ROUNDS,
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

    def effect(self, known: Known, draft: EscalationPolicyInput) -> list[str]:
        words, levels = known.words, draft.levels
        if not levels:
            return [words("effect.policy_empty")]
        total = sum(level.delay_s for level in levels) * (draft.rounds or 1)
        return [policy_sentence(known, levels, draft.rounds), words("effect.policy_end", span=wait(known, total))]
