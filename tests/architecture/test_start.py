"""What a single test file waits for before its first test: the server, and nothing that only some tests need."""

import subprocess
import sys

from tests.architecture.sources import ROOT

DEAR = {
    "bench",
    "firebase_admin",
    "flet",
    "flet_web",
    "grpc",
    "hypothesis.extra",
    "phone",
    "playwright",
    "schemathesis",
}
"""Slow to import, or not for those who test the server."""


def test_what_every_test_pays_for_is_only_the_server() -> None:
    text = "import sys, tests.conftest; print(*sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert DEAR & set(said.stdout.split()) == set()
