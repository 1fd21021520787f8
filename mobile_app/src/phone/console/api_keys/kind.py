"""API keys: programs that act under a name of their own."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from phone.base import moments
from phone.base.places import place
from phone.console.form.kind import ACCOUNT_ROLES, Bound, Health, Kind, Known, Reveal, Section, name_field
from phone.console.roles.kind import PERMISSIONS, permissions_field, permissions_said
from phone.kit.form_field import Option
from shared.wire import routes
from shared.wire.api_keys import ApiKey, NewApiKey

READ: Final = "read"
DAY: Final = timedelta(days=1)
NAME: Final = place(NewApiKey, lambda key: key.name)
SCOPES: Final = place(NewApiKey, lambda key: key.scopes)
TEAM: Final = place(NewApiKey, lambda key: key.team_id)
EXPIRES: Final = place(NewApiKey, lambda key: key.expires_at)
LASTING_DAYS: Final = (30, 90, 365)


class ApiKeys(Kind[ApiKey, NewApiKey]):
    """Everybody may make their own, for no more than they may themselves; the key is shown once."""

    slug: ClassVar[str] = "api-keys"
    audited_as: ClassVar[str] = "api_key"
    list_path: ClassVar[str] = routes.API_KEYS
    item_path: ClassVar[str] = routes.API_KEY
    permission: ClassVar[str] = READ
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    can_change: ClassVar[bool] = False
    is_listed_only: ClassVar[bool] = True
    item = ApiKey
    input = NewApiKey

    def summary(self, known: Known, item: ApiKey) -> str:
        by = known.reader.person(item.made_by)
        said: dict[str, object] = {"hint": item.hint, "scopes": permissions_said(known, item.scopes), "by": by}
        if item.team is None:
            return known.words("summary.api_key", **said)
        return known.words("summary.api_key_team", team=item.team.name, **said)

    def order(self, item: ApiKey) -> Any:
        return (item.revoked_at is not None, item.name.casefold())

    def may_remove(self, known: Known, item: ApiKey) -> bool:
        return item.revoked_at is None and (item.made_by.id == known.me.id or known.me.role in ACCOUNT_ROLES)

    def health(self, known: Known, item: ApiKey) -> Health | None:
        words, now = known.words, known.now
        if item.revoked_at is not None:
            return Health("quiet", words("health.revoked"))
        if item.expires_at is not None and item.expires_at <= now:
            return Health("warning", words("health.expired"))
        if item.expires_at is not None and item.expires_at - now < timedelta(days=7):
            until = moments.moment(words, item.expires_at, now=now, zone=known.reader.zone)
            return Health("warning", words("health.expires", when=until))
        if item.last_used_at is None:
            return Health("quiet", words("health.never_used"))
        return Health("ok", words("health.last_used", when=moments.ago(words, item.last_used_at, now=now)))

    def blank(self, known: Known) -> NewApiKey:
        del known
        return NewApiKey(name="", scopes=(READ,))

    def sections(self, known: Known, draft: NewApiKey, item: ApiKey | None) -> list[Section[NewApiKey]]:
        words = known.words
        if item is not None:
            return []
        every = Option(value=None, label=words("field.any_team"))
        return [
            Section(
                title=words("section.api_key"),
                help=words("help.api_key"),
                fields=(
                    name_field(known, NAME, hint="terraform", half=False),
                    permissions_field(known, SCOPES, [each for each in PERMISSIONS if each in known.me.permissions]),
                    Bound(
                        at=TEAM,
                        label=words("field.team"),
                        form="choice",
                        help=words("help.api_key_team"),
                        options=(every, *known.options("teams")),
                        half=True,
                    ),
                    Bound(
                        at=EXPIRES,
                        label=words("field.lasting"),
                        form="choice",
                        help=words("help.api_key_lasting"),
                        options=(
                            Option(value=None, label=words("lasting.ever")),
                            *(
                                Option(value=str(days), label=words("lasting.days", count=days))
                                for days in LASTING_DAYS
                            ),
                        ),
                        half=True,
                        shows=lambda end: _days_to(end, known.now),
                        takes=lambda days: known.now + int(days) * DAY if days else None,
                    ),
                ),
            )
        ]

    def effect(self, known: Known, draft: NewApiKey) -> list[str]:
        return [known.words("effect.api_key", scopes=permissions_said(known, draft.scopes))]

    def revealed(self, known: Known, answer: Any) -> Reveal | None:
        return Reveal(known.words("reveal.api_key"), answer.key) if answer.key else None


def _days_to(end: datetime | None, now: datetime) -> str | None:
    """How long it lasts, as it was chosen a moment ago."""
    return str(round((end - now) / DAY)) if end is not None else None
