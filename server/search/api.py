"""Handler of the search over everything that has a name."""

from litestar import get
from litestar.params import FromQuery

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.kernel.http import Given, Handlers
from server.search.find import find
from shared.wire import routes
from shared.wire.search import SearchResult


class Search(Handlers):
    tags = ["search"]
    opt = needs(READ)

    @get(routes.SEARCH, operation_id="search")
    async def search(self, call: Given[Call], q: FromQuery[str] = "") -> SearchResult:
        return SearchResult(items=await find(call.db, call.actor, q.replace("\0", "").strip()[:200]))
