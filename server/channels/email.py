"""Mail through the operator's relay; a link in it opens the app and never acts by itself."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from functools import partial
from html import escape
from typing import Annotated, cast
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from server.channels import refusals
from server.channels.base import CHANNELS, Channel, DeliveryFailed, Message, Now, Receipt, labelled
from server.channels.privacy import visible_words
from server.kernel.concurrency_limit import ConcurrencyLimit, Standstill
from server.kernel.outbound import Outbound, OutboundError
from server.kernel.settings import Checks, SettingError, Settings, read_settings
from shared.domain.mail_address import is_mail_address
from shared.domain.time import localized

TIMEOUT_S = 10.0
AT_ONCE, STILL_S = 4, 5.0
LETTERS_AT_ONCE = 2
"""Beside the places of messages: however many subscribers there are, no page waits behind them."""
LONGEST_HEADER = 900
"""A link that is folded is a link that is broken."""
MAX_SUBJECT = 200
OF_MANY = policy.compat32.clone(max_line_length=LONGEST_HEADER, linesep="\r\n")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPEN_INCIDENT = {"en": "Open incident #{number}", "zh": "打开故障 #{number}"}
OPEN = {"en": "Open it in Dogwatch", "zh": "在 Dogwatch 中打开"}
NO_SUCH_MAILBOX = re.compile(r"\b5\.1\.(1|2|3|6|10)\b|\b5\.2\.1\b")
ENHANCED_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
MAILBOX_CODES = (550, 551, 553)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSAFE_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What was kept before addresses were checked as they are now is still tried.
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")


class Address(Struct, frozen=True, kw_only=True):
    """A mailbox, without a display name."""

    email: str


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The relay that mail leaves by, and who it is from."""

    smtp_url: Annotated[
        str,
        labelled("Email server", "邮件服务器", is_secret=True, example="smtp://user:password@host:587"),
    ] = ""
    smtp_from: Annotated[str, labelled("Sender", "发件人", example="Dogwatch <pager@example.com>")] = ""


class Letter(Struct, frozen=True, kw_only=True):
    """What somebody reads who is nobody of ours: words in both forms, and where a click takes them off the list.

    `thread` is the same for all letters about one thing.
    """

    id: str
    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""
    thread: str = ""


class Relay(Struct, frozen=True, kw_only=True):
    """The mail relay as SMTP_URL describes it."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool

    @property
    def start_tls(self) -> bool | None:
        """A password only travels encrypted, except within the machine; otherwise TLS when it is offered."""
        if self.is_tls:
            return False
        return True if self.user and self.host not in LOOPBACK else None


def plain_mail(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A mail of words alone."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail.set_content(text)
    return mail


@CHANNELS.member
class Email(Channel):
    slug = "email"
    title = {"en": "Email", "zh": "邮件"}
    Address = Address
    Config = Config
    at_once = AT_ONCE

    def __init__(self, relay: Relay | None, sender: str, now: Now, *, guarded: Outbound | None = None) -> None:
        """`guarded` says where a relay may stand that was not named by the environment."""
        self._relay = relay
        self._guarded = guarded
        self._sender = sender
        self._now = now
        self._limit = ConcurrencyLimit(AT_ONCE, still_s=STILL_S)
        self._letters = ConcurrencyLimit(LETTERS_AT_ONCE, still_s=STILL_S)

    @classmethod
    def configured(cls, settings: Settings, outbound: Outbound, now: Now) -> "Email | None":
        """Without a relay there is no mail, except in the demo, where it goes nowhere."""
        del outbound
        if settings.demo:
            return cls(None, settings.smtp_from, now)
        _require_sender(settings.smtp_from)
        if settings.admin_fallback_email and not is_mail_address(settings.admin_fallback_email):
            raise SettingError("ADMIN_FALLBACK_EMAIL", "must be an email address")
        return cls(read_relay(settings.smtp_url), settings.smtp_from, now) if settings.smtp_url else None

    @classmethod
    def adopted(cls, config: Struct, settings: Settings, outbound: Outbound, now: Now) -> "Email | None":
        del settings
        given = cast(Config, config)
        if not given.smtp_url:
            return None
        checks = Checks()
        checks.look(lambda: read_settings({"SMTP_URL": given.smtp_url}))
        checks.look(lambda: _require_sender(given.smtp_from))
        checks.require()
        return cls(read_relay(given.smtp_url), given.smtp_from, now, guarded=outbound)

    @classmethod
    def group_address(cls, text: str) -> Address:
        """A mailing list."""
        if not is_mail_address(text):
            raise ValueError(text)
        return Address(email=text)

    async def send(self, message: Message, address: Struct) -> Receipt:
        receiver = cast(Address, address).email
        if not _MAILBOX.fullmatch(receiver):
            raise DeliveryFailed("invalid_address", permanent=True, dead_address=True)
        made = partial(compose, message, receiver, sender=self._sender, now=self._now)
        return await self._leave(made, receiver, self._limit)

    async def post(self, letter: Letter) -> Receipt:
        """Hand a letter over, behind nobody's messages; raises as `send` does."""
        if not _MAILBOX.fullmatch(letter.to):
            raise DeliveryFailed("invalid_address", permanent=True, dead_address=True)
        made = partial(compose_letter, letter, sender=self._sender, now=self._now)
        return await self._leave(made, letter.to, self._letters)

    async def _leave(
        self, made: Callable[[], EmailMessage | MIMEMultipart], receiver: str, limit: ConcurrencyLimit
    ) -> Receipt:
        """What can't be put together is a failure as what a relay refuses is."""
        if self._relay is None:
            return Receipt(reference="demo")
        try:
            mail = made()
            async with limit.place(), asyncio.timeout(TIMEOUT_S):
                if self._guarded is not None:
                    await self._guarded.check(self._relay.host, self._relay.port)
                answer = await hand_over(mail, receiver, self._relay)
        except Standstill as error:
            raise DeliveryFailed("timeout", permanent=False) from error
        except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
            raise mail_failure(error) from error
        except OutboundError as error:
            raise refusals.on_the_way(error) from error
        return Receipt(reference=answer[:200])

    @classmethod
    def label(cls, address: Struct) -> str:
        name, _, domain = cast(Address, address).email.partition("@")
        return f"{name[:1]}…@{domain}"


