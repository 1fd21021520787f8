"""How often secrets may be guessed: by account and by address, each with waits that grow and end."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.kernel.errors import Invalid, TooManyRequests
from server.kernel.ratelimit import Backoff, RateLimit

MINUTE = timedelta(minutes=1)


@dataclass
class Throttle:
    """Counts of one process. `codes` are tries at pairing from one address, `feeds` at addresses of calendars.

    `asked` and `mails` bound what strangers can have sent, from one address and to one mailbox.
    """

    account: Backoff
    address: Backoff
    codes: Backoff
    feeds: Backoff
    asked: RateLimit
    mails: RateLimit

    @classmethod
    def new(cls) -> "Throttle":
        account = Backoff(free=10, first=timedelta(seconds=5), longest=15 * MINUTE, forget=60 * MINUTE)
        address = Backoff(free=60, first=timedelta(seconds=1), longest=5 * MINUTE, forget=15 * MINUTE)
        codes = Backoff(free=60, first=timedelta(seconds=1), longest=5 * MINUTE, forget=15 * MINUTE)
        feeds = Backoff(free=60, first=timedelta(seconds=1), longest=5 * MINUTE, forget=15 * MINUTE)
        return cls(
            account, address, codes, feeds, RateLimit(per_s=10 / 60, burst=30), RateLimit(per_s=3 / 3600, burst=3)
        )

    def check(self, account: str, address: str, now: datetime) -> None:
        """Count a try; raises TooManyRequests when it comes too early, also for the right secret."""
        if (wait_s := self.address.wait_s(address, now)) > 0:
            raise _too_many(wait_s)
        if (wait_s := self.account.wait_s(account, now)) > 0:
            self.address.take_back(address)
            raise _too_many(wait_s)

    def passed(self, account: str, address: str) -> None:
        """It was the right secret."""
        self.account.forget(account)
        self.address.take_back(address)

    def check_code(self, address: str, now: datetime) -> None:
        """Count a try at a pairing code."""
        if (wait_s := self.codes.wait_s(address, now)) > 0:
            raise _too_many(wait_s)

    @contextmanager
    def finding_feed(self, address: str, now: datetime) -> Generator[None]:
        """A try at the address of a calendar inside: only one that leads nowhere counts."""
        if (wait_s := self.feeds.wait_s(address, now)) > 0:
            raise _too_many(wait_s)
        yield
        self.feeds.take_back(address)

    def may_mail(self, email: str, address: str, now: datetime) -> bool:
        """Whether a mail may leave; raises TooManyRequests when this address asks for more and more of them."""
        if (wait_s := self.asked.wait_s(address, now)) > 0:
            raise _too_many(wait_s)
        return self.mails.wait_s(email, now) == 0

    def take_back(self, account: str, address: str) -> None:
        """It was no guess."""
        self.account.take_back(account)
        self.address.take_back(address)

    @contextmanager
    def proving(self, account: str, address: str, now: datetime) -> Generator[None]:
        """A try at the own password inside: only a refusal with the code `wrong` was a guess."""
        self.check(account, address, now)
        try:
            yield
        except Invalid as refusal:
            if all(error.code != "wrong" for error in refusal.errors):
                self.take_back(account, address)
            raise
        self.passed(account, address)


def _too_many(wait_s: float) -> TooManyRequests:
    return TooManyRequests("too many attempts; wait a little", retry_after_s=int(wait_s) + 1)
