"""Tell the administrators by a way that needs neither database nor rules nor templates to work."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiosmtplib
import msgspec
import structlog

from server.channels.email import hand_over, plain_mail, read_relay
from server.kernel.database import Database, Writes
from server.kernel.limits.counts import claim_quiet, keep_quiet
from server.kernel.outbound import Outbound, OutboundError, Whose
from server.kernel.settings import Settings
from server.notices.unhealthy import unhealthy_notice

log = structlog.get_logger()
QUIET = timedelta(minutes=5)
SENDING = timedelta(seconds=30)
"""How long whoever is about to tell keeps the others from it: what does not get out is tried again soon."""
ASKING_S = 2.0
KEY = "admin fallback"


@dataclass
class AdminFallback:
    """Mail and webhook from the environment; at most one message in five minutes, but for what did not get out.

    All processes keep quiet together as long as the database can be asked; where it can't, each by itself.
    """

    settings: Settings
    outbound: Outbound
    db: Database
    _told_at: datetime | None = None

    @property
    def is_configured(self) -> bool:
        return bool(self.settings.admin_fallback_email or self.settings.admin_fallback_webhook)

    async def warn(self, problems: list[str], now: datetime) -> None:
        log.error("paging.unhealthy", problems=problems)
        if self._told_at is not None and now - self._told_at < QUIET:
            return
        if self.is_configured and not await self._claim(SENDING, now):
            return
        told = False
        if self.settings.admin_fallback_email and self.settings.smtp_url:
            told = await self._mail(problems)
        if self.settings.admin_fallback_webhook:
            told = await self._post(problems, now) or told
        if told:
            self._told_at = now
        if self.is_configured:
            await self._keep_quiet(QUIET if told else timedelta(0), now)

    async def _claim(self, quiet: timedelta, now: datetime) -> bool:
        """Whether no other process has told them, or is about to; in doubt they are told."""
        try:
            async with asyncio.timeout(ASKING_S):
                return await claim_quiet(self.db, KEY, quiet, now)
        except Exception:
            log.exception("paging.fallback_not_shared")
            return True

    async def _keep_quiet(self, quiet: timedelta, now: datetime) -> None:
        writes = Writes()
        keep_quiet(writes, KEY, quiet, now=now)
        try:
            async with asyncio.timeout(ASKING_S):
                await self.db.apply(writes)
        except Exception:
            log.exception("paging.fallback_not_shared")

    async def _mail(self, problems: list[str]) -> bool:
        to = self.settings.admin_fallback_email
        notice = unhealthy_notice(problems, self.settings.api_url)
        mail = plain_mail(self.settings.smtp_from, to, notice.title, notice.body)
        try:
            await hand_over(mail, to, read_relay(self.settings.smtp_url))
        except (aiosmtplib.SMTPException, OSError, ValueError):
            log.exception("paging.fallback_mail_failed")
            return False
        return True

    async def _post(self, problems: list[str], now: datetime) -> bool:
        body = msgspec.json.encode({"source": "dogwatch", "at": now, "problems": problems})
        try:
            reply = await self.outbound.request(
                "POST",
                self.settings.admin_fallback_webhook,
                content=body,
                headers={"content-type": "application/json"},
                whose=Whose.OPERATOR,
            )
        except OutboundError:
            log.exception("paging.fallback_webhook_failed")
            return False
        return 200 <= reply.status < 300
