"""Time off, colleagues who were asked to stand in, and calendars in and out."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class TimeOff(Table, tablename="time_off"):
    """A person is away; `calendar_id` and `uid` name the entry it came from."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    start_at = BigInt(default=None)
    end_at = BigInt(default=None)
    reason = Varchar(length=500, default=None)
    calendar_id = Varchar(length=ID, null=True, default=None)
    uid = Varchar(length=300, null=True, default=None)
    created_at = BigInt(default=None)
    cancelled_at = BigInt(null=True, default=None)


class TimeOffCalendar(Table, tablename="time_off_calendar"):
    """A calendar of somebody's time off; one without an address was read once."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    name = Varchar(length=80, default=None)
    url_enc = Text(null=True, default=None)
    read_at = BigInt(null=True, default=None)
    problem = Varchar(length=300, null=True, default=None)
    created_at = BigInt(default=None)
    left_out = Text(default=None)


class CoverAsked(Table, tablename="cover_asked"):
    """Who was asked by which request; what they answered is the request's own."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    request_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)


class CoverRequest(Table, tablename="cover_request"):
    """Somebody asks colleagues for cover of `[start_at, end_at)`; `asked` are their ids with their answers."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    requester_id = Varchar(length=ID, default=None)
    start_at = BigInt(default=None)
    end_at = BigInt(default=None)
    reason = Varchar(length=500, default=None)
    asked = Text(default=None)
    state = Varchar(length=20, default=None)
    needs_approval = Boolean(default=False)
    accepted_by = Varchar(length=ID, null=True, default=None)
    decided_by = Varchar(length=ID, null=True, default=None)
    closed_because = Varchar(length=20, null=True, default=None)
    override_id = Varchar(length=ID, null=True, default=None)
    created_at = BigInt(default=None)
    updated_at = BigInt(default=None)
    rev = BigInt(default=None)


class CalendarFeed(Table, tablename="calendar_feed"):
    """An address to subscribe to; `round` grows when it is made anew, which ends the one before."""

    id = Varchar(length=ID, primary_key=True, default=None)
    kind = Varchar(length=20, default=None)
    owner_id = Varchar(length=ID, default=None)
    round = Integer(default=None)
    made_at = BigInt(default=None)
