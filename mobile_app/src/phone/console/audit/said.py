"""One thing that an entry tells of what is different now."""

from dataclasses import dataclass

from phone.base.i18n import Words


@dataclass(frozen=True)
class Said:
    """`told` is the whole line; of what has a before and an after, its parts too."""

    told: str
    label: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def changed(cls, words: Words, label: str, before: str | None, after: str | None) -> "Said":
        """From this to that; where one of them has no words, that it changed."""
        if before is None or after is None:
            return cls(words("audit.field_changed", label=label))
        return cls(words("change.line", label=label, before=before, after=after), label, before, after)
