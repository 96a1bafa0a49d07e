"""The frame round every page: navigation, the acting membership, unread count and language."""

from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app, g, request

from portal.campaigns.policy import can_list as can_list_campaigns
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.liaison.policy import can_work
from portal.notifications.queries import count_unread_and_places
from portal.web.access import find_current_actor
from portal.web.addresses import address_of
from portal.web.locale import gettext, language

# Blueprints whose pages belong to another entry of the navigation.
_PART_OF = {
    "addressing": "guidance",
    "answering": "campaigns",
    "bundles": "issues",
    "circulation": "guidance",
    "decisions": "campaigns",
    "drafting": "guidance",
    "drafts": "issues",
    "extensions": "guidance",
    "forwarding": "guidance",
    "inspections": "campaigns",
    "issuing": "guidance",
    "questions": "guidance",
    "reporting": "campaigns",
    "revisions": "guidance",
    "takeover": "guidance",
    "workbooks": "campaigns",
}
_OF_BOTH = frozenset({"proof", "reminders"})  # of papers and of campaigns: the address says which


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the global navigation."""

    label: str
    url: str
    is_current: bool


class Frame:
    """What base.html needs; each part is read only when the template asks for it."""

    @cached_property
    def actor(self) -> Actor | None:
        """Whoever is signed in; nobody on a failure page, which must not touch the database."""
        return None if g.get("frame_disabled") else find_current_actor()

    @cached_property
    def _counts(self) -> tuple[int, int]:
        return count_unread_and_places(self.actor) if self.actor else (0, 0)

    @property
    def unread_count(self) -> int:
        """Unread inbox entries, counted up to 100."""
        return self._counts[0]

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one membership to act under."""
        return self._counts[1] > 1

    @property
    def locale(self) -> str:
        """The language of the page."""
        return language()

    @property
    def is_demo(self) -> bool:
        """Whether to show the demonstration stripe."""
        return bool(current_app.config["PORTAL_SETTINGS"].environment == "development")

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        """The global navigation of this role."""
        if self.actor is None:
            return []
        entries = [("home", "home.index", gettext("ホーム"))]
        if can_work(self.actor):
            entries.append(("liaison", "liaison.day_sheet", gettext("連絡表")))
        entries += [
            ("issues", "issues.index", gettext("課題・照会")),
            ("guidance", "guidance.index", gettext("通知等")),
            ("knowledge", "knowledge.index", gettext("Q&A")),
        ]
        if can_list_campaigns(self.actor):
            entries.append(("campaigns", "campaigns.index", gettext("点検・調査")))
        entries.append(("directory", "directory.index", gettext("名簿")))
        if self.actor.role in {Role.ADMIN, Role.SECRETARIAT, Role.AUDITOR, Role.LOCAL_MANAGER}:
            entries.append(("administration", "administration.index", gettext("管理")))
        current = _entry()
        return [
            NavigationItem(label, address_of(endpoint), blueprint == current)
            for blueprint, endpoint, label in entries
            if endpoint in current_app.view_functions
        ]


def _entry() -> str | None:
    """The entry of the navigation to which the page belongs."""
    if request.blueprint in _OF_BOTH:
        return "campaigns" if request.path.startswith("/campaigns/") else "guidance"
    return _PART_OF.get(request.blueprint or "", request.blueprint)


def init_frame(app: Flask) -> None:
    """Give every template the frame."""
    app.context_processor(lambda: {"frame": Frame()})
