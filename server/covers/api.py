"""Handlers of requests for cover, and of a pager that is handed over."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ, SCHEDULES_EDIT
from server.covers.answers import accept_cover, approve_cover, cancel_cover, decline_cover, reject_cover
from server.covers.asking import ask_for_cover, candidates_for, candidates_for_override
from server.covers.pager import give_pager, take_pager
from server.covers.requests import list_covers, read_cover
from server.kernel.http import Given, Handlers, Limit
from shared.domain.covers.requests import CoverState
from shared.wire import covers as wire
from shared.wire import routes
from shared.wire.lists import Page

ACT = needs(INCIDENTS_ACT)


class Covers(Handlers):
    tags = ["covers"]
    opt = needs(READ)

    @get(routes.COVER_REQUESTS, operation_id="listCoverRequests")
    async def requests(
        self,
        call: Given[Call],
        schedule_id: FromQuery[str | None] = None,
        wanted: Annotated[CoverState | None, QueryParameter(name="state")] = None,
        mine: FromQuery[bool] = False,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.CoverRequest]:
        """Newest first, on the schedules that I see; `mine` narrows to those that I made or was asked."""
        narrowed = wire.CoverFilter(schedule_id=schedule_id, state=wanted, mine=mine)
        return await list_covers(call.db, call.actor, narrowed, limit=limit, cursor=cursor, now=call.now)

    @get(routes.COVER_CANDIDATES, operation_id="listCoverCandidates")
    async def candidates(
        self,
        call: Given[Call],
        schedule_id: FromQuery[str],
        start: FromQuery[datetime],
        end: FromQuery[datetime],
        user_id: FromQuery[str | None] = None,
    ) -> Page[wire.CoverCandidate]:
        """Who could stand in for me, or for `user_id`, best first."""
        wanted = user_id or call.actor.user_id
        return Page(items=await candidates_for(call.db, call.actor, schedule_id, wanted, (start, end)))

    @get(routes.SCHEDULE_OVERRIDE_CANDIDATES, operation_id="listOverrideCandidates", opt=needs(SCHEDULES_EDIT))
    async def override_candidates(
        self,
        call: Given[Call],
        schedule_id: FromPath[str],
        start: FromQuery[datetime],
        end: FromQuery[datetime],
        user_id: FromQuery[str | None] = None,
    ) -> Page[wire.CoverCandidate]:
        """Who could stand in during these hours by an override, best first, as for a cover; never `user_id`."""
        span = (start, end)
        found = await candidates_for_override(call.db, call.actor, schedule_id, user_id or "", span, now=call.now)
        return Page(items=found)

    @get(routes.COVER_REQUEST, operation_id="readCoverRequest")
    async def request(self, call: Given[Call], request_id: FromPath[str]) -> wire.CoverRequest:
        return await read_cover(call.db, call.actor, request_id, now=call.now)

    @post(routes.COVER_REQUESTS, operation_id="askForCover", opt=ACT)
    async def ask(self, call: Given[Call], data: JSONBody[wire.CoverRequestInput]) -> Response[wire.CoverRequest]:
        """For my own hours, or for somebody's on a schedule that I may edit."""
        return await call.once(lambda: ask_for_cover(call.db, call.actor, data, now=call.now), status=201)

    @post(routes.COVER_ACCEPT, operation_id="acceptCover", opt=ACT, status_code=200)
    async def accept(
        self, call: Given[Call], request_id: FromPath[str], data: JSONBody[wire.CoverAnswer]
    ) -> Response[wire.CoverRequest]:
        return await call.once(lambda: accept_cover(call.db, call.actor, request_id, data, now=call.now))

    @post(routes.COVER_DECLINE, operation_id="declineCover", opt=ACT, status_code=200)
    async def decline(self, call: Given[Call], request_id: FromPath[str]) -> Response[wire.CoverRequest]:
        return await call.once(lambda: decline_cover(call.db, call.actor, request_id, now=call.now))

    @post(routes.COVER_APPROVE, operation_id="approveCover", opt=ACT, status_code=200)
    async def approve(self, call: Given[Call], request_id: FromPath[str]) -> Response[wire.CoverRequest]:
        return await call.once(lambda: approve_cover(call.db, call.actor, request_id, now=call.now))

    @post(routes.COVER_REJECT, operation_id="rejectCover", opt=ACT, status_code=200)
    async def reject(self, call: Given[Call], request_id: FromPath[str]) -> Response[wire.CoverRequest]:
        return await call.once(lambda: reject_cover(call.db, call.actor, request_id, now=call.now))

    @post(routes.COVER_CANCEL, operation_id="cancelCover", opt=ACT, status_code=200)
    async def cancel(self, call: Given[Call], request_id: FromPath[str]) -> Response[wire.CoverRequest]:
        return await call.once(lambda: cancel_cover(call.db, call.actor, request_id, now=call.now))

    @post(routes.SCHEDULE_GIVE, operation_id="givePager", opt=ACT)
    async def give(
        self, call: Given[Call], schedule_id: FromPath[str], data: JSONBody[wire.GivePager]
    ) -> Response[wire.PagerHanded]:
        return await call.once(lambda: give_pager(call.db, call.actor, schedule_id, data, now=call.now), status=201)

    @post(routes.SCHEDULE_TAKE, operation_id="takePager", opt=ACT)
    async def take(
        self, call: Given[Call], schedule_id: FromPath[str], data: JSONBody[wire.TakePager]
    ) -> Response[wire.PagerHanded]:
        return await call.once(lambda: take_pager(call.db, call.actor, schedule_id, data, now=call.now), status=201)
