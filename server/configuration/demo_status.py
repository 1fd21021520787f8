"""The demo's status pages: one for customers with eight weeks behind it, one for colleagues, templates and a rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.accounts.access.actors import Actor, load_actor
from server.configuration.demo_account import BERLIN, Account
from server.kernel.database import Database
from server.kernel.settings import Settings
from server.status_pages.components import load_components, save_components
from server.status_pages.events import make_event
from server.status_pages.from_incidents.publish import publish_incident
from server.status_pages.from_incidents.rules import save_rule
from server.status_pages.pages import save_page
from server.status_pages.templates import save_template
from shared.domain.alerts import Severity
from shared.domain.status.events import ComponentImpact, EventKind, EventStatus, Impact
from shared.wire import status_pages as wire
from shared.wire.status_publishing import PublishInput, StatusRuleInput

MEASURED_FOR: Final = timedelta(days=120)
CUSTOMERS: Final = {
    "Payments|支付": ("Card checkout|银行卡收单", "Payouts|代付", "Webhooks|Webhook"),
    "Platform|平台": ("API|API", "Dashboard and sign-in|控制台与登录"),
    "Data|数据": ("Reports and exports|报表与导出",),
}
COLLEAGUES: Final = {"": ("Warehouse|数据仓库", "Build servers|构建服务器", "VPN|VPN")}


@dataclass(frozen=True)
class PastEvent:
    """Something that is over: so many days ago at an hour of UTC, for so many minutes."""

    days_ago: int
    hour: float
    minutes: int
    title: str
    began: str
    ended: str
    impacts: tuple[tuple[str, Impact], ...]
    kind: EventKind = "incident"


SLOW: Final[Impact] = "degraded_performance"
PARTLY: Final[Impact] = "partial_outage"
DOWN: Final[Impact] = "full_outage"
PLANNED: Final[Impact] = "under_maintenance"
PAST: Final = (
    PastEvent(55, 9.2, 41, "Payouts delayed|代付延迟", "Payouts leave late. Nothing is lost.|代付发出较慢，不会丢失。",
         "All payouts have left.|全部代付已发出。", (("Payouts", PARTLY),)),
    PastEvent(48, 7.5, 95, "Sign-in slow|登录缓慢", "Signing in takes up to 20 s.|登录最长需要 20 秒。",
         "A full table of sessions was cleaned up.|已清理会话表。", (("Dashboard and sign-in", SLOW),)),
    PastEvent(44, 3.0, 40, "Reports, index rebuild|报表索引重建",
         "Reports pause for about 40 min.|报表暂停约 40 分钟。",
         "Completed as planned.|按计划完成。", (("Reports and exports", PLANNED),), "maintenance"),
    PastEvent(37, 12.1, 23, "Checkout errors|收单报错", "Some payments are refused.|部分支付被拒绝。",
         "A release was rolled back. Refused payments were not charged.|已回滚版本，被拒绝的支付未扣款。",
         (("Card checkout", PARTLY), ("API", PARTLY))),
    PastEvent(29, 10.4, 150, "Webhooks down|Webhook 中断",
         "No webhook is delivered; we keep them all.|Webhook 暂停投递，全部保留。",
         "All held webhooks were delivered by 13:40 UTC.|保留的 Webhook 已全部投递。", (("Webhooks", DOWN),)),
    PastEvent(22, 4.0, 30, "Payouts, a new bank|代付新增银行", "Payouts pause for 30 min.|代付暂停 30 分钟。",
         "Completed as planned.|按计划完成。", (("Payouts", PLANNED),), "maintenance"),
    PastEvent(16, 10.0, 118, "Exports failing|导出失败", "Exports end with an error.|导出报错。",
         "Disks were replaced, exports run again.|已更换磁盘，导出恢复。", (("Reports and exports", PARTLY),)),
    PastEvent(9, 8.7, 72, "Webhooks slower than usual|Webhook 比平时慢",
         "Webhooks arrive up to 11 min late.|Webhook 最多延迟 11 分钟。",
         "Retries from one large customer filled the queue.|一个大客户的重试占满了队列。", (("Webhooks", SLOW),)),
    PastEvent(3, 14.3, 26, "Card payments in Europe failing|欧洲银行卡支付失败",
         "About one in twelve payments fails.|约十二分之一的支付失败。",
         "A release was rolled back.|已回滚版本。", (("Card checkout", PARTLY),)),
)  # fmt: skip


async def make_status_pages(db: Database, settings: Settings, account: Account, now: datetime) -> None:
    """Everything of both pages, as of now."""
    manager = await _person(db, account, "Ana Ruiz")
    admin = await _person(db, account, "Ingrid Holm")
    page, parts = await _page(db, settings, manager, account.teams["Payments"], CUSTOMERS, now, is_public=True)
    for told in PAST:
        await _add_past(db, manager, page, parts, told, now)
    await _plan(db, manager, page, parts, now)
    await _prepare(db, manager, page, parts, account, now)
    inside, inner = await _page(db, settings, admin, account.teams["Platform"], COLLEAGUES, now, is_public=False)
    await _publish_open(db, admin, inside, inner, now)


async def _person(db: Database, account: Account, name: str) -> Actor:
    found = await load_actor(db, account.users[name])
    if found is None:
        raise LookupError(f"{name} is missing in the demo")
    return found


async def _page(
    db: Database,
    settings: Settings,
    by: Actor,
    team_id: str,
    structure: dict[str, tuple[str, ...]],
    now: datetime,
    *,
    is_public: bool,
) -> tuple[wire.StatusPage, dict[str, str]]:
    """A page, and its components' ids by their English names."""
    data = wire.StatusPageInput(
        name="Nordwind" if is_public else "Nordwind inside",
        slug="nordwind" if is_public else "inside",
        team_id=team_id,
        is_public=is_public,
        time_zone=BERLIN,
    )
    writes, page = await save_page(db, by, data, settings, id=None, rev=None, now=now)
    await db.apply(writes)
    groups = tuple(
        wire.GroupInput(
            name=_phrase(name) if name else None,
            components=tuple(
                wire.ComponentInput(name=_phrase(each), available_since=now - MEASURED_FOR) for each in components
            ),
        )
        for name, components in structure.items()
    )
    await db.apply(
        await save_components(db, by, page.id, wire.ComponentsInput(groups=groups), settings, rev=1, now=now)
    )
    return page, {row.name.en: row.id for row in await load_components(db, page.id)}


