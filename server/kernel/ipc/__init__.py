"""Processes of one installation on one machine, over a Unix socket: requests, answers and notes."""

from server.kernel.ipc.client import Client
from server.kernel.ipc.frames import Handler, Handlers, What
from server.kernel.ipc.server import Server

__all__ = ["Client", "Handler", "Handlers", "Server", "What"]
