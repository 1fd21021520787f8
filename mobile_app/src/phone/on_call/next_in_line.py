"""Who is paged next when somebody who is on call doesn't answer: by the policies that services use."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from phone.base.api.client import Client
from phone.base.state import State
from shared.domain.paging.escalation import Level, Meant, Person, Policy, Target, others_ahead, pause_after, place_of
from shared.wire import routes
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.on_call import OnCallNow
from shared.wire.services import Service


class Next(Struct, frozen=True, kw_only=True):
    """Whom these policies page next, and how long after the person; without people or teams it is the fallback.

    `teams` are ids: whoever is in them is paged, and not known here.
    """

    after: timedelta
    policies: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    teams: tuple[str, ...] = ()


class NextInLine(State):
    """`policies` is None until they were read; only those that a service uses page anybody."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.policies: tuple[EscalationPolicy, ...] | None = None

    async def load(self) -> None:
        """Read them anew."""
        policies = await self.read(self._client.read_all(routes.ESCALATION_POLICIES, EscalationPolicy))
        services = await self.read(self._client.read_all(routes.SERVICES, Service))
        if policies is not None and services is not None:
            used = {each.policy_id for each in services}
            self.policies, self.error = tuple(each for each in policies if each.id in used), None

    def forget(self) -> None:
        """Know none: another person may sign in."""
        self.policies, self.error = None, None


def next_in_line(
    person_id: str, policies: Iterable[EscalationPolicy], on_call: Iterable[OnCallNow], names: Mapping[str, str]
) -> list[Next]:
    """For each policy that pages this person now by name or by a watch; alike ones together, the soonest first.

    `names` are those of people by id.
    """
    now = {each.schedule.id: each for each in on_call}
    found: dict[Next, list[str]] = {}
    for policy in policies:
        each = _of(person_id, policy, now, names)
        if each is not None:
            found.setdefault(each, []).append(policy.name)
    together = [replace(each, policies=tuple(names)) for each, names in found.items()]
    return sorted(together, key=lambda each: each.after)


def _of(
    person_id: str, policy: EscalationPolicy, now: Mapping[str, OnCallNow], names: Mapping[str, str]
) -> Next | None:
    meant = {target.key: _meant(target, now, names) for level in policy.levels for target in level.targets}
    held = next((at for at, level in enumerate(policy.levels) if person_id in _people(level, meant)), None)
    if held is None:
        return None
    run = Policy(id=policy.id, name=policy.name, levels=policy.levels, rounds=policy.rounds)
    following = others_ahead(run, held + 1, meant=meant, deaf={person_id})
    last = len(policy.levels) * policy.rounds if following is None else following
    # A level that means nobody is passed over at once.
    waits = [at for at in range(held, last) if _people(policy.levels[place_of(run, at).level - 1], meant)]
    after = sum((pause_after(run, at) for at in waits), timedelta())
    if following is None:
        return Next(after=after)
    targets = policy.levels[place_of(run, following).level - 1].targets
    people = {each.user_id: each for target in targets if target.kind != "team" for each in meant[target.key].people}
    teams = tuple(target.id for target in targets if target.kind == "team")
    others = tuple(each for each in people.values() if each.user_id != person_id)
    return Next(after=after, people=others, teams=teams)


def _meant(target: Target, now: Mapping[str, OnCallNow], names: Mapping[str, str]) -> Meant:
    people: Iterable[Person] = ()
    match target.kind:
        case "user":
            people = [Person(user_id=target.id, name=names.get(target.id, ""))]
        case "team":
            people = [Person(user_id=target.key, name="")]
        case "schedule":
            entry = now.get(target.id)
            people = [
                Person(user_id=each.user.id, name=each.user.name)
                for each in (entry.people if entry is not None else ())
                if target.role_id in (None, each.role)
            ]
    return Meant(kind=target.kind, id=target.id, name="", people=tuple(people))


def _people(level: Level, meant: Mapping[str, Meant]) -> set[str]:
    return {each.user_id for target in level.targets for each in meant[target.key].people}
