"""Addresses, and the messages on their way to them."""

from piccolo.columns import BigInt, Integer, SmallInt, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Address(Table, tablename="address"):
    """Where a person can be reached on one channel; `dead_at` once the provider says it is gone.

    A phone has the installation and the session that registered it, and says in `device` what it lets the app do.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    channel = Varchar(length=20, default=None)
    name = Varchar(length=200, default=None)
    label = Varchar(length=200, default=None)
    value_enc = Text(default=None)
    value_hmac = Varchar(length=64, default=None)
    created_at = BigInt(default=None)
    verified_at = BigInt(null=True, default=None)
    last_receipt_at = BigInt(null=True, default=None)
    dead_at = BigInt(null=True, default=None)
    dead_reason = Varchar(length=80, null=True, default=None)
    installation_id = Varchar(length=100, null=True, default=None)
    session_id = Varchar(length=ID, null=True, default=None)
    device = Text(null=True, default=None)


class Delivery(Table, tablename="delivery"):
    """One message to one address, retried under one id."""

    id = Varchar(length=ID, primary_key=True, default=None)
    priority = SmallInt(default=None)
    channel = Varchar(length=20, default=None)
    address_id = Varchar(length=ID, default=None)
    message = Text(default=None)
    state = Varchar(length=20, default=None)
    attempts = Integer(default=None)
    reason = Varchar(length=120, null=True, default=None)
    created_at = BigInt(default=None)
    due_at = BigInt(default=None)
    expires_at = BigInt(null=True, default=None)
    cancelled_at = BigInt(null=True, default=None)
    accepted_at = BigInt(null=True, default=None)
    failed_at = BigInt(null=True, default=None)
    acted_at = BigInt(null=True, default=None)