def _require_sender(text: str) -> None:
    if not is_mail_address(parseaddr(text)[1]):
        raise SettingError("SMTP_FROM", "must be an email address, with or without a name")


def read_relay(url: str) -> Relay:
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return Relay(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if is_tls else 587 if parts.username else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
        is_tls=is_tls,
    )


async def hand_over(mail: EmailMessage | MIMEMultipart, receiver: str, relay: Relay) -> str:
    """What the relay answered; raises what aiosmtplib raises."""
    _, answer = await aiosmtplib.send(
        mail if isinstance(mail, EmailMessage) else mail.as_bytes(policy=OF_MANY),
        sender=parseaddr(str(mail["From"]))[1],
        recipients=[receiver],
        hostname=relay.host,
        port=relay.port,
        username=relay.user,
        password=relay.password,
        use_tls=relay.is_tls,
        start_tls=relay.start_tls,
        timeout=TIMEOUT_S,
    )
    return answer


def compose(message: Message, receiver: str, *, sender: str, now: Now) -> EmailMessage:
    """The mail: its Message-ID is the notification's id, so that a retry is the same mail."""
    words = visible_words(message)
    at = localized(message.time_zone, message.sent_at or now())
    mail = _addressed(message.id, receiver, words.title, sender=sender, at=at)
    if message.subject is not None:
        mail["References"] = f"<incident-{_token(message.subject.incident_id)}@{_domain(sender)}>"
    mail.set_content(_text(message, words.body))
    mail.add_alternative(_html(message, words.title, words.body), subtype="html")
    return mail


def compose_letter(letter: Letter, *, sender: str, now: Now) -> MIMEMultipart:
    """The mail of a letter; mail programs show their own way off the list for its headers (RFC 8058).

    Put together without the parsers of `EmailMessage`, which take a millisecond a mail: there are thousands.
    """
    name, mailbox = parseaddr(sender)
    if not letter.to.isascii():
        raise ValueError(letter.to)
    mail = MIMEMultipart("alternative", policy=OF_MANY)
    mail["From"] = formataddr((_one_line(name), mailbox))
    mail["To"] = letter.to
    mail["Subject"] = _encoded(_one_line(letter.subject)[:MAX_SUBJECT])
    _mark(mail, letter.id, sender, now())
    if letter.thread:
        mail["References"] = f"<{_token(letter.thread)}@{_domain(sender)}>"
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail["Precedence"] = "bulk"
    for subtype, words in (("plain", letter.text), ("html", letter.html)):
        safe = _UNSAFE_TEXT.sub("", words)
        mail.attach(MIMEText(safe, subtype, "us-ascii" if _travels_as_it_is(safe) else "utf-8", policy=OF_MANY))
    return mail


