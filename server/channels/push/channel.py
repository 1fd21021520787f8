"""The push channel: picks the provider that an address belongs to."""

from typing import cast

from msgspec import Struct

from server.channels.base import CHANNELS, Channel, DeliveryFailed, Message, Now, Receipt
from server.channels.push.apns import Apns
from server.channels.push.fcm import Fcm
from server.channels.push.google import GoogleTokens
from server.channels.push.payload import Address
from server.kernel.outbound import Outbound
from server.kernel.settings import Settings


@CHANNELS.member
class Push(Channel):
    slug = "push"
    title = {"en": "Push notification", "zh": "推送通知"}
    Address = Address

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
        platform = phone.platform or {"fcm": "Android", "apns": "iOS"}.get(phone.provider, "")
        return f"{phone.name} ({platform})" if phone.name and platform else phone.name or platform or "phone"

    async def open(self) -> None:
        if self._fcm is not None:
            await self._fcm.open()

    async def close(self) -> None:
        if self._fcm is not None:
            self._fcm.close()
