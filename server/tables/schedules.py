"""Schedules, their overrides, and what was planned and told."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Schedule(Table, tablename="schedule"):
    """Who is on call: layers as `shared.domain.on_call.schedules` reads them."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=40, default=None)
    description = Varchar(length=500, default=None)
    team_id = Varchar(length=ID, default=None)
    time_zone = Varchar(length=64, default=None)
    overlap = Varchar(length=20, default=None)
    layers = Text(default=None)
    former = Text(default="[]")
    description_in_notices = Boolean(default=False)
    notices = Text(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class ScheduleMember(Table, tablename="schedule_member"):
    """Whom the layers of a schedule name, and which roles on call: `named_id` is either's."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    named_id = Varchar(length=ID, default=None)


class Override(Table, tablename="override"):
    """Somebody else for a while; kept for ever."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    scope = Text(default=None)
    start_at = BigInt(default=None)
    end_at = BigInt(default=None)
    reason = Varchar(length=500, default=None)
    created_at = BigInt(default=None)
    created_by = Varchar(length=ID, default=None)
    cancelled_at = BigInt(null=True, default=None)


class OnCallRole(Table, tablename="on_call_role"):
    """A role of the account that members of layers hold; the built-in ones stay."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=40, default=None)
    is_built_in = Boolean(default=False)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class PlannedTurn(Table, tablename="planned_turn"):
    """Who has a turn of a `least_recent` layer."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    layer_id = Varchar(length=ID, default=None)
    turn = Integer(default=None)
    group_index = Integer(default=None)
    against_time_off = Boolean(default=False)


class ShiftNotice(Table, tablename="shift_notice"):
    """A notice that was sent, so that it is never sent twice; `user_id` is empty for a group's."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    kind = Varchar(length=20, default=None)
    about_at = BigInt(default=None)
    user_id = Varchar(length=ID, default=None)
    sent_at = BigInt(default=None)


class ShiftRemark(Table, tablename="shift_remark"):
    """What the holder of a watch left for the next one; the last one counts."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    text = Varchar(length=2000, default=None)
    created_at = BigInt(default=None)


class ShiftChange(Table, tablename="shift_change"):
    """Who gained and lost which shifts by a change that somebody made."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    made_by = Varchar(length=ID, default=None)
    made_at = BigInt(default=None)
    changes = Text(default=None)
