"""Who is paged next when somebody doesn't answer: passed over levels, alike policies, nobody else."""

from datetime import timedelta

from phone.on_call.next_in_line import Next, next_in_line
from shared.domain.paging.escalation import Level, Person, Target
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.lists import Ref
from shared.wire.on_call import OnCallNow, OnCallPerson

NAMES = {"u-bo": "Bo", "u-ana": "Ana", "u-mei": "Mei"}


def holds(schedule: str, *people: str, role: str | None = None) -> OnCallNow:
    held = [OnCallPerson(user=Ref(each, NAMES[each]), role=role, until=None) for each in people]
    return OnCallNow(schedule=Ref(schedule, schedule), team=None, people=held, gap_until=None)


def policy(*levels: tuple[str, int], rounds: int = 1, name: str = "Payments") -> EscalationPolicy:
    """A level is its targets and its minutes: `s:` a schedule (`s:primary/role`), `t:` a team, else a person."""
    made: list[Level] = []
    for targets, minutes in levels:
        found = tuple(_target(each) for each in targets.split("+"))
        made.append(Level(targets=found, delay_s=minutes * 60))
    return EscalationPolicy(id=name, name=name, team_id="t", levels=tuple(made), rounds=rounds, rev=1)


def _target(told: str) -> Target:
    kind, _, ident = told.rpartition(":")
    ident, _, role = ident.partition("/")
    if kind == "s":
        return Target(kind="schedule", id=ident, role_id=role or None)
    return Target(kind="team" if kind == "t" else "user", id=ident)


def after(minutes: int, *people: str, teams: tuple[str, ...] = (), by: str = "Payments") -> Next:
    found = tuple(Person(user_id=each, name=NAMES[each]) for each in people)
    return Next(after=timedelta(minutes=minutes), policies=(by,), people=found, teams=teams)


PRIMARY = holds("primary", "u-bo")
GAP = holds("backup")


def test_the_next_level_is_paged_when_the_first_has_had_its_time() -> None:
    found = policy(("s:primary", 5), ("u-ana", 7), ("u-mei", 1))
    assert next_in_line("u-bo", [found], [PRIMARY], NAMES) == [after(5, "u-ana")]


def test_a_level_on_which_nobody_is_on_call_is_passed_over_at_once() -> None:
    found = policy(("s:primary", 5), ("s:backup", 20), ("u-mei", 1))
    assert next_in_line("u-bo", [found], [PRIMARY, GAP], NAMES) == [after(5, "u-mei")]


def test_a_level_of_the_same_person_takes_its_time_and_is_nobody_else() -> None:
    found = policy(("s:primary", 5), ("u-bo", 20), ("t:payments", 1))
    assert next_in_line("u-bo", [found], [PRIMARY], NAMES) == [after(25, teams=("payments",))]


def test_the_list_begins_again_for_whoever_is_on_its_last_level() -> None:
    found = policy(("u-ana", 5), ("s:primary", 10), rounds=2)
    assert next_in_line("u-bo", [found], [PRIMARY], NAMES) == [after(10, "u-ana")]


def test_with_nobody_else_in_all_rounds_it_is_the_fallback() -> None:
    found = policy(("s:primary", 5), rounds=3)
    assert next_in_line("u-bo", [found], [PRIMARY], NAMES) == [after(15)]


def test_a_role_is_held_by_whoever_has_it() -> None:
    backup = holds("primary", "u-bo", role="backup")
    found = policy(("s:primary/lead", 5), ("u-ana", 1))
    assert next_in_line("u-bo", [found], [backup], NAMES) == []
    lead = holds("primary", "u-bo", role="lead")
    assert next_in_line("u-bo", [found], [lead], NAMES) == [after(5, "u-ana")]


def test_policies_that_page_the_same_next_are_told_together_the_soonest_first() -> None:
    late, soon, alike = (
        policy(("s:primary", 9), ("u-ana", 1), name="late"),
        policy(("s:primary", 5), ("u-ana", 1), name="soon"),
        policy(("s:primary", 5), ("u-ana", 3), name="alike"),
    )
    elsewhere = policy(("u-mei", 1), name="elsewhere")
    found = next_in_line("u-bo", [late, soon, alike, elsewhere], [PRIMARY], NAMES)
    assert [(each.after, each.policies) for each in found] == [
        (timedelta(minutes=5), ("soon", "alike")),
        (timedelta(minutes=9), ("late",)),
    ]
