"""Status pages: what they are made of, what was published on them, and what an edit replaced."""

from piccolo.columns import BigInt, Boolean, Bytea, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class StatusPage(Table, tablename="status_page"):
    """A page with its look; `rev` also moves with its components."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=120, default=None)
    slug = Varchar(length=63, default=None)
    team_id = Varchar(length=ID, default=None)
    is_public = Boolean(default=None)
    time_zone = Varchar(length=64, default=None)
    language = Varchar(length=2, default=None)
    domain = Varchar(length=253, null=True, default=None)
    links = Text(default=None)
    header = Text(default=None)
    footer = Text(default=None)
    accent = Varchar(length=7, null=True, default=None)
    accent_dark = Varchar(length=7, null=True, default=None)
    takes_subscribers = Boolean(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class StatusImage(Table, tablename="status_image"):
    """A page's own picture, by what it is for."""

    id = Varchar(length=ID + 20, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    slot = Varchar(length=20, default=None)
    media_type = Varchar(length=40, default=None)
    content = Bytea(default=None)


class StatusGroup(Table, tablename="status_group"):
    """Components under one heading, or under none."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    name = Text(null=True, default=None)
    position = Integer(default=None)
    is_uptime_hidden = Boolean(default=None)


class StatusComponent(Table, tablename="status_component"):
    """What customers know by a name; one that was removed stays for what was."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    group_id = Varchar(length=ID, default=None)
    name = Text(default=None)
    description = Text(default=None)
    position = Integer(default=None)
    available_since_at = BigInt(default=None)
    is_uptime_hidden = Boolean(default=None)
    created_at = BigInt(default=None)
    removed_at = BigInt(null=True, default=None)


class StatusEvent(Table, tablename="status_event"):
    """An incident or a maintenance; `status`, `began_at` and `closed_at` follow from its updates."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    number = BigInt(default=None)
    kind = Varchar(length=20, default=None)
    title = Text(default=None)
    status = Varchar(length=20, default=None)
    began_at = BigInt(default=None)
    closed_at = BigInt(null=True, default=None)
    starts_at = BigInt(null=True, default=None)
    ends_at = BigInt(null=True, default=None)
    is_by_time = Boolean(default=None)
    publish_at = BigInt(null=True, default=None)
    published_at = BigInt(null=True, default=None)
    created_by = Varchar(length=ID, default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class StatusUpdate(Table, tablename="status_update"):
    """What was said of an event, and what it made of components."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    event_id = Varchar(length=ID, default=None)
    at = BigInt(default=None)
    status = Varchar(length=20, default=None)
    body = Text(default=None)
    changes = Text(default=None)
    next_update_at = BigInt(null=True, default=None)
    edited_at = BigInt(null=True, default=None)
    is_notified = Boolean(default=None)


class StatusUpdateVersion(Table, tablename="status_update_version"):
    """What an update said before it was edited or removed."""

    id = Varchar(length=ID, primary_key=True, default=None)
    event_id = Varchar(length=ID, default=None)
    update_id = Varchar(length=ID, default=None)
    was = Text(default=None)
    is_removed = Boolean(default=None)
    changed_by = Varchar(length=ID, default=None)
    changed_by_name = Varchar(length=120, default=None)
    changed_at = BigInt(default=None)


class StatusEventLink(Table, tablename="status_event_link"):
    """One event names another of its page; read from both sides."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    event_id = Varchar(length=ID, default=None)
    other_id = Varchar(length=ID, default=None)


class StatusTemplate(Table, tablename="status_template"):
    """Words to begin with: of a whole event, or of updates with one status."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    name = Varchar(length=80, default=None)
    kind = Varchar(length=20, default=None)
    status = Varchar(length=20, null=True, default=None)
    title = Text(default=None)
    body = Text(default=None)
    changes = Text(default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class StatusRule(Table, tablename="status_rule"):
    """When an incident of on call is published by itself, or somebody is asked to; `since_at` is when it began to."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    name = Varchar(length=80, default=None)
    service_ids = Text(default=None)
    labels = Text(default=None)
    severity = Varchar(length=10, default=None)
    template_id = Varchar(length=ID, default=None)
    changes = Text(default=None)
    approver_ids = Text(default=None)
    resolves_by_itself = Boolean(default=None)
    is_active = Boolean(default=None)
    since_at = BigInt(default=None)
    saved_by = Varchar(length=ID, default=None)
    rev = BigInt(default=None)


class StatusMatch(Table, tablename="status_match"):
    """A rule was right for an incident, which happens once; with a proposal it waits for a person."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    rule_id = Varchar(length=ID, default=None)
    incident_id = Varchar(length=ID, default=None)
    proposal_id = Varchar(length=ID, null=True, default=None)
    matched_at = BigInt(default=None)


class StatusProposal(Table, tablename="status_proposal"):
    """What a rule would publish and somebody is to approve."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    rule_id = Varchar(length=ID, default=None)
    incident_id = Varchar(length=ID, default=None)
    state = Varchar(length=20, default=None)
    event_id = Varchar(length=ID, null=True, default=None)
    made_at = BigInt(default=None)
    decided_at = BigInt(null=True, default=None)
    decided_by_name = Varchar(length=120, null=True, default=None)


class StatusPublication(Table, tablename="status_publication"):
    """An event of a page is about an incident of on call; `is_told`: somebody knows that the incident is over."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    event_id = Varchar(length=ID, default=None)
    incident_id = Varchar(length=ID, default=None)
    rule_id = Varchar(length=ID, null=True, default=None)
    published_by = Varchar(length=ID, default=None)
    is_told = Boolean(default=None)


class StatusSubscriber(Table, tablename="status_subscriber"):
    """Whoever wants to hear of a page: a mail address that is to be confirmed, or a member by their own ways."""

    id = Varchar(length=ID, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    email = Varchar(length=254, null=True, default=None)
    user_id = Varchar(length=ID, null=True, default=None)
    language = Varchar(length=2, default=None)
    is_for_all = Boolean(default=None)
    component_ids = Text(default=None)
    event_ids = Text(default=None)
    asked_at = BigInt(default=None)
    confirmed_at = BigInt(null=True, default=None)
    is_imported = Boolean(default=None)
    failures = Integer(default=None)
    failed_for = Varchar(length=120, null=True, default=None)


class StatusLetter(Table, tablename="status_letter"):
    """An update on its way to one subscriber, and what became of it."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    page_id = Varchar(length=ID, default=None)
    event_id = Varchar(length=ID, default=None)
    update_id = Varchar(length=ID, default=None)
    subscriber_id = Varchar(length=ID, default=None)
    label = Varchar(length=254, default=None)
    state = Varchar(length=20, default=None)
    reason = Varchar(length=120, null=True, default=None)
    attempts = Integer(default=None)
    made_at = BigInt(default=None)
    sent_at = BigInt(null=True, default=None)
