"""Who is told about which incident, by which rules."""

from piccolo.columns import BigInt, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Notification(Table, tablename="notification"):
    """One message to one address of one person, by their rule for `severity`; its delivery has the same id."""

    id = Varchar(length=ID, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    cycle = Integer(default=None)
    step = Integer(default=None)
    user_id = Varchar(length=ID, default=None)
    address_id = Varchar(length=ID, default=None)
    channel = Varchar(length=20, default=None)
    turn = Integer(default=None)
    severity = Varchar(length=10, default=None)
    created_at = BigInt(default=None)


class NotificationRules(Table, tablename="notification_rules"):
    """A person's own rule for each severity; without a row the default holds."""

    user_id = Varchar(length=ID, primary_key=True, default=None)
    rules = Text(default=None)
    rev = BigInt(default=None)


class Waiting(Table, tablename="waiting"):
    """An unanswered incident that a person was paged for; the number of them is the badge on the app's icon."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    incident_id = Varchar(length=ID, default=None)
