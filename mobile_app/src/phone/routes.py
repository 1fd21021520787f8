"""Every address of the app in one table: its screen, what that is beside or over, what it reads, which tab is lit."""

from collections.abc import Mapping
from typing import Final, get_args

from phone import showing
from phone.alerts.alert import AlertScreen
from phone.alerts.alerts import AlertList
from phone.alerts.events import EventList, EventScreen
from phone.base.addresses import MINE
from phone.console.audit.screen import AuditScreen
from phone.console.configure import ConfigureIndex
from phone.console.coverage.screen import CoverageScreen
from phone.console.dead_letters.screen import DeadLettersScreen
from phone.console.kind_list import KindList
from phone.console.kinds import KINDS, kind_of
from phone.console.people.invite_table import InviteTable
from phone.covers.screen import CoverList, CoverScreen
from phone.incidents.detail.all_alerts import AllAlerts
from phone.me.messages import MessagesScreen
from phone.me.screen import MeScreen
from phone.me.security import SecurityScreen
from phone.on_call.screen import OnCallScreen
from phone.outbox.screen import OutboxScreen
from phone.route import Draw, First, Load, Route
from phone.schedules.lanes.screen import LanesScreen
from phone.schedules.schedules import ScheduleList
from phone.sign_in.screen import SignIn
from phone.time_off.screen import MyTimeOffScreen
from shared.wire.incidents import Severity

ABOVE_ACTIONS: Final = 140
ABOVE_SAVING: Final = 130


def _is_severity(params: Mapping[str, str]) -> bool:
    return params["severity"] in get_args(Severity)


def _is_kind(params: Mapping[str, str]) -> bool:
    return kind_of(params["kind"]) is not None