def _encoded(subject: str) -> str:
    """As it is, unless it holds letters beyond ASCII, or what would be read as such."""
    if subject.isascii() and "=?" not in subject:
        return subject
    return Header(subject, "utf-8", header_name="Subject").encode().replace("\n", "")


def _travels_as_it_is(words: str) -> bool:
    return words.isascii() and max(map(len, words.split("\n"))) <= LONGEST_HEADER


def _addressed(id: str, to: str, subject: str, *, sender: str, at: datetime) -> EmailMessage:
    """A mail without its words yet."""
    name, mailbox = parseaddr(sender)
    mail = EmailMessage(policy=policy.default.clone(max_line_length=LONGEST_HEADER))
    mail["From"] = MailAddress(display_name=_one_line(name), addr_spec=mailbox)
    mail["To"] = MailAddress(addr_spec=to)
    mail["Subject"] = _one_line(subject)[:MAX_SUBJECT]
    _mark(mail, id, sender, at)
    return mail


def _mark(mail: EmailMessage | MIMEMultipart, id: str, sender: str, at: datetime) -> None:
    """When, which one, and that no program is to answer it."""
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{_token(id)}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].partition("@")[2]


def _one_line(words: str) -> str:
    """What a header may hold: a line break in it would start another header."""
    return _CONTROL.sub(" ", _UNSAFE_TEXT.sub("", words)).strip()


def _token(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "", value)[:120] or "notification"


def _link(message: Message) -> tuple[str, str] | None:
    subject = message.subject
    if subject is None and message.url.startswith(("http://", "https://")):
        return OPEN.get(message.language, OPEN["en"]), _CONTROL.sub("", message.url)
    if subject is None or not subject.url.startswith(("http://", "https://")):
        return None
    every = OPEN if message.privacy == "id" else OPEN_INCIDENT
    words = every.get(message.language, every["en"])
    return words.format(number=subject.number), _CONTROL.sub("", subject.url)


def _text(message: Message, body: str) -> str:
    parts = [_UNSAFE_TEXT.sub("", body)]
    if link := _link(message):
        parts.append(f"{link[0]}: {link[1]}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(message: Message, title: str, body: str) -> str:
    link = _link(message)
    button = f'<p><a href="{escape(link[1])}">{escape(link[0])}</a></p>' if link else ""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in _UNSAFE_TEXT.sub("", body).splitlines() if line)
    return (
        f'<!doctype html><html lang="{escape(message.language)}"><body style="font-family:sans-serif">'
        f"<h2>{escape(_one_line(title))}</h2>{paragraphs}{button}</body></html>"
    )


def mail_failure(error: Exception) -> DeliveryFailed:
    """What a relay's refusal means: 4xx passes, 5xx stays; only a missing mailbox blames the address."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _mailbox_failure(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPSenderRefused):
        is_passing = 400 <= error.code < 500
        return DeliveryFailed(f"smtp_{error.code}", permanent=False, bad_credentials=not is_passing)
    if isinstance(error, aiosmtplib.SMTPTimeoutError | TimeoutError):
        return DeliveryFailed("timeout", permanent=False)
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return DeliveryFailed("unreachable", permanent=False)
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return DeliveryFailed("connection_lost", permanent=False)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return DeliveryFailed(f"smtp_{error.code}", permanent=error.code >= 500)
    if isinstance(error, ValueError):
        return DeliveryFailed("invalid_message", permanent=True)
    return DeliveryFailed("unreachable", permanent=False)


def _mailbox_failure(refused: aiosmtplib.SMTPRecipientRefused) -> DeliveryFailed:
    enhanced = ENHANCED_CODE.search(refused.message)
    says_so = NO_SUCH_MAILBOX.search(refused.message) if enhanced else refused.code in MAILBOX_CODES
    is_permanent = refused.code >= 500
    return DeliveryFailed(f"smtp_{refused.code}", permanent=is_permanent, dead_address=is_permanent and bool(says_so))
