"""People, teams, and the sessions they are signed in with."""

from piccolo.columns import BigInt, Boolean, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class User(Table, tablename="user_account"):
    """A person who may sign in; `deactivated_at` ends that."""

    id = Varchar(length=ID, primary_key=True, default=None)
    email = Varchar(length=254, default=None)
    name = Varchar(length=120, default=None)
    role = Varchar(length=20, default=None)
    password_hash = Text(default=None)
    language = Varchar(length=8, default=None)
    time_zone = Varchar(length=64, default=None)
    deactivated_at = BigInt(null=True, default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class Team(Table, tablename="team"):
    """Owns services, policies and schedules; a private one is seen by its members only."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=80, default=None)
    is_private = Boolean(default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class Membership(Table, tablename="membership"):
    """A person in a team."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    team_id = Varchar(length=ID, default=None)
    is_manager = Boolean(default=None)


class Session(Table, tablename="session"):
    """One signed-in device: an access token for minutes, a refresh token that rotates."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    device = Varchar(length=200, default=None)
    access_hash = Varchar(length=64, default=None)
    access_until = BigInt(default=None)
    refresh_hash = Varchar(length=64, default=None)
    previous_hash = Varchar(length=64, null=True, default=None)
    rotated_at = BigInt(default=None)
    created_at = BigInt(default=None)
    revoked_at = BigInt(null=True, default=None)
