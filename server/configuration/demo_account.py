"""The demo's account: three teams, eight people, four services, made by the use cases that the API has."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.accounts.access.actors import Actor, load_actor
from server.accounts.people.people import add_member, make_team, make_user, set_passwords
from server.accounts.reach.addresses import contact_address, local_phone, register
from server.accounts.sign_in.passwords import hash_password
from server.escalation.policies import save_policy
from server.kernel.database import Database
from server.kernel.secrets import Secrets
from server.schedules.change import save_schedule
from server.schedules.groups import Ways
from server.schedules.overrides import make_override
from server.schedules.rotas import load_rotas
from server.services.change import make_integration, save_service
from server.services.keys import open_key
from server.services.rules import save_rule
from shared.domain.on_call.schedules import on_call_at
from shared.domain.paging.escalation import Level, Target
from shared.domain.pipeline.grouping import Grouping
from shared.domain.pipeline.rules import AddLabel
from shared.wire.escalation_policies import EscalationPolicyInput
from shared.wire.people import NewContactMethod, NewTeam, NewUser
from shared.wire.schedules import GroupInput, LayerInput, MemberInput, OverrideInput, RotationInput, ScheduleInput
from shared.wire.services import IntegrationInput, RuleInput, ServiceInput
from shared.wire.sessions import Language, Role

PASSWORD = "dogwatch-demo"  # noqa: S105 printed by the demo
BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
RESPONDER = "Jonas Keller"
ON_CALL_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class Cast:
    """One of the demo's people."""

    name: str
    email: str
    role: Role
    teams: tuple[str, ...]
    time_zone: str = BERLIN
    language: Language = "en"
    phone: str = "Pixel 9"
    platform: str = "android"
    is_manager: bool = False


PEOPLE = (
    Cast("Ingrid Holm", "admin@example.com", "admin", ("Platform",), is_manager=True),
    Cast("Ana Ruiz", "manager@example.com", "manager", ("Payments", "Data"), phone="iPhone 17", platform="ios",
         is_manager=True),
    Cast(RESPONDER, "responder@example.com", "responder", ("Payments",)),
    Cast("Bo Lindqvist", "bo@example.com", "responder", ("Payments", "Platform")),
    Cast("Sara Novak", "sara@example.com", "responder", ("Data", "Platform"), phone="iPhone 16", platform="ios"),
    Cast("陈梅", "chen.mei@example.com", "responder", ("Platform", "Payments"), SHANGHAI, "zh", phone="小米 15"),
    Cast("李伟", "li.wei@example.com", "responder", ("Data",), SHANGHAI, "zh", phone="华为 Mate 70"),
    Cast("张敏", "zhang.min@example.com", "manager", ("Platform",), SHANGHAI, "zh", phone="iPhone 17", platform="ios"),
)  # fmt: skip


@dataclass
class Account:
    """The ids of what was made, by name; integrations' ids by source."""

    teams: dict[str, str] = field(default_factory=dict[str, str])
    users: dict[str, str] = field(default_factory=dict[str, str])
    schedules: dict[str, str] = field(default_factory=dict[str, str])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    services: dict[str, str] = field(default_factory=dict[str, str])
    integrations: dict[str, str] = field(default_factory=dict[str, str])


async def make_account(db: Database, secrets: Secrets, now: datetime) -> Account:
    """Everything but history."""
    made = Account()
    for name in ("Payments", "Platform", "Data"):
        writes, team = make_team(NewTeam(name=name), now=now)
        await db.apply(writes)
        made.teams[name] = team.id
    for person in PEOPLE:
        await _make_person(db, secrets, made, person, now)
    admin = await _admin(db, made)
    await _make_schedules(db, admin, made, Ways({}, secrets), now)
    await _make_policies(db, admin, made, now)
    await _make_services(db, admin, made, secrets, now)
    return made


async def change_passwords(db: Database, password: str) -> None:
    """Everybody's of the demo; their sessions go on."""
    hashed, emails = await hash_password(password), tuple(person.email for person in PEOPLE)
    await db.apply(set_passwords(hashed, emails))


async def _admin(db: Database, made: Account) -> Actor:
    admin = await load_actor(db, made.users["Ingrid Holm"])
    if admin is None:
        raise LookupError("the demo's administrator is missing")
    return admin


async def _make_person(db: Database, secrets: Secrets, made: Account, person: Cast, now: datetime) -> None:
    new = NewUser(
        name=person.name,
        email=person.email,
        password=PASSWORD,
        role=person.role,
        language=person.language,
        time_zone=person.time_zone,
    )
    writes, user = await make_user(db, new, now=now)
    for team in person.teams:
        add_member(writes, made.teams[team], user.id, is_manager=person.is_manager, now=now)
    phone = local_phone(user_id=user.id, name=person.phone, platform=person.platform, now=now)
    writes.extend_with((await register(db, "push", phone, secrets=secrets, now=now))[0])
    mail = NewContactMethod(channel="email", name="Work", value=person.email)
    work = contact_address(mail, user_id=user.id)
    writes.extend_with((await register(db, "email", work, secrets=secrets, now=now))[0])
    if person.name == RESPONDER:
        hook = NewContactMethod(channel="webhook", name="Desk lamp", value="https://lamp.example.com/blink")
        lamp = contact_address(hook, user_id=user.id)
        writes.extend_with((await register(db, "webhook", lamp, secrets=secrets, now=now))[0])
    await db.apply(writes)
    made.users[person.name] = user.id


