"""Workdays and rest days."""

from piccolo.columns import BigInt, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class ServiceCalendar(Table, tablename="service_calendar"):
    """Weekdays, linked holidays and own days decide each date."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=40, default=None)
    team_id = Varchar(length=ID, default=None)
    time_zone = Varchar(length=64, default=None)
    rest_weekdays = Text(default=None)
    holidays = Text(default=None)
    own_days = Text(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class CoverageWarning(Table, tablename="coverage_warning"):
    """A hole that its team was told of, so that it is told once."""

    id = Varchar(length=ID, primary_key=True, default=None)
    service_id = Varchar(length=ID, default=None)
    severity = Varchar(length=20, default=None)
    level = BigInt(default=None)
    hole_at = BigInt(default=None)
