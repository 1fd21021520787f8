"""How people and programs prove who they are; nothing here lets anybody in who reads it."""

from piccolo.columns import BigInt, Boolean, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Session(Table, tablename="session"):
    """One signed-in device: an access token for minutes, a refresh token whose `generation` grows with each use.

    `used_generation` is the newest whose access token was used, `proven_at` when its owner last proved to be it.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    device = Varchar(length=200, default=None)
    family_hash = Varchar(length=64, default=None)
    generation = BigInt(default=None)
    access_hash = Varchar(length=64, default=None)
    access_until = BigInt(default=None)
    rotated_at = BigInt(default=None)
    last_seen_at = BigInt(default=None)
    created_at = BigInt(default=None)
    revoked_at = BigInt(null=True, default=None)
    used_generation = BigInt(default=None)
    proven_at = BigInt(null=True, default=None)


class RecoveryCode(Table, tablename="recovery_code"):
    """Signs in once where the authenticator is lost."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    code_hash = Varchar(length=64, default=None)
    used_at = BigInt(null=True, default=None)


class PasswordReset(Table, tablename="password_reset"):
    """A link that sets a password once; without a person it was asked for an address that nobody has."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, null=True, default=None)
    is_mailed = Boolean(default=None)
    created_at = BigInt(default=None)
    expires_at = BigInt(default=None)
    used_at = BigInt(null=True, default=None)


class ApiKey(Table, tablename="api_key"):
    """A program's way in; it may what its scopes say and its maker may, of one team or of all."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=80, default=None)
    key_hash = Varchar(length=64, default=None)
    hint = Varchar(length=20, default=None)
    scopes = Text(default=None)
    team_id = Varchar(length=ID, null=True, default=None)
    made_by = Varchar(length=ID, default=None)
    created_at = BigInt(default=None)
    expires_at = BigInt(null=True, default=None)
    last_used_at = BigInt(null=True, default=None)
    revoked_at = BigInt(null=True, default=None)


class PairingCode(Table, tablename="pairing_code"):
    """What a phone shows to become its maker's: once, within minutes."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    code_hash = Varchar(length=64, default=None)
    created_at = BigInt(default=None)
    expires_at = BigInt(default=None)
    used_at = BigInt(null=True, default=None)
    undone_at = BigInt(null=True, default=None)
    session_id = Varchar(length=ID, null=True, default=None)
