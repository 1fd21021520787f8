"""Each person's own rules: how they are told of a page of each severity."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import PEOPLE_EDIT
from server.accounts.audit.trail import About, audit
from server.channels.base import CHANNELS
from server.delivery.addresses import addresses_of, living_addresses
from server.kernel.database import Database, Writes, select
from server.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from server.kernel.refusals import require_rev
from server.tables.accounts import User
from server.tables.notifications import NotificationRules
from shared.domain.paging.notification import Rules, Turn, contact_order, is_last_resort, rule_flaws
from shared.wire import notifications as wire

SEVERITIES = ("critical", "warning", "info")


class _RulesRow(Struct, frozen=True, kw_only=True):
    user_id: str
    rules: Rules
    rev: int


async def load_rules(db: Database, user_ids: Sequence[str]) -> dict[str, Rules]:
    """The rules that people have of their own."""
    rows = await db.rows(
        _RulesRow, "SELECT <fields> FROM notification_rules WHERE user_id IN :users", users=tuple(user_ids)
    )
    return {row.user_id: row.rules for row in rows}


async def read_rules(db: Database, actor: Actor, user_id: str) -> wire.NotificationRules:
    """Raises NotFound for nobody, Forbidden for a stranger's unless the actor edits people."""
    if await db.value(select(User, User.id).where(User.id == user_id)) is None:
        raise NotFound
    if user_id != actor.user_id and not actor.may_in(PEOPLE_EDIT, None):
        raise Forbidden("only administrators read other people's rules", code="role")
    return await _rules_of(db, user_id)


async def _rules_of(db: Database, user_id: str) -> wire.NotificationRules:
    row = await db.row(_RulesRow, select(NotificationRules).where(NotificationRules.user_id == user_id))
    rules = row.rules if row else Rules()
    addresses = (await living_addresses(db, [user_id])).get(user_id, [])
    return wire.NotificationRules(
        critical=rules.critical,
        warning=rules.warning,
        info=rules.info,
        is_default=row is None,
        warnings=rule_flaws(rules, addresses),
        rev=row.rev if row else 0,
    )


async def save_rules(
    db: Database, actor: Actor, data: wire.NotificationRulesInput, *, rev: int, now: datetime
) -> tuple[Writes, wire.NotificationRules]:
    """Replace my rules; `rev` 0 means that there are none yet. Raises Invalid naming the step."""
    before = await _rules_of(db, actor.user_id)
    require_rev(before.rev, rev)
    await _check(db, actor, {name: getattr(data, name) for name in SEVERITIES})
    rules = Rules(critical=data.critical, warning=data.warning, info=data.info)
    writes = Writes()
    if rev == 0:
        writes.insert(NotificationRules, user_id=actor.user_id, rules=rules, rev=1)
    else:
        writes.update(NotificationRules, {"user_id": actor.user_id, "rev": rev}, rules=rules, rev=rev + 1)
    addresses = (await living_addresses(db, [actor.user_id])).get(actor.user_id, [])
    after = wire.NotificationRules(
        critical=rules.critical,
        warning=rules.warning,
        info=rules.info,
        is_default=False,
        warnings=rule_flaws(rules, addresses),
        rev=rev + 1,
    )
    about = About("notification_rules", actor.user_id, actor.name)
    audit(writes, actor, about, now=now, before=before if rev else None, after=after)
    return writes, after


async def preview_rule(db: Database, actor: Actor, data: wire.RulePreviewInput, *, now: datetime) -> wire.RulePreview:
    """What would happen, by the same decision that pages are planned by."""
    rules = (await load_rules(db, [actor.user_id])).get(actor.user_id, Rules())
    if data.steps is not None:
        await _check(db, actor, {"steps": data.steps})
        rules = msgspec.structs.replace(rules, **{data.severity: data.steps})
    rule = rules.of(data.severity)
    reachable = (await living_addresses(db, [actor.user_id])).get(actor.user_id, [])
    names = {row.id: row.name for row in await addresses_of(db, actor.user_id)}
    start = data.at or now
    contacts = sorted(contact_order(rule, reachable, start), key=lambda each: (each.at, each.turn))
    return wire.RulePreview(
        severity=data.severity,
        lines=[
            wire.RulePreviewLine(
                at=contact.at,
                after_s=int((contact.at - start).total_seconds()),
                channel=contact.address.channel,
                contact_method_id=contact.address.id,
                name=names[contact.address.id],
                label=contact.address.label,
            )
            for contact in contacts
        ],
        is_last_resort=is_last_resort(rule, reachable),
        warnings=[flaw for flaw in rule_flaws(rules, reachable) if flaw.severity == data.severity],
    )


async def _check(db: Database, actor: Actor, rules: dict[str, tuple[Turn, ...]]) -> None:
    mine = {row.id for row in await addresses_of(db, actor.user_id)}
    flaws: list[FieldError] = []
    for name, rule in rules.items():
        for n, turn in enumerate(rule):
            if (turn.channel is None) == (turn.contact_method_id is None):
                message = "name either a channel or a contact method"
                flaws.append(FieldError(f"{name}[{n}]", "one_of", message))
            elif turn.channel is not None and turn.channel not in CHANNELS:
                flaws.append(FieldError(f"{name}[{n}].channel", "unknown", "there is no such channel"))
            elif turn.contact_method_id is not None and turn.contact_method_id not in mine:
                message = "there is no such contact method"
                flaws.append(FieldError(f"{name}[{n}].contact_method_id", "unknown", message))
    if flaws:
        raise Invalid(flaws)
