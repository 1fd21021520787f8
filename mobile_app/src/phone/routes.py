"""Every address of the app in one table: its screen, what that is beside or over, what it reads, which tab is lit."""

from collections.abc import Mapping
from typing import Final, cast, get_args
from urllib.parse import parse_qs, urlsplit

import flet as ft

from phone import loading
from phone.alerts.alert import AlertScreen
from phone.alerts.alerts import AlertList
from phone.alerts.events import EventList, EventScreen
from phone.base.addresses import MINE
from phone.console.audit.screen import AuditScreen
from phone.console.configure import ConfigureIndex
from phone.console.configured import ConfiguredObject
from phone.console.coverage.screen import CoverageScreen
from phone.console.dead_letters.screen import DeadLettersScreen
from phone.console.kind_list import KindList
from phone.console.kinds import KINDS, kind_of
from phone.console.people.invite_table import InviteTable
from phone.covers.screen import CoverList, CoverScreen
from phone.first_run.checklist_card import ChecklistCard
from phone.first_run.screen import FirstRunScreen, not_yours
from phone.hand_over.hand_over_sheet import HandOverSheet
from phone.incidents.detail.all_alerts import AllAlerts
from phone.incidents.detail.screen import IncidentDetail
from phone.incidents.list.new_incident import NewIncidentScreen
from phone.incidents.list.screen import IncidentList
from phone.me.messages import MessagesScreen
from phone.me.pair import PairScreen
from phone.me.rules import RuleScreen
from phone.me.screen import MeScreen
from phone.me.security import SecurityScreen
from phone.on_call.my_shifts import MyShiftsScreen
from phone.on_call.screen import OnCallScreen
from phone.outbox.screen import OutboxScreen
from phone.route import At, Route
from phone.schedules.lanes.screen import LanesScreen
from phone.schedules.schedule import ScheduleScreen
from phone.schedules.schedules import ScheduleList
from phone.sign_in.screen import SignIn
from phone.stores import Stores
from phone.time_off.screen import MyTimeOffScreen
from shared.wire.incidents import Severity

ABOVE_ACTIONS: Final = 140
ABOVE_SAVING: Final = 130


def _incidents(app: Stores, here: At) -> ft.Control:
    def checklist() -> ft.Control:
        card = ChecklistCard(app, app.first_run, app.directory, app.ways, app.look)
        return ft.Column([card, HandOverSheet(app, app.hand_over, app.look)], spacing=0, tight=True)

    stores = app.incident_stores
    watched = (*stores.of_list, app.link)
    return IncidentList(app, stores, app.look, here.params.get("incident_id"), checklist, *watched)


def _new_incident(app: Stores, _: At) -> ft.Control:
    asked = parse_qs(urlsplit(app.place.route).query).get("to", [""])
    return NewIncidentScreen(app, app.by_hand, app.names, app.look, asked[0])


def _schedule(app: Stores, _: At) -> ft.Control:
    return ScheduleScreen(app, app.schedule, app.rotas, app.on_call, app.hand_over, app.look, handover=app.handover)


def _my_shifts(app: Stores, _: At) -> ft.Control:
    return MyShiftsScreen(
        app,
        app.my_shifts,
        app.rotas,
        app.covers,
        app.look,
        app.clock.minutes,
        hand_over=app.hand_over,
        on_call=app.on_call,
    )


def _rule(app: Stores, here: At) -> ft.Control:
    return RuleScreen(app, app.ways, app.look, cast(Severity, here.params["severity"]))


def _pair(app: Stores, _: At) -> ft.Control:
    return PairScreen(app, app.safety, app.look, lambda: "/first-run" if app.first_run.is_wanted else "/me")


def _first_run(app: Stores, _: At) -> ft.Control:
    if not app.first_run.may_be_done:
        return not_yours(app)
    return FirstRunScreen(app, app.first_run, app.first_run.form, app.directory, app.ways, app.look)


def _object(app: Stores, here: At) -> ft.Control:
    kind = KINDS[here.params["kind"]]
    return ConfiguredObject(app, app.form_stores, app.look, kind, here.params["object_id"], app.editor, app.directory)


def _is_severity(params: Mapping[str, str]) -> bool:
    return params["severity"] in get_args(Severity)


def _is_kind(params: Mapping[str, str]) -> bool:
    return kind_of(params["kind"]) is not None


