"""Nordwind's status page as picture 12 has it: Sat 28 Nov 2026, 15:42 in Berlin."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.status_pages.components import ComponentRow, GroupRow
from server.status_pages.read import EventRow, LoadedEvent, UpdateRow
from server.status_pages.site.content import SiteContent
from shared.domain.status.events import ComponentImpact, EventKind, EventStatus, Impact, is_closed
from shared.wire.status_pages import PageLink, Passage, Phrase, StatusPage

NOW = datetime(2026, 11, 28, 14, 42, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
PARTS = {
    "Payments|支付": (
        ("checkout", "Card checkout|银行卡收单"),
        ("wallets", "Wallets and bank transfers|钱包与银行转账"),
        ("payouts", "Payouts|代付"),
        ("webhooks", "Webhooks|Webhook"),
    ),
    "Platform|平台": (("api", "API|API"), ("dashboard", "Dashboard and sign-in|控制台与登录")),
    "Data|数据": (("reports", "Reports and exports|报表与导出"), ("warehouse", "Warehouse sync|数仓同步")),
}
DESCRIBED = {"webhooks": "Delivery of events to your servers|把事件投递到您的服务器"}
SINCE = {"warehouse": datetime(2026, 9, 22, 7, 0, tzinfo=UTC)}


def phrase(text: str) -> Phrase:
    en, _, zh = text.partition("|")
    return Phrase(en=en, zh=zh)


def passage(text: str) -> Passage:
    en, _, zh = text.partition("|")
    return Passage(en=en, zh=zh)


def page(**more: Any) -> StatusPage:
    values: dict[str, Any] = {
        "id": "page-nordwind",
        "name": "Nordwind",
        "slug": "nordwind",
        "team_id": "team",
        "is_public": True,
        "time_zone": "Europe/Berlin",
        "language": "en",
        "domain": "status.nordwind.example",
        "links": (
            PageLink(label=phrase("Support|支持"), url="https://nordwind.example/support"),
            PageLink(label=phrase("nordwind.example"), url="https://nordwind.example"),
        ),
        "header": Passage(),
        "footer": Passage(),
        "accent": None,
        "accent_dark": None,
        "takes_subscribers": True,
        "rev": 1,
    }
    return StatusPage(**(values | more))


def components() -> tuple[tuple[GroupRow, ...], tuple[ComponentRow, ...]]:
    groups: list[GroupRow] = []
    rows: list[ComponentRow] = []
    for place, (name, parts) in enumerate(PARTS.items()):
        groups.append(GroupRow(id=f"g{place}", name=phrase(name), position=place, is_uptime_hidden=False))
        for n, (id, called) in enumerate(parts):
            rows.append(
                ComponentRow(
                    id=id,
                    group_id=f"g{place}",
                    name=phrase(called),
                    description=phrase(DESCRIBED.get(id, "")),
                    position=n,
                    available_since_at=SINCE.get(id, LONG_AGO),
                    is_uptime_hidden=False,
                    removed_at=None,
                )
            )
    return tuple(groups), tuple(rows)


def said(
    at: datetime, status: EventStatus, text: str = "", promised: datetime | None = None, /, **impacts: Impact
) -> Any:
    changes = tuple(ComponentImpact(component_id=id, impact=impact) for id, impact in impacts.items())
    return at, status, passage(text), changes, promised


def event(number: int, title: str, *updates: Any, kind: EventKind = "incident", **hours: datetime) -> LoadedEvent:
    rows = tuple(
        UpdateRow(
            id=f"u{number}-{n}",
            event_id=f"e{number}",
            at=at,
            status=status,
            body=body,
            changes=changes,
            next_update_at=promised,
            edited_at=None,
            is_notified=True,
        )
        for n, (at, status, body, changes, promised) in enumerate(updates)
    )
    row = EventRow(
        id=f"e{number}",
        page_id="page-nordwind",
        number=number,
        kind=kind,
        title=phrase(title),
        status=rows[-1].status,
        began_at=rows[0].at,
        closed_at=next((each.at for each in rows if is_closed(kind, each.status)), None),
        starts_at=hours.get("starts_at"),
        ends_at=hours.get("ends_at"),
        is_by_time=False,
        publish_at=None,
        published_at=rows[0].at,
        rev=1,
    )
    return LoadedEvent(row, rows)


def over(number: int, title: str, start: datetime, minutes: float, text: str, **impacts: Impact) -> LoadedEvent:
    end = start + timedelta(minutes=minutes)
    return event(number, title, said(start, "investigating", "", **impacts), said(end, "resolved", text))


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def _planned(at: datetime, component: str) -> Any:
    change = ComponentImpact(component_id=component, impact="under_maintenance")
    return at, "scheduled", Passage(), (change,), None


def maintained(number: int, title: str, start: datetime, minutes: float, text: str, component: str) -> LoadedEvent:
    end = start + timedelta(minutes=minutes)
    return event(
        number,
        title,
        _planned(start - timedelta(days=2), component),
        said(start, "in_progress"),
        said(end, "completed", text),
        kind="maintenance",
        starts_at=start,
        ends_at=end,
    )


DONE = "Resolved.|已解决。"
COMPLETED = "Completed.|已完成。"
SLOW: Impact = "degraded_performance"
CERTIFICATE = "Card checkout, certificate renewal|银行卡收单证书更新"
AS_PLANNED = "Completed as planned, nothing was interrupted.|按计划完成，没有中断。"
RETRIES = "Resolved. Retries from one large customer filled the queue.|已解决。一个大客户的重试占满了队列。"
FULL_DISK = "Resolved. A full disk on one node; more space was added.|已解决。一个节点磁盘已满，已扩容。"
PAST = (
    over(1, "Payouts delayed|代付延迟", utc(9, 18, 9), 39, DONE, payouts="partial_outage"),
    over(2, "Sign-in slow|登录缓慢", utc(9, 23, 8), 50, DONE, dashboard="degraded_performance"),
    over(3, "Checkout errors|收单报错", utc(10, 2, 12), 23, DONE, checkout="partial_outage", api="partial_outage"),
    maintained(4, "Reports, index rebuild|报表索引重建", utc(10, 12, 3), 40, COMPLETED, "reports"),
    over(5, "Slow payments|支付缓慢", utc(10, 18, 10), 70, DONE, checkout=SLOW, wallets=SLOW),
    over(6, "Webhooks late|Webhook 延迟", utc(10, 27, 10), 30, DONE, webhooks="degraded_performance"),
    over(7, "Webhooks down|Webhook 中断", utc(10, 28, 10), 150, DONE, webhooks="full_outage"),
    maintained(8, "Payouts, new bank|代付新增银行", utc(11, 5, 3), 30, COMPLETED, "payouts"),
    over(9, "Exports failing|导出失败", utc(11, 9, 10), 120, DONE, reports="partial_outage"),
    over(10, "Exports slow|导出缓慢", utc(11, 10, 10), 60, DONE, reports="degraded_performance"),
    maintained(11, CERTIFICATE, utc(11, 16, 4), 15, AS_PLANNED, "checkout"),
    over(
        12, "Webhooks slower than usual|Webhook 比平时慢", utc(11, 20, 9), 72, RETRIES, webhooks="degraded_performance"
    ),
    over(13, "Warehouse sync ran late|数仓同步延迟", utc(11, 23, 7), 38, FULL_DISK, warehouse="degraded_performance"),
)
PAUSE = "Reports and exports pause for about 20 min. Payments are not touched.|报表与导出暂停约 20 分钟，支付不受影响。"
COMING = event(
    14,
    "Database upgrade, Reports|报表数据库升级",
    said(utc(11, 25, 9), "scheduled", PAUSE, reports="under_maintenance"),
    kind="maintenance",
    starts_at=utc(12, 2, 4),
    ends_at=utc(12, 2, 5, 30),
)
FIRST = "We see more failing card payments than usual and are looking into it.|银行卡支付失败多于平时，正在调查。"
SECOND = (
    "About one in twelve card payments in Europe fails with “try again”. Webhooks arrive up to 11 min late."
    "|欧洲约十二分之一的银行卡支付失败。"
)
THIRD = (
    "A release from 14:48 rejects some card payments in Europe. We are rolling it back. Wallet and bank payments work."
    " Payments that failed were not charged."
    "|14:48 发布的版本会拒绝部分欧洲银行卡支付，正在回滚。钱包和银行转账正常。失败的支付不会扣款。"
)
OPEN = event(
    15,
    "Some card payments in Europe are failing|欧洲部分银行卡支付失败",
    said(utc(11, 28, 13, 55), "investigating", FIRST, checkout="partial_outage"),
    said(utc(11, 28, 14, 12), "investigating", SECOND, webhooks="degraded_performance"),
    said(utc(11, 28, 14, 36), "identified", THIRD, utc(11, 28, 15, 15)),
)


def site(*events: LoadedEvent, **more: Any) -> SiteContent:
    """The page with these events, the last first."""
    groups, rows = components()
    shown = page(**more)
    address = f"https://{shown.domain}/" if shown.domain else f"http://localhost/status/{shown.slug}/"
    ordered = sorted(events, key=lambda each: (each.row.began_at, each.row.number), reverse=True)
    return SiteContent(page=shown, groups=groups, components=rows, events=tuple(ordered), images=(), address=address)


def nordwind(*, is_broken: bool = True, **more: Any) -> SiteContent:
    """As on picture 12, or without the outage as on 12c."""
    return site(*PAST, COMING, *([OPEN] if is_broken else []), **more)
