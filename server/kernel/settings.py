"""Settings from environment variables; a wrong one stops the start and names itself."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

VERSION = "0.1.0.dev0"
SHORTEST_PASSWORD = 12
SHORTEST_TOKEN = 16
LAST_PORT = 65_535
LONGEST_DAYS = 36_500
MOST = 1_000_000
T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingError(Exception):
    """An environment variable has a value that can't be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem
        self.also: tuple[SettingError, ...] = ()

    @property
    def all(self) -> "tuple[SettingError, ...]":
        """This one, and the others that were found with it."""
        return (self, *self.also)


class Checks:
    """Looks at several settings, so that all that is wrong with them is said at once."""

    def __init__(self) -> None:
        self._wrong: list[SettingError] = []

    def look(self, check: Callable[[], T]) -> T | None:
        """What the check gives; None when it raised SettingError."""
        try:
            return check()
        except SettingError as error:
            self._wrong.extend(error.all)
            return None

    def require(self) -> None:
        """Raises SettingError, which knows of all the others, when a check has."""
        if self._wrong:
            first, *others = self._wrong
            first.also = tuple(others)
            raise first


def _text(value: str) -> str:
    return value


def _port(value: str) -> int:
    if not value.isdigit() or int(value) > LAST_PORT:
        raise ValueError("must be a port number from 0 to 65535")
    return int(value)


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise ValueError("must begin with sqlite:/// or postgres://")
    path = value.removeprefix("sqlite:///")
    if path != value and (not path or path.endswith("/") or ":memory:" in path or Path(path).is_dir()):
        raise ValueError("must name a file, such as sqlite:///dogwatch.sqlite")
    return value


def _address(value: str) -> str:
    if value and urlsplit(value).scheme not in ("http", "https"):
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _redis(value: str) -> str:
    if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def _smtp(value: str) -> str:
    parts = urlsplit(value)
    try:
        is_usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if value and not is_usable:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
    return value


def _file(value: str) -> str:
    if value and not Path(value).is_file():
        raise ValueError(f"no file at {value}")
    return value


def _copy_target(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("s3", "s3+http"):
        if not (parts.hostname and parts.username and parts.password and parts.path.strip("/")):
            raise ValueError("must look like s3://key:secret@host/bucket/prefix?region=eu-central-1")
        if find_spec("obstore") is None:
            raise ValueError("a bucket needs the extra `bucket`: pip install 'dogwatch[bucket]'")
    elif value and not Path(value).is_dir():
        raise ValueError(f"no folder at {value}")
    return value


def _secret(value: str) -> str:
    if value and len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


def _token(value: str) -> str:
    if value and (len(value) < SHORTEST_TOKEN or not value.isascii() or any(char.isspace() for char in value)):
        raise ValueError(f"must have at least {SHORTEST_TOKEN} plain characters and no blanks")
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and (not host or not port.isdigit() or not 0 < int(port) <= LAST_PORT):
        raise ValueError("must be an address and a port, such as 127.0.0.1:9100")
    return value


def _mailbox(value: str) -> str:
    if value and ("@" not in value[1:-1] or any(char.isspace() for char in value)):
        raise ValueError("must be an email address")
    return value


def _password(value: str) -> str:
    if value and len(value) < SHORTEST_PASSWORD:
        raise ValueError(f"must have at least {SHORTEST_PASSWORD} characters")
    return value


def _level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("must be debug, info, warning or error")
    return value.lower()


def _count(value: str) -> int:
    if not value.isdigit() or int(value) > MOST:
        raise ValueError(f"must be a number from 0 to {MOST}")
    return int(value)


def _days(value: str) -> int:
    if not value.isdigit() or int(value) > LONGEST_DAYS:
        raise ValueError(f"must be a number of days from 0 to {LONGEST_DAYS}")
    return int(value)


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())