ROUTES: Final = (
    Route(
        pattern="/sign-in",
        screen="sign-in",
        draw=lambda app, _: SignIn(app, app.session, app.joining, app.look, joined=app.joined, sign_in=app.sign_in),
        tab=None,
    ),
    Route(
        pattern="/incidents",
        screen="incidents",
        draw=_incidents,
        load=loading.preselected,
        tab="/incidents",
        pick="incidents.pick",
        first=lambda app: app.incidents.beside(app.incident.id),
    ),
    Route(
        pattern="/incidents/new",
        screen="new-incident",
        draw=_new_incident,
        load=lambda app, _: app.names.need("services", "people"),
        tab="/incidents",
        over="/incidents",
        alone_when_wide=True,
    ),
    Route(
        pattern="/incidents/{incident_id}",
        screen="incident",
        draw=lambda app, _: IncidentDetail(
            app, app.incident, app.outbox, app.look, names=app.names, verbs=app.verbs, silencing=app.silencing
        ),
        load=lambda app, here: app.incident.show(here.params["incident_id"]),
        tab="/incidents",
        over="/incidents",
        lift=ABOVE_ACTIONS,
    ),
    Route(
        pattern="/incidents/{incident_id}/alerts",
        screen="incident-alerts",
        draw=lambda app, _: AllAlerts(app, app.incident_alerts, app.incident, app.look),
        load=loading.alerts_of,
        tab="/incidents",
        over="/incidents",
    ),
    Route(
        pattern="/alerts",
        screen="alerts",
        draw=lambda app, here: AlertList(app, app.alerts, app.look, here.params.get("alert_id"), names=app.names),
        load=lambda app, _: app.alerts.load(),
        tab="/alerts",
        phone_tab="/incidents",
        pick="archive.pick",
    ),
    Route(
        pattern="/alerts/{alert_id}",
        screen="alert",
        draw=lambda app, _: AlertScreen(app, app.alerts, app.look),
        load=lambda app, here: loading.archived(app.alerts, here.params["alert_id"]),
        tab="/alerts",
        over="/alerts",
    ),
    Route(
        pattern="/events",
        screen="events",
        draw=lambda app, here: EventList(app, app.events, app.look, here.params.get("event_id")),
        load=lambda app, _: app.events.load(),
        tab="/alerts",
        phone_tab="/incidents",
        pick="archive.pick",
        up="/alerts",
    ),
    Route(
        pattern="/events/{event_id}",
        screen="event",
        draw=lambda app, _: EventScreen(app, app.events, app.look),
        load=lambda app, here: loading.archived(app.events, here.params["event_id"]),
        tab="/alerts",
        over="/events",
    ),
    Route(
        pattern="/on-call",
        screen="on-call",
        draw=lambda app, _: OnCallScreen(
            app,
            app.on_call,
            app.rotas,
            app.covers,
            app.link,
            app.look,
            hand_over=app.hand_over,
            line=app.next_in_line,
        ),
        load=lambda app, _: loading.on_call(app),
        tab="/on-call",
    ),
    Route(
        pattern="/covers",
        screen="covers",
        draw=lambda app, here: CoverList(
            app, app.covers, app.link, app.look, here.params.get("request_id"), hand_over=app.hand_over
        ),
        load=lambda app, _: loading.on_call(app),
        tab="/on-call",
        pick="covers.pick",
        up="/on-call",
    ),
    Route(
        pattern="/covers/{request_id}",
        screen="cover",
        draw=lambda app, here: CoverScreen(app, app.covers, app.link, app.look, here.params["request_id"]),
        load=lambda app, here: loading.on_call(app, here.params["request_id"]),
        tab="/on-call",
        over="/covers",
    ),
    Route(
        pattern="/schedules",
        screen="schedules",
        draw=lambda app, _: LanesScreen(app, app.lanes, app.rotas, app.schedule, app.hand_over, app.look),
        load=lambda app, _: loading.lanes(app),
        tab="/schedules",
        rests=True,
    ),
    Route(
        pattern="/schedules/all",
        screen="schedule-list",
        draw=lambda app, here: ScheduleList(app, app.rotas, app.on_call, app.look, here.params.get("schedule_id")),
        load=lambda app, _: loading.schedule(app, MINE),
        tab="/schedules",
        pick="schedules.pick",
        up="/schedules",
    ),
    Route(
        pattern="/schedules/mine",
        screen="my-shifts",
        draw=_my_shifts,
        load=lambda app, _: loading.schedule(app, MINE),
        tab="/schedules",
        over="/schedules",
        beside="/schedules/all",
        also=(("schedule_id", MINE),),
    ),
    Route(
        pattern="/schedules/{schedule_id}",
        screen="schedule",
        draw=_schedule,
        load=lambda app, here: loading.schedule(app, here.params["schedule_id"]),
        tab="/schedules",
        over="/schedules",
        beside="/schedules/all",
    ),
    Route(
        pattern="/outbox",
        screen="outbox",
        draw=lambda app, _: OutboxScreen(app, app.demo_outbox, app.look),
        load=lambda app, _: app.demo_outbox.load(),
        tab="/outbox",
        demo_only=True,
    ),
    Route(
        pattern="/me",
        screen="me",
        draw=lambda app, _: MeScreen(
            app, app.session, app.ways, app.look, account=app.account, unsent=lambda: len(app.outbox.pending)
        ),
        load=loading.ways,
        tab="/me",
    ),
    Route(
        pattern="/me/rules/{severity}",
        screen="me-rule",
        draw=_rule,
        load=loading.ways,
        tab="/me",
        up="/me",
        exists=_is_severity,
    ),
    Route(
        pattern="/me/security",
        screen="me-security",
        draw=lambda app, _: SecurityScreen(app, app.safety, app.session, app.look),
        load=lambda app, _: app.safety.load(),
        tab="/me",
        up="/me",
    ),
    Route(
        pattern="/me/pair",
        screen="me-pair",
        draw=_pair,
        load=lambda app, _: app.safety.begin_pairing(),
        tab="/me",
        up="/me",
    ),
    Route(
        pattern="/me/messages",
        screen="me-messages",
        draw=lambda app, _: MessagesScreen(app, app.ways, app.look),
        load=loading.ways,
        tab="/me",
        up="/me",
    ),
    Route(
        pattern="/me/time-off",
        screen="me-time-off",
        draw=lambda app, _: MyTimeOffScreen(
            app, app.time_off, app.link, app.look, feed=app.feed, hand_over=app.hand_over
        ),
        load=lambda app, _: app.time_off.load(),
        tab="/me",
        up="/me",
    ),
    Route(
        pattern="/configure",
        screen="configure",
        draw=lambda app, _: ConfigureIndex(app, app.directory, app.look, app.coverage),
        load=lambda app, _: loading.kinds(app),
        tab="/configure",
        phone_tab="/me",
        up="/me",
    ),
    Route(
        pattern="/configure/audit",
        screen="audit",
        draw=lambda app, _: AuditScreen(app, app.trail, app.directory, app.look),
        load=loading.audit,
        tab="/configure",
        over="/configure",
        alone_when_wide=True,
    ),
    Route(
        pattern="/configure/coverage",
        screen="coverage",
        draw=lambda app, _: CoverageScreen(app, app.coverage, app.look, directory=app.directory),
        load=loading.coverage,
        tab="/configure",
        over="/configure",
        alone_when_wide=True,
    ),
    Route(
        pattern="/configure/dead-letters",
        screen="dead-letters",
        draw=lambda app, _: DeadLettersScreen(app, app.dead_letters, app.look),
        load=lambda app, _: loading.dead_letters(app),
        tab="/configure",
        over="/configure",
        alone_when_wide=True,
    ),
    Route(
        pattern="/configure/{kind}",
        screen="configure-list",
        draw=lambda app, here: KindList(
            app, app.directory, app.editor, app.look, KINDS[here.params["kind"]], here.params.get("object_id")
        ),
        load=lambda app, here: loading.objects(app, here.params["kind"]),
        tab="/configure",
        over="/configure",
        pick="console.pick",
        exists=_is_kind,
        narrow=True,
    ),
    Route(
        pattern="/configure/invitations/table",
        screen="invite-table",
        also=(("kind", "invitations"),),
        draw=lambda app, _: InviteTable(app, app.inviting, app.look, directory=app.directory),
        load=lambda app, _: loading.objects(app, "invitations"),
        tab="/configure",
        over="/configure/invitations",
        narrow=True,
    ),
    Route(
        pattern="/configure/{kind}/{object_id}",
        screen="configure-object",
        draw=_object,
        load=lambda app, here: loading.object_of(app, here.params["kind"], here.params["object_id"]),
        tab="/configure",
        over="/configure/{kind}",
        lift=ABOVE_SAVING,
        exists=_is_kind,
        narrow=True,
    ),
    Route(
        pattern="/first-run",
        screen="first-run",
        draw=_first_run,
        load=lambda app, _: app.first_run.load(),
        tab="/incidents",
    ),
)
