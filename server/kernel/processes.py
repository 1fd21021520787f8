"""Processes forked from one that has imported everything: started, watched, started again, and ended together."""

import contextlib
import ctypes
import gc
import os
import pickle
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import structlog

log = structlog.get_logger()
WATCHED: Final = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
ENDED_WITHIN_S = 8.0
"""From asking the processes to end until they are killed; whoever stops a service waits for ten seconds."""
LOOK_S = 0.05
TICK_S = 1.0
HUNG_TICKS = 20
"""So many looks without a word; counted and not timed, so that nobody is blamed for a machine that slept."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
STEADY_S = 10.0
KILLS_AT_START = 5
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
NAME_BYTES = 15

Ready = Callable[[], None]
T = TypeVar("T")


class BeforehandFailed(Exception):
    """What was to be done first could not be; the text says why."""


def beforehand(what: Callable[[], T], told: tuple[type[Exception], ...]) -> T:
    """Do it in a process of its own, so that its threads and connections are not in those that are forked later.

    Raises BeforehandFailed with the text of an error of these types, SystemExit after any other.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        result: tuple[str, Any] = ("broken", None)
        try:
            result = ("done", what())
        except told as error:
            result = ("failed", str(error))
        except BaseException:
            log.exception("process.failed", process="beforehand")
        finally:
            with os.fdopen(writing, "wb") as file:
                pickle.dump(result, file)
            sys.stdout.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        found = file.read()
    os.waitpid(pid, 0)
    outcome: str
    value: Any
    outcome, value = pickle.loads(found) if found else ("broken", None)  # noqa: S301 our own child wrote it
    if outcome == "failed":
        raise BeforehandFailed(value)
    if outcome == "broken":
        sys.exit(1)
    return value


@dataclass
class Member:
    """What one process does: `run` returns, or raises SystemExit, when it is over, and calls Ready once it serves.

    One that `beats` calls Ready again and again, and is killed when it no longer does.
    """

    name: str
    run: Callable[[Ready], None]
    beats: bool = False
    pid: int = 0
    started_at: float = 0.0
    pause_s: float = 0.0
    ready_fd: int = -1
    silent: int = 0


