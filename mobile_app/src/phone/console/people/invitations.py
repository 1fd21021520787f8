"""Invitations: who was asked to join and has not come yet."""

from typing import Any, ClassVar, Final

from phone.base import moments
from phone.base.places import place
from phone.console.form.kind import PEOPLE_EDIT, Bound, Health, Kind, Known, Reveal, Section
from phone.console.people.kind import language_field, role_options
from shared.wire import routes
from shared.wire.invitations import Invitation, NewInvitation
from shared.wire.sessions import Me

TABLE: Final = "table"


EMAIL: Final = place(NewInvitation, lambda invitation: invitation.email)
NAME: Final = place(NewInvitation, lambda invitation: invitation.name)
ROLE: Final = place(NewInvitation, lambda invitation: invitation.role)
LANGUAGE: Final = place(NewInvitation, lambda invitation: invitation.language)
TEAMS: Final = place(NewInvitation, lambda invitation: invitation.team_ids)


class Invitations(Kind[Invitation, NewInvitation]):
    """Made with a mail and a link; withdrawn while nobody took it up."""

    slug: ClassVar[str] = "invitations"
    audited_as: ClassVar[str] = "invitation"
    list_path: ClassVar[str] = routes.INVITATIONS
    item_path: ClassVar[str] = routes.INVITATION
    permission: ClassVar[str] = PEOPLE_EDIT
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    can_change: ClassVar[bool] = False
    is_listed_only: ClassVar[bool] = True
    item = Invitation
    input = NewInvitation

    def name(self, item: Invitation) -> str:
        return item.name or item.email

    def order(self, item: Invitation) -> Any:
        return (item.state != "open", self.name(item).casefold())

    def is_shown(self, me: Me) -> bool:
        return self.permission in me.permissions

    def may_remove(self, known: Known, item: Invitation) -> bool:
        return super().may_remove(known, item) and item.state == "open"

    def summary(self, known: Known, item: Invitation) -> str:
        role = known.words(f"role.{item.role}")
        return known.words("summary.invitation", role=role, email=item.email, by=known.reader.named([item.invited_by]))

    def health(self, known: Known, item: Invitation) -> Health | None:
        words = known.words
        if item.state == "open":
            until = moments.moment(words, item.expires_at, now=known.now, zone=known.reader.zone)
            return Health("quiet", words("health.invited_until", when=until))
        return Health("ok" if item.state == "accepted" else "quiet", words(f"health.invitation_{item.state}"))

    def blank(self, known: Known) -> NewInvitation:
        return NewInvitation(email="", language=known.reader.words.language)

    def sections(self, known: Known, draft: NewInvitation, item: Invitation | None) -> list[Section[NewInvitation]]:
        words = known.words
        if item is not None:
            return []
        return [
            Section(
                title=words("section.invitation"),
                help=words("help.invitation"),
                fields=(
                    Bound(at=EMAIL, label=words("field.email"), hint="ana@example.com", required=True, half=True),
                    Bound(at=NAME, label=words("field.name"), hint=words("hint.person"), half=True),
                    Bound(
                        at=ROLE,
                        label=words("field.role"),
                        form="choice",
                        options=role_options(known, None),
                        required=True,
                        half=True,
                    ),
                    language_field(known, LANGUAGE, help=words("help.invitation_language")),
                    Bound(at=TEAMS, label=words("field.teams"), form="checks", options=known.options("teams")),
                ),
            )
        ]

    def effect(self, known: Known, draft: NewInvitation) -> list[str]:
        return [known.words(f"role_about.{draft.role}")]

    def revealed(self, known: Known, answer: Any) -> Reveal | None:
        if not answer.link:
            return None
        told = known.words("reveal.mailed" if answer.is_mailed else "reveal.not_mailed", email=answer.email)
        return Reveal(known.words("reveal.invitation", email=answer.email), answer.link, told)
