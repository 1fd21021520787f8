"""API keys: programs that act under a name of their own."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from phone.base import moments
from phone.console.form.kind import ACCOUNT_ROLES, Draft, Health, Kind, Known, Reveal, Section
from phone.console.roles.kind import PERMISSIONS, permissions_field, permissions_said
from phone.kit.form_field import Field, Option
from shared.wire import routes
from shared.wire.api_keys import ApiKey

READ: Final = "read"
LASTING_DAYS: Final = (30, 90, 365)


class ApiKeys(Kind[ApiKey]):
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

    def blank(self, known: Known) -> Draft:
        del known
        return {"name": "", "scopes": [READ], "team_id": None, "days": None}

    def sections(self, known: Known, draft: Draft, item: ApiKey | None) -> list[Section]:
        words = known.words
        if item is not None:
            return []
        every = Option(value=None, label=words("field.any_team"))
        return [
            Section(
                title=words("section.api_key"),
                help=words("help.api_key"),
                fields=(
                    Field(path="name", label=words("field.name"), hint="terraform", required=True),
                    permissions_field(known, "scopes", [each for each in PERMISSIONS if each in known.me.permissions]),
                    Field(
                        path="team_id",
                        label=words("field.team"),
                        form="choice",
                        help=words("help.api_key_team"),
                        options=(every, *known.options("teams")),
                        half=True,
                    ),
                    Field(
                        path="days",
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
                    ),
                ),
            )
        ]

    def body(self, known: Known, draft: Draft, item: ApiKey | None) -> dict[str, Any]:
        sent = super().body(known, draft, item)
        days = sent.pop("days")
        return {**sent, "expires_at": None if days is None else known.now + timedelta(days=int(days))}

    def effect(self, known: Known, draft: Draft) -> list[str]:
        return [known.words("effect.api_key", scopes=permissions_said(known, draft["scopes"]))]

    def revealed(self, known: Known, answer: Any) -> Reveal | None:
        return Reveal(known.words("reveal.api_key"), answer.key) if answer.key else None
