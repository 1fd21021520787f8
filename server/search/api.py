"""Handler of the search over everything that has a name."""

from litestar import get
from litestar.params import FromQuery

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.kernel.database import Database
from server.kernel.http import Given, path
from server.search.find import find
from shared.wire import routes
from shared.wire.search import SearchResult


@get(path(routes.SEARCH), operation_id="search", opt=needs(READ), tags=["search"])
async def search(actor: Given[Actor], db: Given[Database], q: FromQuery[str] = "") -> SearchResult:
    return SearchResult(items=await find(db, actor, q.replace("\0", "").strip()[:200]))


HANDLERS = [search]
