"""Handlers of requests for cover, and of a pager that is handed over."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ
from server.covers.answers import accept_cover, approve_cover, cancel_cover, decline_cover, reject_cover
from server.covers.pager import give_pager, take_pager
from server.covers.requests import ask_for_cover, candidates_for, list_covers, read_cover
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from shared.domain.covers.requests import CoverState
from shared.wire import covers as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["covers"]
ACT = needs(INCIDENTS_ACT)


@get(path(routes.COVER_REQUESTS), operation_id="listCoverRequests", opt=needs(READ), tags=TAGS)
async def requests(
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    schedule_id: FromQuery[str | None] = None,
    wanted: Annotated[CoverState | None, QueryParameter(name="state")] = None,
    mine: FromQuery[bool] = False,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.CoverRequest]:
    """Newest first, on the schedules that I see; `mine` narrows to those that I made or was asked."""
    narrowed = wire.CoverFilter(schedule_id=schedule_id, state=wanted, mine=mine)
    return await list_covers(db, actor, narrowed, limit=limit, cursor=cursor, now=now)


@get(path(routes.COVER_CANDIDATES), operation_id="listCoverCandidates", opt=needs(READ), tags=TAGS)
async def candidates(
    actor: Given[Actor],
    db: Given[Database],
    schedule_id: FromQuery[str],
    start: FromQuery[datetime],
    end: FromQuery[datetime],
    user_id: FromQuery[str | None] = None,
) -> Page[wire.CoverCandidate]:
    """Who could stand in for me, or for `user_id`, best first."""
    wanted = user_id or actor.user_id
    return Page(items=await candidates_for(db, actor, schedule_id, wanted, (start, end)))


@get(path(routes.COVER_REQUEST), operation_id="readCoverRequest", opt=needs(READ), tags=TAGS)
async def request(
    request_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> wire.CoverRequest:
    return await read_cover(db, actor, request_id, now=now)


@post(path(routes.COVER_REQUESTS), operation_id="askForCover", opt=ACT, tags=TAGS)
async def ask(
    data: JSONBody[wire.CoverRequestInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.CoverRequest]:
    """For my own hours, or for somebody's on a schedule that I may edit."""
    return await once.carry_out(lambda: ask_for_cover(db, actor, data, now=now), status=201)


@post(path(routes.COVER_ACCEPT), operation_id="acceptCover", opt=ACT, status_code=200, tags=TAGS)
async def accept(
    request_id: FromPath[str],
    data: JSONBody[wire.CoverAnswer],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.CoverRequest]:
    return await once.carry_out(lambda: accept_cover(db, actor, request_id, data, now=now))


@post(path(routes.COVER_DECLINE), operation_id="declineCover", opt=ACT, status_code=200, tags=TAGS)
async def decline(
    request_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], once: Given[Once]
) -> Response[wire.CoverRequest]:
    return await once.carry_out(lambda: decline_cover(db, actor, request_id, now=now))


@post(path(routes.COVER_APPROVE), operation_id="approveCover", opt=ACT, status_code=200, tags=TAGS)
async def approve(
    request_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], once: Given[Once]
) -> Response[wire.CoverRequest]:
    return await once.carry_out(lambda: approve_cover(db, actor, request_id, now=now))


@post(path(routes.COVER_REJECT), operation_id="rejectCover", opt=ACT, status_code=200, tags=TAGS)
async def reject(
    request_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], once: Given[Once]
) -> Response[wire.CoverRequest]:
    return await once.carry_out(lambda: reject_cover(db, actor, request_id, now=now))


@post(path(routes.COVER_CANCEL), operation_id="cancelCover", opt=ACT, status_code=200, tags=TAGS)
async def cancel(
    request_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], once: Given[Once]
) -> Response[wire.CoverRequest]:
    return await once.carry_out(lambda: cancel_cover(db, actor, request_id, now=now))


@post(path(routes.SCHEDULE_GIVE), operation_id="givePager", opt=ACT, tags=TAGS)
async def give(
    schedule_id: FromPath[str],
    data: JSONBody[wire.GivePager],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.PagerHanded]:
    return await once.carry_out(lambda: give_pager(db, actor, schedule_id, data, now=now), status=201)


@post(path(routes.SCHEDULE_TAKE), operation_id="takePager", opt=ACT, tags=TAGS)
async def take(
    schedule_id: FromPath[str],
    data: JSONBody[wire.TakePager],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.PagerHanded]:
    return await once.carry_out(lambda: take_pager(db, actor, schedule_id, data, now=now), status=201)


HANDLERS = [requests, candidates, request, ask, accept, decline, approve, reject, cancel, give, take]