@dataclass
class Family:
    """Members start one after the other, each once the one before it is ready; `announce` is called after the last."""

    members: Sequence[Member]
    announce: Callable[[], None]
    _alive: tuple[int, int] = field(default_factory=os.pipe)
    _again: dict[str, float] = field(default_factory=dict[str, float])

    def run(self) -> int:
        """Until a signal ends it; the exit code: 1 when a member could not start. Signals stay blocked."""
        if threading.active_count() > 1:
            raise RuntimeError(f"a fork would leave these behind: {threading.enumerate()}")
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        gc.collect()
        gc.freeze()
        try:
            for member in self.members:
                self._start(member)
                if (code := self._wait_until_ready(member)) is not None:
                    return code
            with contextlib.suppress(OSError):  # what it is said to may be a file on a full disk
                self.announce()
            self._watch()
            return 0
        finally:
            self._end()
            for end in self._alive:
                os.close(end)

    def _start(self, member: Member) -> None:
        ready, tell = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        member.started_at = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.close(ready)
            _be(member, self._alive, tell)
        os.close(tell)
        os.set_blocking(ready, False)
        member.pid, member.ready_fd, member.silent = pid, ready, 0
        log.info("process.started", process=member.name, pid=pid)

    def _wait_until_ready(self, member: Member) -> int | None:
        """None once it is; the exit code when it, one before it, or all are to end first.

        Whoever is killed meanwhile is started again: that says nothing against what it was to do.
        """
        kills = 0
        while True:
            select.select([member.ready_fd], [], [], LOOK_S)
            if self._hear(member):
                return None
            if signal.sigtimedwait(WATCHED - {signal.SIGCHLD}, 0) is not None:
                return 0
            for each in self.members:
                if each.pid and (status := _has_ended(each)) is not None:
                    kills += 1
                    if not os.WIFSIGNALED(status) or kills > KILLS_AT_START:
                        log.error("process.not_started", process=each.name)
                        each.pid = 0
                        return 1
                    self._plan_restart(each, status)
                    self._start(each)

    def _forget_ready(self, member: Member) -> None:
        if member.ready_fd >= 0:
            os.close(member.ready_fd)
            member.ready_fd = -1

    def _watch(self) -> None:
        """Start again whatever ends, at once the first time, later when it keeps ending; until asked to end."""
        while True:
            number = signal.sigtimedwait(WATCHED, min(TICK_S, self._until_next()))
            if number is not None and number.si_signo != signal.SIGCHLD:
                return
            if number is None:
                self._end_what_hangs()
            for member in self.members:
                if member.pid and (status := _has_ended(member)) is not None:
                    self._plan_restart(member, status)
            for member in self.members:
                if not member.pid and time.monotonic() >= self._again[member.name]:
                    self._start(member)

    def _hear(self, member: Member) -> bool:
        """Whether it said anything since the last time."""
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(member.ready_fd, 4096))
        return False

    def _end_what_hangs(self) -> None:
        for member in self.members:
            if not member.pid or self._hear(member) or not member.beats:
                member.silent = 0
                continue
            member.silent += 1
            if member.silent == HUNG_TICKS:
                log.error("process.hangs", process=member.name, pid=member.pid)
                _signal(member, signal.SIGKILL)

    def _plan_restart(self, member: Member, status: int) -> None:
        lived_s = time.monotonic() - member.started_at
        pause_s = 0.0 if lived_s > STEADY_S else min(max(member.pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        log.error("process.ended", process=member.name, pid=member.pid, status=status, lived_s=round(lived_s, 1))
        member.pid, member.pause_s = 0, pause_s
        self._forget_ready(member)
        self._again[member.name] = time.monotonic() + pause_s

    def _until_next(self) -> float:
        waiting = [self._again[member.name] for member in self.members if not member.pid]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else 3600.0

    def _end(self) -> None:
        """Ask all to end, and kill those that don't in time."""
        for member in self.members:
            _signal(member, signal.SIGTERM)
        deadline = time.monotonic() + ENDED_WITHIN_S
        while any(member.pid for member in self.members) and time.monotonic() < deadline:
            self._reap()
            time.sleep(LOOK_S)
        for member in self.members:
            _signal(member, signal.SIGKILL)
        for member in self.members:
            if member.pid:
                os.waitpid(member.pid, 0)
            self._forget_ready(member)

    def _reap(self) -> None:
        for member in self.members:
            if member.pid and _has_ended(member) is not None:
                member.pid = 0


def _has_ended(member: Member) -> int | None:
    """The wait status of a member that is no more."""
    pid, status = os.waitpid(member.pid, os.WNOHANG)
    return status if pid else None


def _signal(member: Member, number: signal.Signals) -> None:
    if member.pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member.pid, number)


def _be(member: Member, alive: tuple[int, int], tell: int) -> NoReturn:
    """What the forked process does until its end."""
    code = 1
    try:
        for number in WATCHED:
            signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGINT, signal.SIGHUP):  # a terminal's reach everybody: the parent decides
            signal.signal(number, signal.SIG_IGN)
        end_with_parent()
        os.close(alive[1])
        threading.Thread(target=_end_when_alone, args=(alive[0],), name="parent-watch", daemon=True).start()
        with contextlib.suppress(OSError):
            Path("/proc/self/comm").write_text(f"dogwatch {member.name}"[:NAME_BYTES])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)

        os.set_blocking(tell, False)

        def ready() -> None:
            with contextlib.suppress(OSError):
                os.write(tell, b".")

        member.run(ready)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        log.exception("process.failed", process=member.name)
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _end_when_alone(alive: int) -> None:
    """The parent holds the other end of this pipe as long as it lives."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def end_with_parent() -> None:
    """Linux ends this process, or what it becomes, when its parent is killed outright."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
