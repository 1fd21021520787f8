"""What must stand in no sentence: wrong agreement, the reader's own name, ids, field paths, codes, half a language."""

import re
from typing import Final

from shared.wire.lists import Ref
from shared.wire.sessions import Language

READER: Final = Ref("01a1fe80-1111-7111-8111-ebc13dcd1111", "Jonas Keller")
OTHER: Final = Ref("01a1fe80-2222-7222-8222-ebc13dcd2222", "Ana Ruiz")
THIRD: Final = Ref("01a1fe80-3333-7333-8333-ebc13dcd3333", "陈梅")

SINGULAR: Final = r"(is|has|was|does|(?!this|thus|unless|always)[a-z]{2,}[^s\W]s)"
PLURAL: Final = r"(are|have|were|do|ask|keep|lose|gain|follow|leave|manage|sign)"
GRAMMAR: Final = (
    ("you with the verb of others", re.compile(rf"\b[Yy]ou {SINGULAR}\b")),
    ("several with the verb of one", re.compile(rf"(?<!,) and (Ana Ruiz|陈梅) {SINGULAR}\b")),
    ("one with the verb of several", re.compile(rf"(?<!and )(?<![Ll]ets )\b(Ana Ruiz|陈梅|[Nn]obody) {PLURAL}\b")),
    ("a small letter begins", re.compile(r"(^|[.!?] )(you|nobody)\b")),
    ("a capital in the middle", re.compile(r"[\w,;:·] (You|Nobody)\b")),
    ("twice in a row", re.compile(r"\b(\w{3,}) \1\b", re.I)),
)
RAW: Final = (
    ("a place", re.compile(r"[{}|]")),
    ("an id", re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|\b(?:[a-z]+_)+id\b")),
    ("an ISO stamp", re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\dZ")),
    ("a code", re.compile(r"\b[a-z]+_[a-z_]+\b")),
    ("a field path", re.compile(r"\w\[\d+\]|\b[a-z]+\.[a-z]+\.")),
    ("a value of a program", re.compile(r"\b(None|True|False|null)\b")),
)
KEPT: Final = frozenset(
    (
        *(
            "Dogwatch",
            "INC",
            "API",
            "Webhook",
            "webhook",
            "Alertmanager",
            "Grafana",
            "Prometheus",
            "PagerDuty",
            "Statuspage",
            "Android",
            "iOS",
        ),
        *(
            "Firebase",
            "Apple",
            "SMTP",
            "FCM",
            "APNs",
            "CSV",
            "curl",
            "Markdown",
            "URL",
            "JSON",
            "Ctrl",
            "Esc",
            "English",
        ),
    )
)
"""Words of Latin letters that Chinese keeps."""


def flaws(told: str, language: Language, *, kept: str = "") -> list[str]:
    """What is wrong with a sentence for Jonas; `kept` are names and texts of people in it, which stay as they are."""
    found = [name for name, pattern in RAW if pattern.search(_without(told, kept))]
    if READER.name in told:
        found.append("the reader's own name")
    sentences = [each.strip() for each in re.split(r"(?<=[.。])", told) if len(each.strip()) > len("1.")]
    if len(set(sentences)) < len(sentences):
        found.append("a sentence twice")
    if language == "en":
        return found + [name for name, pattern in GRAMMAR if pattern.search(told)]
    latin = set(re.findall(r"[A-Za-z]{2,}", _without(told, kept))) - KEPT
    return found + [f"English within Chinese: {', '.join(sorted(latin))}"] * bool(latin)


def _without(told: str, kept: str) -> str:
    for each in sorted(filter(None, kept.split("\n")), key=len, reverse=True):
        told = told.replace(each, " ")
    return told
