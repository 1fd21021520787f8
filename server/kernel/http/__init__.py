"""What every handler shares: problems as answers, pages of lists, requests carried out once, where they come from."""

from server.kernel.http.client_address import address_of, client_address, plain_address
from server.kernel.http.handlers import Handlers, handlers_of, path
from server.kernel.http.once import TRIES, Decide, Once, Reread, Reveal, committed, json_response, kept_changing
from server.kernel.http.pages import Limit, cut, decode_cursor, encode_cursor
from server.kernel.http.problems import EXCEPTION_HANDLERS, PROBLEM, problem_of
from server.kernel.http.visit import AnyRequest, Given, Visit, provide_visit

__all__ = [
    "EXCEPTION_HANDLERS",
    "PROBLEM",
    "TRIES",
    "AnyRequest",
    "Decide",
    "Given",
    "Handlers",
    "Limit",
    "Once",
    "Reread",
    "Reveal",
    "Visit",
    "address_of",
    "client_address",
    "committed",
    "cut",
    "decode_cursor",
    "encode_cursor",
    "handlers_of",
    "json_response",
    "kept_changing",
    "path",
    "plain_address",
    "problem_of",
    "provide_visit",
]
