"""What a status page is made of, changed: the page itself, its components, templates and rules."""

from phone.status.publishing import Sending
from shared.wire import routes
from shared.wire.status_pages import (
    Components,
    ComponentsInput,
    StatusPage,
    StatusPageInput,
    StatusTemplate,
    StatusTemplateInput,
)
from shared.wire.status_publishing import StatusRule, StatusRuleInput


class SettingUp(Sending):
    """Each answers None or False where `refused` says why."""

    async def make(self, wanted: StatusPageInput) -> StatusPage | None:
        """A new page."""
        return await self._make(routes.STATUS_PAGES, wanted, StatusPage, told="page.made")

    async def change(self, page: StatusPage, wanted: StatusPageInput) -> StatusPage | None:
        """Another name, other words."""
        path = routes.STATUS_PAGE.format(status_page_id=page.id)
        return await self._put(path, wanted, StatusPage, page.rev, told="page.saved")

    async def archive(self, page: StatusPage) -> bool:
        """It is shown no more."""
        return await self._remove(routes.STATUS_PAGE.format(status_page_id=page.id), page.rev, told="page.removed")

    async def arrange(self, page: StatusPage, wanted: ComponentsInput) -> Components | None:
        """All groups and components in their order."""
        path = routes.STATUS_COMPONENTS.format(status_page_id=page.id)
        return await self._put(path, wanted, Components, page.rev, told="page.saved")

    async def save_template(
        self, page_id: str, before: StatusTemplate | None, wanted: StatusTemplateInput
    ) -> StatusTemplate | None:
        """A new one, or another in its place."""
        if before is None:
            path = routes.STATUS_TEMPLATES.format(status_page_id=page_id)
            return await self._make(path, wanted, StatusTemplate, told="page.saved")
        path = routes.STATUS_TEMPLATE.format(status_page_id=page_id, template_id=before.id)
        return await self._put(path, wanted, StatusTemplate, before.rev, told="page.saved")

    async def remove_template(self, page_id: str, template: StatusTemplate) -> bool:
        """Nobody begins with it any more."""
        path = routes.STATUS_TEMPLATE.format(status_page_id=page_id, template_id=template.id)
        return await self._remove(path, template.rev, told="templates.removed")

    async def save_rule(self, page_id: str, before: StatusRule | None, wanted: StatusRuleInput) -> StatusRule | None:
        """A new one, or another in its place."""
        if before is None:
            path = routes.STATUS_RULES.format(status_page_id=page_id)
            return await self._make(path, wanted, StatusRule, told="page.saved")
        path = routes.STATUS_RULE.format(status_page_id=page_id, status_rule_id=before.id)
        return await self._put(path, wanted, StatusRule, before.rev, told="page.saved")

    async def remove_rule(self, page_id: str, rule: StatusRule) -> bool:
        """What it published stays."""
        path = routes.STATUS_RULE.format(status_page_id=page_id, status_rule_id=rule.id)
        return await self._remove(path, rule.rev, told="status_rules.removed")
