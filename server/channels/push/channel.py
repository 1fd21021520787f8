"""The push channel: picks the provider that an address belongs to."""

import dataclasses
from functools import partial
from typing import Annotated, Any, cast

import msgspec
from msgspec import Struct

from server.channels.base import CHANNELS, Channel, DeliveryFailed, Message, Now, Receipt, labelled
from server.channels.push.apns import Apns
from server.channels.push.fcm import Fcm
from server.channels.push.google import GoogleTokens
from server.channels.push.payload import Address
from server.kernel.outbound import Outbound
from server.kernel.settings import Checks, SettingError, Settings

PROVIDERS = ("fcm", "apns", "local")
SYSTEMS = {"android": "Android", "ios": "iOS", "fcm": "Android", "apns": "iOS"}
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address, no secret)


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The credentials of one provider or of both; the files' contents, not their names."""

    fcm_credentials: Annotated[
        str, labelled("Firebase service account (JSON)", "Firebase 服务账号（JSON）", is_secret=True)
    ] = ""
    apns_key: Annotated[str, labelled("APNs signing key (.p8)", "APNs 签名密钥（.p8）", is_secret=True)] = ""
    apns_key_id: Annotated[str, labelled("APNs key id", "APNs 密钥 ID")] = ""
    apns_team_id: Annotated[str, labelled("Apple team id", "Apple 团队 ID")] = ""
    apns_topic: Annotated[str, labelled("Bundle id of the app", "应用的 Bundle ID")] = ""


@CHANNELS.member
class Push(Channel):
    slug = "push"
    title = {"en": "Push notification", "zh": "推送通知"}
    Address = Address
    Config = Config

    def __init__(self, *, fcm: Fcm | None, apns: Apns | None, demo: bool) -> None:
        self._fcm = fcm
        self._apns = apns
        self._demo = demo

    @classmethod
    def configured(cls, settings: Settings, outbound: Outbound, now: Now) -> "Push | None":
        """None when neither provider is configured; in the demo nothing leaves the machine."""
        if settings.demo:
            return cls(fcm=None, apns=None, demo=True)
        server = settings.public_url or f"http://{settings.host}:{settings.port}"
        fcm = apns = None
        if settings.fcm_credentials:
            tokens = GoogleTokens(settings.fcm_credentials)
            fcm = Fcm(outbound, tokens, endpoint=settings.fcm_endpoint, server=server, now=now)
        if settings.apns_key:
            apns = Apns.configured(settings, outbound, server=server, now=now)
        return cls(fcm=fcm, apns=apns, demo=False) if fcm or apns else None

    @classmethod
    def adopted(cls, config: Struct, settings: Settings, outbound: Outbound, now: Now) -> "Push | None":
        """Google's token endpoint is fixed: what somebody pastes into the app may not send us elsewhere."""
        given = cast(Config, config)
        server = settings.api_url
        fcm = apns = None
        checks = Checks()
        if given.fcm_credentials:
            tokens = checks.look(lambda: _tokens(given.fcm_credentials))
            fcm = tokens and Fcm(outbound, tokens, endpoint=settings.fcm_endpoint, server=server, now=now)
        if given.apns_key:
            named, pem = _with_apns(settings, given, checks), given.apns_key.encode()
            apns = checks.look(lambda: Apns.configured(named, outbound, server=server, now=now, pem=pem))
        checks.require()
        return cls(fcm=fcm, apns=apns, demo=False) if fcm or apns else None

    @property
    def routes(self) -> tuple[str, ...]:
        """Each provider for itself: with Firebase alone no iPhone is reached."""
        given = {"fcm": self._fcm, "apns": self._apns}
        found = PROVIDERS if self._demo else [name for name, provider in given.items() if provider is not None]
        return (self.slug, *(f"{self.slug}.{name}" for name in found))

    @classmethod
    def route_of(cls, address: Struct) -> str:
        return f"{cls.slug}.{cast(Address, address).provider}"

    async def send(self, message: Message, address: Struct) -> Receipt:
        phone = cast(Address, address)
        if self._demo:
            return Receipt(reference="demo")
        provider = {"fcm": self._fcm, "apns": self._apns}.get(phone.provider)
        if provider is None:
            raise DeliveryFailed("not_configured", permanent=True)
        return await provider.send(message, phone)

    @classmethod
    def label(cls, address: Struct) -> str:
        phone = cast(Address, address)
        platform = SYSTEMS.get(phone.platform or phone.provider, phone.platform)
        return f"{phone.name} ({platform})" if phone.name and platform else phone.name or platform or "phone"

    async def open(self) -> None:
        if self._fcm is not None:
            await self._fcm.open()

    async def close(self) -> None:
        if self._fcm is not None:
            self._fcm.close()


def _tokens(credentials: str) -> GoogleTokens:
    return GoogleTokens(_service_account(credentials) | {"token_uri": GOOGLE_TOKEN_URI})


def _require_given(name: str, text: str) -> None:
    if not text:
        raise SettingError(name.upper(), "needed with a signing key")


def _service_account(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SettingError("FCM_CREDENTIALS", f"not a service account: {error}") from error


def _with_apns(settings: Settings, given: Config, checks: Checks) -> Settings:
    for name in ("apns_key_id", "apns_team_id", "apns_topic"):
        checks.look(partial(_require_given, name, getattr(given, name)))
    return dataclasses.replace(
        settings, apns_key_id=given.apns_key_id, apns_team_id=given.apns_team_id, apns_topic=given.apns_topic
    )
