"""Whatever people are sent is made in few places: notices by one `send`, pages where they are planned and cleared."""

import ast
from collections.abc import Iterator

import server.channels.base
import server.delivery.enqueue
from tests.architecture.sources import imported, modules, place, tree
from tests.architecture.test_owners import held_by, meant

MAKES = {
    "server/notices/send.py": {"Message", "enqueue"},
    "server/pages/render.py": {"Message"},
    "server/pages/plan.py": {"enqueue"},
    "server/pages/clear.py": {"Message", "enqueue"},
}
HANDS_OVER = {"server/delivery/send.py", "server/delivery/unkept.py", "server/channels/push/channel.py"}
"""Who gives a message to a channel, and a channel that is several."""
OUTSIDE = ("server/kernel/", "server/channels/email.py")
"""Sockets, HTTP and SMTP: what they send is bytes."""
MAILS = {"server/channels/email.py"}


def _made() -> Iterator[tuple[str, str]]:
    """Where a message is made or `enqueue` is named, under any name and through any module."""
    for path in modules("server"):
        held = held_by(path)
        called = {id(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            named = meant(node, held)
            if named is server.delivery.enqueue.enqueue and place(path) != "server/delivery/enqueue.py":
                yield place(path), "enqueue"
            elif named is server.channels.base.Message and id(node) in called:
                yield place(path), "Message"


def test_messages_are_made_and_queued_where_they_are_to_be() -> None:
    found: dict[str, set[str]] = {}
    for where, what in _made():
        found.setdefault(where, set()).add(what)
    assert found == MAKES


def test_delivery_alone_hands_messages_to_channels() -> None:
    """`send` is a channel's verb: whatever else has a method of that name sends no messages."""
    found = {
        place(path)
        for path in modules("server")
        if not place(path).startswith(OUTSIDE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "send" and not isinstance(node.ctx, ast.Store)
    }
    assert found == HANDS_OVER


def test_mails_are_made_by_their_channel() -> None:
    found = {
        place(path)
        for path in modules("server")
        if any(name.endswith("EmailMessage") for _, name in imported(tree(path)))
    }
    assert found == MAILS
