"""Teams: who belongs together, and whether others may look."""

from typing import ClassVar

from phone.console.form.kind import PEOPLE_EDIT, Draft, Health, Kind, Known, Section
from phone.kit.form_field import Field
from shared.wire import routes
from shared.wire.people import Team


class Teams(Kind[Team]):
    """Its members stand beside the form: each is added and removed at once."""

    slug: ClassVar[str] = "teams"
    audited_as: ClassVar[str] = "team"
    list_path: ClassVar[str] = routes.TEAMS
    item_path: ClassVar[str] = routes.TEAM
    permission: ClassVar[str] = PEOPLE_EDIT
    needs: ClassVar[tuple[str, ...]] = ("people", "services")
    item = Team

    def summary(self, known: Known, item: Team) -> str:
        count = sum(each.team_id == item.id for each in known.lists.items("services") or ())
        return known.words("summary.team_private" if item.is_private else "summary.team_open", count=count)

    def health(self, known: Known, item: Team) -> Health | None:
        mine = any(each.id == item.id for each in known.me.teams)
        key = "health.team_mine" if mine else "health.team_members"
        return Health("quiet" if item.members else "warning", known.words(key, count=item.members))

    def team_of(self, known: Known, item: Team) -> str | None:
        return item.id

    def blank(self, known: Known) -> Draft:
        del known
        return {"name": "", "is_private": False, "covers_need_approval": False}

    def sections(self, known: Known, draft: Draft, item: Team | None) -> list[Section]:
        words = known.words
        return [
            Section(
                title=words("section.team"),
                fields=(
                    Field(path="name", label=words("field.name"), hint=words("hint.team"), required=True),
                    Field(
                        path="is_private",
                        label=words("field.private"),
                        form="toggle",
                        help=words("help.private"),
                    ),
                    Field(
                        path="covers_need_approval",
                        label=words("field.covers_need_approval"),
                        form="toggle",
                        help=words("help.covers_need_approval"),
                    ),
                ),
            )
        ]

    def effect(self, known: Known, draft: Draft) -> list[str]:
        told = known.words("effect.team_private" if draft["is_private"] else "effect.team_open")
        return [told, known.words("effect.covers_approved")] if draft.get("covers_need_approval") else [told]