async def _make_schedules(db: Database, admin: Actor, made: Account, ways: Ways, now: datetime) -> None:
    monday = (now - timedelta(days=now.weekday() + 14)).strftime("%Y-%m-%dT09:00")
    week = RotationInput(unit="week", every=1, handoff_weekday="mon", handoff_time="09:00")
    day = RotationInput(unit="day", every=1)
    plans = (
        ("Payments primary", "Payments", BERLIN, week, (RESPONDER, "Bo Lindqvist", "陈梅")),
        ("Payments backup", "Payments", BERLIN, week, ("Bo Lindqvist", "陈梅", "Ana Ruiz")),
        ("Platform primary", "Platform", SHANGHAI, day, ("陈梅", "Bo Lindqvist", "Sara Novak")),
        ("Data primary", "Data", BERLIN, week, ("Sara Novak", "李伟")),
    )
    for name, team, zone, rotation, people in plans:
        layer = LayerInput(
            start=monday,
            rotation=rotation,
            groups=tuple(GroupInput(members=(MemberInput(user_id=made.users[person]),)) for person in people),
        )
        data = ScheduleInput(name=name, team_id=made.teams[team], time_zone=zone, layers=(layer,))
        writes, saved = await save_schedule(db, admin, data, ways, id=None, rev=None, now=now)
        await db.apply(writes)
        made.schedules[name] = saved.id


async def _make_policies(db: Database, admin: Actor, made: Account, now: datetime) -> None:
    def on_call(name: str, delay_s: int) -> Level:
        return Level(targets=(Target(kind="schedule", id=made.schedules[name]),), delay_s=delay_s)

    def person(name: str, delay_s: int) -> Level:
        return Level(targets=(Target(kind="user", id=made.users[name]),), delay_s=delay_s)

    plans = {
        "Payments 24×7": (
            "Payments",
            (on_call("Payments primary", 60), on_call("Payments backup", 300), person("Ana Ruiz", 600)),
            2,
        ),
        "Platform": ("Platform", (on_call("Platform primary", 300), person("张敏", 600)), 1),
        "Data": ("Data", (on_call("Data primary", 600), person("Ana Ruiz", 900)), 1),
    }  # fmt: skip
    for name, (team, levels, rounds) in plans.items():
        data = EscalationPolicyInput(name=name, team_id=made.teams[team], levels=levels, rounds=rounds)
        writes, saved = await save_policy(db, admin, data, id=None, rev=None, now=now)
        await db.apply(writes)
        made.policies[name] = saved.id


async def _make_services(db: Database, admin: Actor, made: Account, secrets: Secrets, now: datetime) -> None:
    plans: tuple[tuple[str, str, str, str, Grouping], ...] = (
        ("checkout-api", "Payments", "Payments 24×7", "events", Grouping()),
        ("webhook-relay", "Payments", "Payments 24×7", "pagerduty", Grouping()),
        ("network", "Platform", "Platform", "alertmanager", Grouping(by="labels", labels=("alertname", "site"))),
        ("warehouse", "Data", "Data", "alertmanager", Grouping()),
    )
    for name, team, policy, source, grouping in plans:
        data = ServiceInput(
            name=name,
            team_id=made.teams[team],
            policy_id=made.policies[policy],
            grouping=grouping,
            runbook_url=f"https://runbooks.example.com/{name}",
        )
        writes, service = await save_service(db, admin, data, id=None, rev=None, now=now)
        await db.apply(writes)
        made.services[name] = service.id
        title = {"events": "curl", "pagerduty": "Relay monitor", "alertmanager": f"Alertmanager {name}"}[source]
        new = IntegrationInput(name=title, source=source, service_id=service.id)
        writes, integration_id = await make_integration(db, admin, new, secrets=secrets, now=now)
        await db.apply(writes)
        made.integrations.setdefault(f"{source} {name}", integration_id)
    rule = RuleInput(name="Say which site", effect=AddLabel(label="region", value="eu-{labels.site}"))
    writes, _ = await save_rule(db, admin, made.integrations["alertmanager network"], rule, id=None, rev=None, now=now)
    await db.apply(writes)


async def keep_responder_on_call(db: Database, now: datetime) -> None:
    """The demo's responder holds the pager whenever it starts: by an override, if the rota says otherwise."""
    rows = await db.values("SELECT id FROM schedule WHERE name = 'Payments primary'")
    users = await db.values("SELECT id FROM user_account WHERE email = 'responder@example.com'")
    admins = await db.values("SELECT id FROM user_account WHERE email = 'admin@example.com'")
    schedule_id, user_id = rows[0][0], users[0][0]
    loaded = (await load_rotas(db, [schedule_id], since=now))[schedule_id]
    soon = now + timedelta(hours=1)
    if all(any(entry.user_id == user_id for entry in on_call_at(loaded.rota, at)) for at in (now, soon)):
        return
    admin = await load_actor(db, admins[0][0])
    if admin is None:
        return
    start = now.replace(second=0, microsecond=0)
    data = OverrideInput(start=start, end=start + ON_CALL_FOR, user_id=user_id, reason="The demo pages you")
    writes, _ = await make_override(db, admin, schedule_id, data, now=now)
    await db.apply(writes)


async def demo_keys(db: Database, secrets: Secrets) -> dict[str, str]:
    """Keys of the demo's integrations, by source and service."""
    rows: list[tuple[Any, ...]] = await db.values(
        "SELECT integration.id, integration.source, service.name, key_enc FROM integration"
        " JOIN service ON service.id = integration.service_id WHERE integration.archived_at IS NULL"
    )
    return {f"{source} {service}": open_key(sealed, id, secrets) for id, source, service, sealed in rows}


async def is_demo(db: Database) -> bool:
    """Whether the account is there."""
    return await db.value("SELECT 1 FROM user_account WHERE email = 'responder@example.com'") is not None
