"""What Nordwind's status pages have besides picture 12: templates, a rule, subscribers, and what became of emails."""

from datetime import datetime, timedelta

from msgspec import structs

from shared.domain.alerts import Severity
from shared.domain.status.events import ComponentImpact
from shared.wire import status_pages as wire
from shared.wire import status_publishing as publishing
from shared.wire import status_subscribers as subscribers
from tests.kit import nordwind_status as nordwind
from tests.kit.night import NOW, PAYMENTS, PLATFORM


def pages() -> list[wire.StatusPage]:
    """One for customers, one for colleagues."""
    inside = nordwind.page(
        id="page-inside", name="Nordwind inside", slug="inside", is_public=False, domain=None, team_id=PLATFORM.id
    )
    return [nordwind.page(team_id=PAYMENTS.id), inside]


def groups() -> list[wire.Group]:
    """The components of the page for customers."""
    found, rows = nordwind.components()
    return [
        wire.Group(
            id=group.id,
            name=group.name,
            is_uptime_hidden=False,
            components=tuple(
                wire.Component(
                    id=row.id,
                    name=row.name,
                    description=row.description,
                    available_since=row.available_since_at,
                    is_uptime_hidden=False,
                    impact="operational",
                )
                for row in rows
                if row.group_id == group.id
            ),
        )
        for group in found
    ]


def events() -> list[wire.StatusEvent]:
    """Those of the picture, as long before the night as they were before it; the last first."""
    told = [each.as_wire(nordwind.NOW) for each in (*nordwind.PAST, nordwind.COMING, nordwind.OPEN)]
    return [moved(each, NOW - nordwind.NOW) for each in told][::-1]


def moved(event: wire.StatusEvent, by: timedelta) -> wire.StatusEvent:
    """As long before the night as it was before the picture."""

    def at(instant: datetime | None) -> datetime | None:
        return instant + by if instant is not None else None

    return structs.replace(
        event,
        began_at=event.began_at + by,
        closed_at=at(event.closed_at),
        starts_at=at(event.starts_at),
        ends_at=at(event.ends_at),
        published_at=at(event.published_at),
        updates=tuple(
            structs.replace(each, at=each.at + by, next_update_at=at(each.next_update_at)) for each in event.updates
        ),
    )


def templates() -> list[wire.StatusTemplate]:
    """One to begin with, one for the end."""
    partly = ComponentImpact(component_id="checkout", impact="partial_outage")
    begins = wire.StatusTemplate(
        id="tpl-begin",
        name="Payments fail",
        kind="incident",
        status=None,
        title=nordwind.phrase("Some payments are failing|部分支付失败"),
        body=nordwind.passage(
            "We see more failing payments than usual and are looking into it.|支付失败多于平时，正在调查。"
        ),
        changes=(partly,),
        rev=1,
    )
    over = structs.replace(
        begins,
        id="tpl-over",
        name="Over",
        status="resolved",
        title=wire.Phrase(),
        body=nordwind.passage("All works again.|已恢复正常。"),
        changes=(),
    )
    return [begins, over]


def rule() -> publishing.StatusRule:
    """Asks before it publishes."""
    return publishing.StatusRule(
        id="rule-checkout",
        name="Checkout is down",
        service_ids=("svc-checkout",),
        labels=(),
        severity=Severity.CRITICAL,
        template_id="tpl-begin",
        changes=(),
        approver_ids=("u-ana",),
        resolves_by_itself=True,
        is_active=True,
        rev=1,
    )


def person(email: str, *, imported: bool = False, failed: str | None = None) -> subscribers.StatusSubscriber:
    return subscribers.StatusSubscriber(
        id=f"sub-{email}",
        email=email,
        user_name=None,
        language="en",
        is_for_all=True,
        component_ids=(),
        event_ids=(),
        asked_at=NOW - timedelta(days=30),
        confirmed_at=NOW - timedelta(days=30),
        is_imported=imported,
        failed_for=failed,
    )


def people() -> list[subscribers.StatusSubscriber]:
    some = structs.replace(
        person("status@harbour.example"), is_for_all=False, component_ids=("checkout", "payouts"), language="zh"
    )
    unsure = structs.replace(person("new@quay.example"), confirmed_at=None)
    return [person("ops@anchor.example"), some, unsure, person("gone@pier.example", failed="smtp_550")]


def letters(event: wire.StatusEvent) -> list[subscribers.StatusLetter]:
    newest = event.updates[0]
    return [
        subscribers.StatusLetter(
            update_id=newest.id, label="o…@anchor.example", state="sent", reason=None, sent_at=newest.at
        ),
        subscribers.StatusLetter(
            update_id=newest.id, label="g…@pier.example", state="failed", reason="smtp_550", sent_at=None
        ),
    ]
