"""Who may see and change the themes and the routing table."""

from portal.directory.actor import Actor
from portal.directory.roles import Role


def can_administer_themes(actor: Actor) -> bool:
    """Administrators change themes, sub-topics and routes (security.md: settings)."""
    return actor.role is Role.ADMIN


def can_inspect_themes(actor: Actor) -> bool:
    """Whoever changes the settings, and auditors, who read them."""
    return can_administer_themes(actor) or actor.role is Role.AUDITOR
