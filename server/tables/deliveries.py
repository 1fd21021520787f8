"""Addresses, and the messages on their way to them."""

from piccolo.columns import BigInt, Integer, SmallInt, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Address(Table, tablename="address"):
    """Where a person can be reached on one channel, once `verified_at`; `dead_at` once the provider says it is gone.

    A phone has the installation and the session that registered it, says in `device` what it lets the app do, and
    `last_receipt_at` is when it last said that something arrived. `route` is what its messages leave by.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    channel = Varchar(length=20, default=None)
    route = Varchar(length=40, default=None)
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
    """One message to one address, retried under one id; `about` names the cover request that it asks about.

    `failed_at` is the last failed try's time, `troubled_at` when others stopped waiting for it.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    priority = SmallInt(default=None)
    channel = Varchar(length=20, default=None)
    address_id = Varchar(length=ID, default=None)
    message = Text(default=None)
    about = Varchar(length=ID, null=True, default=None)
    state = Varchar(length=20, default=None)
    attempts = Integer(default=None)
    reason = Varchar(length=120, null=True, default=None)
    created_at = BigInt(default=None)
    due_at = BigInt(default=None)
    expires_at = BigInt(null=True, default=None)
    cancelled_at = BigInt(null=True, default=None)
    accepted_at = BigInt(null=True, default=None)
    received_at = BigInt(null=True, default=None)
    displayed_at = BigInt(null=True, default=None)
    opened_at = BigInt(null=True, default=None)
    failed_at = BigInt(null=True, default=None)
    troubled_at = BigInt(null=True, default=None)
    acted_at = BigInt(null=True, default=None)


class ContactCode(Table, tablename="contact_code"):
    """A code that was mailed to an address; it follows from `delivery_id` and the secret key, and the newest counts."""

    delivery_id = Varchar(length=ID, primary_key=True, default=None)
    address_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    sent_at = BigInt(default=None)
    tries = Integer(default=None)


class WayOut(Table, tablename="way_out"):
    """A route that this installation can send by now; none at all means that no process has said so yet."""

    route = Varchar(length=40, primary_key=True, default=None)


class ChannelSetting(Table, tablename="channel_setting"):
    """A way out's own `Config`; `refused_told_at` is when the administrators last heard that it is refused."""

    slug = Varchar(length=20, primary_key=True, default=None)
    config_enc = Text(null=True, default=None)
    refused_told_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class MessagePrivacy(Table, tablename="message_privacy"):
    """One row: what messages may say in the clear, for everybody."""

    id = Varchar(length=ID, primary_key=True, default=None)
    lock_screen = Varchar(length=10, default=None)
    rev = BigInt(default=None)
