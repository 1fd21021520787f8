"""A session under every order of refreshing, stealing, repeating, signing out and passing time."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.accounts.people.people import make_user
from server.accounts.sign_in.sessions import (
    ACCESS,
    GRACE,
    LONGEST,
    REFRESH,
    authenticate,
    begin_session,
    end_session,
    refresh,
)
from server.kernel.database import Database, Writes, open_database
from server.kernel.errors import Unauthenticated
from server.kernel.secrets import Secrets
from server.tables.migrate import bind_tables, engine_for, migrate
from shared.wire.people import NewUser
from shared.wire.sessions import Tokens
from tests.kit.adding import PASSWORD
from tests.kit.stores import SECRET, sqlite_settings
from tests.kit.world import START

T = TypeVar("T")
SPANS = (timedelta(0), timedelta(seconds=30), GRACE, GRACE + timedelta(seconds=1), ACCESS, timedelta(days=59), REFRESH)


class House:
    """One database with one person for every run of the machine."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.secrets = Secrets(SECRET)
        self.db, self.user_id = self.run(self._open(folder))

    async def _open(self, folder: Path) -> tuple[Database, str]:
        stores = sqlite_settings(folder)
        await migrate(stores)
        bind_tables(engine_for(stores))
        db = await open_database(stores)
        new = NewUser(name="Ana", email="ana@example.com", password=PASSWORD)
        writes, user = await make_user(db, new, now=START)
        await db.apply(writes)
        return db, user.id

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def close(self) -> None:
        self.run(self.db.close())
        self.loop.close()


class Session(RuleBasedStateMachine):
    """`tokens[n]` are those of generation n; the newest are the owner's, a thief may have kept any."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.is_over = False

    @initialize()
    def sign_in(self) -> None:
        writes = Writes()
        self.id, tokens = begin_session(writes, self.house.secrets, self.house.user_id, device="phone", now=self.now)
        self.house.run(self.house.db.apply(writes))
        self.tokens: list[Tokens] = [tokens]
        self.began_at = self.rotated_at = self.now
        self.is_used = False

    def use(self, token: str) -> Tokens | str:
        try:
            return self.house.run(refresh(self.house.db, self.house.secrets, refresh_token=token, now=self.now))
        except Unauthenticated as refusal:
            return refusal.code

    @property
    def is_alive(self) -> bool:
        is_kept = self.now - self.rotated_at <= REFRESH and self.now - self.began_at <= LONGEST
        return not self.is_over and is_kept

    @rule()
    def refresh_with_the_newest(self) -> None:
        answer = self.use(self.tokens[-1].refresh_token)
        if not self.is_alive:
            assert answer == "session_ended"
            return
        assert isinstance(answer, Tokens)
        assert answer.expires_in_s == ACCESS.total_seconds()
        assert answer.refresh_token not in {each.refresh_token for each in self.tokens}
        self.tokens.append(answer)
        self.rotated_at, self.is_used = self.now, False

    @rule(span=st.sampled_from(SPANS))
    @precondition(lambda self: len(self.tokens) > 1)
    def repeat_the_one_before(self, span: timedelta) -> None:
        self.now += span
        answer = self.use(self.tokens[-2].refresh_token)
        if not self.is_alive:
            assert answer == "session_ended"
        elif self.now - self.rotated_at <= GRACE and not self.is_used:
            assert isinstance(answer, Tokens)
            assert (answer.access_token, answer.refresh_token) == (
                self.tokens[-1].access_token,
                self.tokens[-1].refresh_token,
            ), "whoever asked twice has the same, so both go on"
        else:
            assert answer == "refresh_reused"
            self.is_over = True

    @rule(data=st.data())
    @precondition(lambda self: len(self.tokens) > 2)
    def steal_an_older_one(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.tokens) - 3))
        answer = self.use(self.tokens[number].refresh_token)
        assert answer == ("refresh_reused" if self.is_alive else "session_ended")
        self.is_over = True

    @rule()
    def forge_one_of_the_family(self) -> None:
        token = self.tokens[-1].refresh_token
        forged = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
        assert self.use(forged) == ("refresh_reused" if self.is_alive else "session_ended")
        self.is_over = True

    @rule()
    def sign_out(self) -> None:
        writes = Writes()
        end_session(writes, self.id, now=self.now)
        self.house.run(self.house.db.apply(writes))
        self.is_over = True

    @rule(span=st.sampled_from(SPANS))
    def let_time_pass(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def use_the_newest(self) -> None:
        good = self.is_alive and self.now < self.rotated_at + ACCESS
        assert self.lets_in(self.tokens[-1].access_token) == good
        self.is_used = self.is_used or good

    @invariant()
    def no_older_access_token_lets_in(self) -> None:
        for tokens in self.tokens[-3:-1]:
            assert not self.lets_in(tokens.access_token)

    def lets_in(self, token: str) -> bool:
        try:
            actor, session = self.house.run(authenticate(self.house.db, token, self.now))
        except Unauthenticated:
            return False
        assert (actor.user_id, session.id) == (self.house.user_id, self.id)
        return True


def test_a_session_never_outlives_theft_and_never_ends_by_accident(tmp_path: Path) -> None:
    house = Session.house = House(tmp_path)
    try:
        run_state_machine_as_test(
            Session,
            settings=settings(
                max_examples=60,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
                derandomize=True,
            ),
        )
    finally:
        house.close()
