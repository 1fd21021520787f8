"""What a figure is to reach, printed beside it; none of them fails anything."""

AIMS: dict[tuple[str, str], str] = {
    ("single events, one group", "sqlite"): "800",
    ("single events, 100 groups", "sqlite"): "900",
    ("bodies of 100, one group", "sqlite"): "350",
    ("bodies of 100, 100 groups", "sqlite"): "350",
    ("single events, one group", "postgres"): "1,000",
    ("single events, 100 groups", "postgres"): "1,000",
    ("bodies of 100, one group", "postgres"): "800",
    ("bodies of 100, 100 groups", "postgres"): "800",
    ("latency", "sqlite"): "20",
    ("latency", "postgres"): "40",
    ("idle memory", "sqlite"): "260",
    ("idle memory", "postgres"): "260",
    ("disk", "sqlite"): "2,000",
    ("first page", "sqlite"): "0.5",
    ("first page", "postgres"): "0.5",
}


def aim(what: str, engine: str) -> str:
    """` (aim …)`, or nothing where none was set."""
    found = AIMS.get((what, engine))
    return f" (aim {found})" if found else ""
