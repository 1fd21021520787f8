"""People, teams, and what people were granted."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class User(Table, tablename="user_account"):
    """A person who may sign in; `deactivated_at` ends that. TOTP counts once confirmed, each time step once."""

    id = Varchar(length=ID, primary_key=True, default=None)
    email = Varchar(length=254, default=None)
    name = Varchar(length=120, default=None)
    role = Varchar(length=20, default=None)
    password_hash = Text(default=None)
    language = Varchar(length=8, default=None)
    time_zone = Varchar(length=64, default=None)
    totp_enc = Text(null=True, default=None)
    totp_confirmed_at = BigInt(null=True, default=None)
    totp_last_step = BigInt(null=True, default=None)
    deactivated_at = BigInt(null=True, default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class Team(Table, tablename="team"):
    """Owns services, policies and schedules; a private one is seen by its members only. Kept for what was."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=80, default=None)
    is_private = Boolean(default=None)
    covers_need_approval = Boolean(default=False)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class Membership(Table, tablename="membership"):
    """A person in a team."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    team_id = Varchar(length=ID, default=None)
    is_manager = Boolean(default=None)


class PermissionSet(Table, tablename="permission_set"):
    """Permissions under a name, to be granted."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=80, default=None)
    description = Varchar(length=500, default=None)
    permissions = Text(default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class SetPermission(Table, tablename="set_permission"):
    """One permission of a set, to find the sets that hold it."""

    id = Varchar(length=ID + 60, primary_key=True, default=None)
    set_id = Varchar(length=ID, default=None)
    permission = Varchar(length=40, default=None)


class Grant(Table, tablename="permission_grant"):
    """A permission set that a person holds somewhere; `scope_id` is empty where the scope is the account."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    role_id = Varchar(length=ID, default=None)
    scope_kind = Varchar(length=20, default=None)
    scope_id = Varchar(length=ID, default=None)
    created_at = BigInt(default=None)


class Invitation(Table, tablename="invitation"):
    """Somebody who may make an account; `round` grows with each sending and ends the links before it."""

    id = Varchar(length=ID, primary_key=True, default=None)
    email = Varchar(length=254, default=None)
    name = Varchar(length=80, default=None)
    role = Varchar(length=20, default=None)
    language = Varchar(length=8, default=None)
    team_ids = Text(default=None)
    round = Integer(default=None)
    is_mailed = Boolean(default=None)
    invited_by = Varchar(length=ID, default=None)
    created_at = BigInt(default=None)
    expires_at = BigInt(default=None)
    accepted_at = BigInt(null=True, default=None)
    withdrawn_at = BigInt(null=True, default=None)
