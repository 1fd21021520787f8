"""What every handler shares: problems as answers, pages of lists, requests carried out once, where they come from."""

from server.kernel.http.client_address import address_of, client_address, plain_address
from server.kernel.http.once import TRIES, Decide, Once, Reread, Reveal, json_response
from server.kernel.http.pages import decode_cursor, encode_cursor
from server.kernel.http.problems import EXCEPTION_HANDLERS, PROBLEM, problem_of
from server.kernel.http.visit import AnyRequest, Given, path

__all__ = [
    "EXCEPTION_HANDLERS",
    "PROBLEM",
    "TRIES",
    "AnyRequest",
    "Decide",
    "Given",
    "Once",
    "Reread",
    "Reveal",
    "address_of",
    "client_address",
    "decode_cursor",
    "encode_cursor",
    "json_response",
    "path",
    "plain_address",
    "problem_of",
]
