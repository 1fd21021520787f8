"""Conditions of rules and silences as sentences, and back from what is typed."""

from phone.console.form.kind import Known
from shared.domain.pipeline.conditions import FIELDS, AlertCondition, Conditions

LABEL = "labels."


def conditions_said(known: Known, conditions: Conditions) -> str:
    """ "job is backup and cluster is eu or us"; empty where they hold for everything."""
    words = known.words
    groups = [words.names([_said(known, each) for each in group]) for group in conditions]
    return words("condition.or").join(groups)


def _said(known: Known, condition: AlertCondition) -> str:
    name, values = condition.key.removeprefix(LABEL), known.words("condition.or").join(condition.values)
    return known.words("condition.is" if condition.op == "in" else "condition.is_not", name=name, values=values)


def conditions_typed(typed: str) -> Conditions | None:
    """What `job=backup, cluster=eu` means: all of them; None where one of them has no name or no value."""
    parts = [part.strip() for part in typed.replace("\uff0c", ",").split(",") if part.strip()]
    pairs = [(name.strip(), value.strip()) for name, _, value in (part.partition("=") for part in parts)]
    if not all(name and value for name, value in pairs):
        return None
    group = tuple(
        AlertCondition(key=name if name in FIELDS else f"{LABEL}{name}", values=(value,)) for name, value in pairs
    )
    return (group,) if group else ()
