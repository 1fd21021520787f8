"""Passwords, their reset, and the second factor."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shared.wire.sessions import Text


class ResetRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks for a mail; the answer is the same whether anybody has this address."""

    email: Text


class ResetConfirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Text
    password: Text


class ResetLink(Struct, frozen=True, kw_only=True):
    """For an administrator to hand over."""

    link: str
    expires_at: datetime
    is_mailed: bool


class PasswordChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    old_password: Text
    new_password: Text


class PasswordProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The own password once more, before something that protects the account is changed."""

    password: Text


class TotpEnrolment(Struct, frozen=True, kw_only=True):
    """The secret for an authenticator app, as text, as link and as QR code (SVG); counts once a code is confirmed."""

    secret: str
    uri: str
    qr_svg: str


class TotpCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(max_length=40)]


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Shown once; each signs in once in place of a code."""

    recovery_codes: list[str]