def _of_status_page(part: str, screen: str, draw: Draw, load: Load) -> Route:
    return Route(
        pattern=f"/status-pages/{{page_id}}/{part}",
        screen=screen,
        draw=draw,
        load=load,
        tab="/status-pages",
        over="/status-pages/{page_id}",
    )


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
        draw=showing.draw_incidents,
        load=showing.preselected,
        tab="/incidents",
        pick="incidents.pick",
        first=First(lambda app: app.incidents.beside(app.incident.id), within=lambda app: app.incidents),
    ),
    Route(
        pattern="/incidents/new",
        screen="new-incident",
        draw=showing.draw_new_incident,
        load=lambda app, _: app.names.need("services", "people"),
        tab="/incidents",
        over="/incidents",
        alone_when_wide=True,
    ),
    Route(
        pattern="/incidents/{incident_id}",
        screen="incident",
        draw=showing.draw_incident,
        load=showing.incident,
        tab="/incidents",
        over="/incidents",
        lift=ABOVE_ACTIONS,
    ),
    Route(
        pattern="/incidents/{incident_id}/alerts",
        screen="incident-alerts",
        draw=lambda app, _: AllAlerts(app, app.incident_alerts, app.incident, app.look),
        load=showing.alerts_of,
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
        first=First(showing.first_alert, within=lambda app: app.alerts),
    ),
    Route(
        pattern="/alerts/{alert_id}",
        screen="alert",
        draw=lambda app, _: AlertScreen(app, app.alerts, app.look),
        load=lambda app, here: showing.archived(app.alerts, here.params["alert_id"]),
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
        load=lambda app, here: showing.archived(app.events, here.params["event_id"]),
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
        load=lambda app, _: showing.on_call(app),
        tab="/on-call",
    ),
    Route(
        pattern="/covers",
        screen="covers",
        draw=lambda app, here: CoverList(
            app, app.covers, app.link, app.look, here.params.get("request_id"), hand_over=app.hand_over
        ),
        load=lambda app, _: showing.on_call(app),
        tab="/on-call",
        pick="covers.pick",
        up="/on-call",
    ),
    Route(
        pattern="/covers/{request_id}",
        screen="cover",
        draw=lambda app, here: CoverScreen(app, app.covers, app.link, app.look, here.params["request_id"]),
        load=lambda app, here: showing.on_call(app, here.params["request_id"]),
        tab="/on-call",
        over="/covers",
    ),
    Route(
        pattern="/schedules",
        screen="schedules",
        draw=lambda app, _: LanesScreen(app, app.lanes, app.rotas, app.schedule, app.hand_over, app.look),
        load=lambda app, _: showing.lanes(app),
        tab="/schedules",
        rests=True,
    ),
    Route(
        pattern="/schedules/all",
        screen="schedule-list",
        draw=lambda app, here: ScheduleList(app, app.rotas, app.on_call, app.look, here.params.get("schedule_id")),
        load=lambda app, _: showing.schedule(app, MINE),
        tab="/schedules",
        pick="schedules.pick",
        up="/schedules",
    ),
    Route(
        pattern="/schedules/mine",
        screen="my-shifts",
        draw=showing.draw_my_shifts,
        load=lambda app, _: showing.schedule(app, MINE),
        tab="/schedules",
        over="/schedules",
        beside="/schedules/all",
        also=(("schedule_id", MINE),),
    ),
    Route(
        pattern="/schedules/{schedule_id}",
        screen="schedule",
        draw=showing.draw_schedule,
        load=lambda app, here: showing.schedule(app, here.params["schedule_id"]),
        tab="/schedules",
        over="/schedules",
        beside="/schedules/all",
    ),
    Route(
        pattern="/status-pages",
        screen="status",
        draw=showing.draw_status,
        load=lambda app, _: app.status.board.freshen(),
        tab="/status-pages",
        pick="status.pick",
        first=First(lambda app: app.status.board.beside(app.status.page.id), within=lambda app: app.status.board),
    ),
    Route(
        pattern="/status-pages/new",
        screen="status-page-new",
        draw=showing.draw_status_page_form,
        load=showing.status_page_form,
        tab="/status-pages",
        over="/status-pages",
    ),
    Route(
        pattern="/status-pages/{page_id}",
        screen="status-page",
        draw=showing.draw_status_page,
        load=showing.status_page,
        tab="/status-pages",
        over="/status-pages",
    ),
    Route(
        pattern="/status-pages/{page_id}/events/{event_id}",
        screen="status-event",
        draw=showing.draw_status_event,
        load=showing.status_event,
        tab="/status-pages",
        over="/status-pages/{page_id}",
        lift=ABOVE_ACTIONS,
    ),
    _of_status_page("settings", "status-page-settings", showing.draw_status_page_form, showing.status_page_form),
    _of_status_page("components", "status-components", showing.draw_status_components, showing.status_page),
    _of_status_page("templates", "status-templates", showing.draw_status_templates, showing.status_page),
    _of_status_page("rules", "status-rules", showing.draw_status_rules, showing.status_rules),
    _of_status_page("subscribers", "status-subscribers", showing.draw_status_subscribers, showing.status_subscribers),
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
        load=showing.ways,
        tab="/me",
    ),
    Route(
        pattern="/me/rules/{severity}",
        screen="me-rule",
        draw=showing.draw_rule,
        load=showing.ways,
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
        draw=showing.draw_pair,
        load=lambda app, _: app.safety.begin_pairing(),
        tab="/me",
        up="/me",
    ),
    Route(
        pattern="/me/messages",
        screen="me-messages",
        draw=lambda app, _: MessagesScreen(app, app.ways, app.look),
        load=showing.ways,
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
        load=lambda app, _: showing.kinds(app),
        tab="/configure",
        phone_tab="/me",
        up="/me",
    ),
    Route(
        pattern="/configure/audit",
        screen="audit",
        draw=lambda app, _: AuditScreen(app, app.trail, app.directory, app.look),
        load=showing.audit,
        tab="/configure",
        over="/configure",
        alone_when_wide=True,
    ),
    Route(
        pattern="/configure/coverage",
        screen="coverage",
        draw=lambda app, _: CoverageScreen(app, app.coverage, app.look, directory=app.directory),
        load=showing.coverage,
        tab="/configure",
        over="/configure",
        alone_when_wide=True,
    ),
    Route(
        pattern="/configure/dead-letters",
        screen="dead-letters",
        draw=lambda app, _: DeadLettersScreen(app, app.dead_letters, app.look),
        load=lambda app, _: showing.dead_letters(app),
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
        load=lambda app, here: showing.objects(app, here.params["kind"]),
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
        load=lambda app, _: showing.objects(app, "invitations"),
        tab="/configure",
        over="/configure/invitations",
        narrow=True,
    ),
    Route(
        pattern="/configure/{kind}/{object_id}",
        screen="configure-object",
        draw=showing.draw_object,
        load=lambda app, here: showing.object_of(app, here.params["kind"], here.params["object_id"]),
        tab="/configure",
        over="/configure/{kind}",
        lift=ABOVE_SAVING,
        exists=_is_kind,
        narrow=True,
    ),
    Route(
        pattern="/first-run",
        screen="first-run",
        draw=showing.draw_first_run,
        load=lambda app, _: app.first_run.load(),
        tab="/incidents",
    ),
)