async def _add_past(
    db: Database, by: Actor, page: wire.StatusPage, parts: dict[str, str], told: PastEvent, now: datetime
) -> None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=told.days_ago)
    start = midnight + timedelta(hours=told.hour)
    end = start + timedelta(minutes=told.minutes)
    first: EventStatus = "investigating" if told.kind == "incident" else "in_progress"
    last: EventStatus = "resolved" if told.kind == "incident" else "completed"
    changes = tuple(ComponentImpact(component_id=parts[name], impact=impact) for name, impact in told.impacts)
    event = wire.StatusEventInput(
        kind=told.kind,
        title=_phrase(told.title),
        updates=(
            wire.UpdateInput(status=first, body=_passage(told.began), at=start, changes=changes),
            wire.UpdateInput(status=last, body=_passage(told.ended), at=end),
        ),
        is_past=True,
    )
    writes, _ = await make_event(db, by, page.id, event, now=now)
    await db.apply(writes)


async def _plan(db: Database, by: Actor, page: wire.StatusPage, parts: dict[str, str], now: datetime) -> None:
    """A maintenance that begins by itself the day after tomorrow."""
    starts = now.replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=2)
    pause = _passage("Reports pause for about 20 min. Payments are not touched.|报表暂停约 20 分钟，支付不受影响。")
    changes = (ComponentImpact(component_id=parts["Reports and exports"], impact=PLANNED),)
    event = wire.StatusEventInput(
        kind="maintenance",
        title=_phrase("Database upgrade, Reports|报表数据库升级"),
        updates=(wire.UpdateInput(status="scheduled", body=pause, changes=changes),),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
    )
    writes, _ = await make_event(db, by, page.id, event, now=now)
    await db.apply(writes)


async def _prepare(
    db: Database, by: Actor, page: wire.StatusPage, parts: dict[str, str], account: Account, now: datetime
) -> None:
    """Words to begin and to end with, and a rule that asks before it publishes."""
    begins = wire.StatusTemplateInput(
        name="Payments fail",
        kind="incident",
        title=_phrase("Some payments are failing|部分支付失败"),
        body=_passage("We see more failing payments than usual and are looking into it.|支付失败多于平时，正在调查。"),
        changes=(ComponentImpact(component_id=parts["Card checkout"], impact=PARTLY),),
    )
    writes, template = await save_template(db, by, page.id, begins, id=None, rev=None, now=now)
    await db.apply(writes)
    over = _passage("All works again. We will say here what we have learned.|已恢复正常，后续会在此说明。")
    ends = wire.StatusTemplateInput(name="Over", kind="incident", status="resolved", body=over)
    writes, _ = await save_template(db, by, page.id, ends, id=None, rev=None, now=now)
    await db.apply(writes)
    rule = StatusRuleInput(
        name="Checkout is down",
        service_ids=(account.services["checkout-api"],),
        severity=Severity.CRITICAL,
        template_id=template.id,
        approver_ids=(by.user_id,),
    )
    writes, _ = await save_rule(db, by, page.id, rule, id=None, rev=None, now=now)
    await db.apply(writes)


async def _publish_open(db: Database, by: Actor, page: wire.StatusPage, parts: dict[str, str], now: datetime) -> None:
    """What is open in the warehouse stands on the page for colleagues."""
    text = "SELECT id FROM incident WHERE state <> 'resolved' AND title LIKE 'Disk%' ORDER BY number DESC LIMIT 1"
    id = await db.value(text)
    if id is None:
        return
    data = PublishInput(
        status_page_id=page.id,
        title=_phrase("Warehouse short of disk space|数据仓库磁盘空间不足"),
        body=_passage("Heavy queries are paused while space is added.|扩容期间暂停大查询。"),
        changes=(ComponentImpact(component_id=parts["Warehouse"], impact=SLOW),),
    )
    writes, _ = await publish_incident(db, by, id, data, now=now)
    await db.apply(writes)


def _phrase(text: str) -> wire.Phrase:
    en, _, zh = text.partition("|")
    return wire.Phrase(en=en, zh=zh)


def _passage(text: str) -> wire.Passage:
    en, _, zh = text.partition("|")
    return wire.Passage(en=en, zh=zh)