def _setting(env: str, default: T, read: Callable[[str], T], meaning: str) -> T:
    made: T = field(default=default, metadata={"env": env, "read": read, "meaning": meaning})
    return made


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that start and the admin fallback need; the rest of the configuration is rows."""

    database_url: str = _setting(
        "DATABASE_URL", "sqlite:///dogwatch.sqlite", _database,
        "where everything is kept: sqlite:///relative, sqlite:////absolute or postgres://user:password@host/name",
    )  # fmt: skip
    redis_url: str = _setting(
        "REDIS_URL",
        "",
        _redis,
        "only with PostgreSQL: lets processes hurry each other and spreads what may be late; never holds state",
    )
    host: str = _setting("DOGWATCH_HOST", "127.0.0.1", _text, "address that the server listens on")
    port: int = _setting("DOGWATCH_PORT", 8000, _port, "port of the API")
    app_port: int = _setting("DOGWATCH_APP_PORT", 8001, _port, "port of the app in the browser; 0 takes any free one")
    public_url: str = _setting(
        "DOGWATCH_PUBLIC_URL",
        "",
        _address,
        "address under which people and senders reach the API, if not host:port",
    )
    secret_key: str = _setting(
        "DOGWATCH_SECRET_KEY", "", _secret,
        "encrypts secrets and signs tokens; on SQLite made beside the file when unset, on PostgreSQL required",
    )  # fmt: skip
    admin_email: str = _setting(
        "DOGWATCH_ADMIN_EMAIL", "", _mailbox, "first administrator, made when the database has no user"
    )
    admin_password: str = _setting("DOGWATCH_ADMIN_PASSWORD", "", _password, "password of the first administrator")
    fcm_credentials: str = _setting(
        "FCM_CREDENTIALS",
        "",
        _file,
        "service-account file of your Firebase project; Android pages go through it",
    )
    fcm_endpoint: str = _setting(
        "FCM_ENDPOINT", "https://fcm.googleapis.com", _address, "address of Firebase Cloud Messaging"
    )
    apns_key: str = _setting("APNS_KEY", "", _file, "file of your APNs signing key (.p8); iOS pages go through it")
    apns_key_id: str = _setting("APNS_KEY_ID", "", _text, "id of that key")
    apns_team_id: str = _setting("APNS_TEAM_ID", "", _text, "your Apple team id")
    apns_topic: str = _setting("APNS_TOPIC", "", _text, "bundle id of the app")
    apns_endpoint: str = _setting(
        "APNS_ENDPOINT",
        "https://api.push.apple.com",
        _address,
        "address of the Apple Push Notification service",
    )
    smtp_url: str = _setting(
        "SMTP_URL", "", _smtp, "email server: smtp://user:password@host:587 (STARTTLS) or smtps://host:465"
    )
    smtp_from: str = _setting("SMTP_FROM", "dogwatch@localhost", _text, "sender of every email")
    egress_allow_cidrs: tuple[Network, ...] = _setting(
        "EGRESS_ALLOW_CIDRS", (), _networks,
        "networks that addresses entered in the app may reach although they are loopback, or private and personal",
    )  # fmt: skip
    trusted_proxies: tuple[Network, ...] = _setting(
        "TRUSTED_PROXIES", (), _networks, "networks whose X-Forwarded-For is believed"
    )
    log_level: str = _setting("LOG_LEVEL", "info", _level, "debug, info, warning or error")
    retention_days: int = _setting(
        "RETENTION_DAYS", 180, _days,
        "days after which received payloads and closed alerts are deleted; 0 keeps them; incidents always stay",
    )  # fmt: skip
    admin_fallback_email: str = _setting(
        "ADMIN_FALLBACK_EMAIL", "", _mailbox, "email address told when a page can't reach anybody"
    )
    admin_fallback_webhook: str = _setting(
        "ADMIN_FALLBACK_WEBHOOK", "", _address, "address told by POST when a page can't reach anybody"
    )
    metrics_token: str = _setting(
        "METRICS_TOKEN", "", _token, "bearer token that /metrics and /health/engine ask for, wherever they are"
    )
    metrics_bind: str = _setting(
        "METRICS_BIND",
        "",
        _bind,
        "address and port of their own for /metrics and /health/engine, such as 127.0.0.1:9100",
    )
    heads_file: str = _setting(
        "HEADS_FILE",
        "",
        str,
        "where the ends of the record are kept, for `dogwatch verify` (default: beside an SQLite database)",
    )
    status_public_pages: int = _setting(
        "STATUS_PUBLIC_PAGES", 0, _count, "how many public status pages there may be; 0 is any number"
    )
    status_internal_pages: int = _setting(
        "STATUS_INTERNAL_PAGES", 0, _count, "how many internal status pages there may be; 0 is any number"
    )
    status_subscribers: int = _setting(
        "STATUS_SUBSCRIBERS", 0, _count, "how many subscribers a status page may have; 0 is any number"
    )
    status_components: int = _setting(
        "STATUS_COMPONENTS", 0, _count, "how many components a status page may have; 0 is any number"
    )
    status_mails_a_day: int = _setting(
        "STATUS_MAILS_A_DAY",
        0,
        _count,
        "how many emails subscribers may be sent a day (UTC), the rest waits; 0: any number",
    )
    status_folder: str = _setting(
        "STATUS_FOLDER", "", str, "where status pages are kept as files (default: beside an SQLite database)"
    )
    status_publish_to: str = _setting(
        "STATUS_PUBLISH_TO",
        "",
        _copy_target,
        "a folder or a bucket (s3://key:secret@host/bucket/prefix) into which status pages are copied too",
    )
    demo: bool = False
    app_address: str = ""

    @property
    def api_url(self) -> str:
        """Where senders and phones reach the API."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def app_url(self) -> str:
        """Where people open the app in a browser."""
        return self.app_address or self.public_url or f"http://{self.host}:{self.app_port}"

    @property
    def status_path(self) -> Path:
        """Where status pages are kept as files."""
        beside = f"{self.sqlite_path}.status" if self.is_sqlite else "dogwatch.status"
        return Path(self.status_folder or beside)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port that METRICS_BIND names."""
        host, _, port = self.metrics_bind.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None

    @property
    def is_for_this_machine(self) -> bool:
        """Whether it listens on loopback alone."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    @property
    def is_published(self) -> bool:
        """Whether anything says that others than this machine reach the server: then loopback may be a proxy's."""
        outside = urlsplit(self.public_url).hostname or "localhost"
        return bool(self.trusted_proxies) or outside not in ("localhost", "127.0.0.1", "::1")

    @property
    def retention(self) -> timedelta | None:
        return timedelta(days=self.retention_days) if self.retention_days else None

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @property
    def sqlite_path(self) -> Path:
        return Path(self.database_url.removeprefix("sqlite:///"))


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings of an environment; raises SettingError at the first variable that can't be used."""
    values: dict[str, Any] = {}
    for each in fields(Settings):
        env = each.metadata.get("env")
        if env is None or env not in environ:
            continue
        try:
            values[each.name] = each.metadata["read"](environ[env])
        except ValueError as error:
            raise SettingError(env, str(error)) from error
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    if (address := settings.metrics_address) is not None and address[1] == settings.port:
        raise SettingError("METRICS_BIND", "must have another port than DOGWATCH_PORT")
    if settings.is_sqlite and settings.redis_url:
        raise SettingError("REDIS_URL", "SQLite means one engine, so there is nobody to hurry; unset it")
    if not settings.is_sqlite and not settings.secret_key:
        raise SettingError("DOGWATCH_SECRET_KEY", "required on PostgreSQL, where several processes share it")
    if bool(settings.admin_email) != bool(settings.admin_password):
        name = "DOGWATCH_ADMIN_PASSWORD" if settings.admin_email else "DOGWATCH_ADMIN_EMAIL"
        raise SettingError(name, "the first administrator needs both an email and a password")
    apns = {
        "APNS_KEY": settings.apns_key,
        "APNS_KEY_ID": settings.apns_key_id,
        "APNS_TEAM_ID": settings.apns_team_id,
        "APNS_TOPIC": settings.apns_topic,
    }
    if any(apns.values()) and not all(apns.values()):
        missing = next(name for name, value in apns.items() if not value)
        raise SettingError(missing, "needed, because another APNS_ setting is set")


def describe_settings() -> list[tuple[str, str, str]]:
    """(variable, default, meaning) of every setting."""
    rows: list[tuple[str, str, str]] = []
    for each in fields(Settings):
        if "env" in each.metadata:
            default = "" if each.default in (MISSING, ()) else str(each.default)
            rows.append((each.metadata["env"], default, each.metadata["meaning"]))
    return rows
