"""Who may see and set the targets."""

from portal.directory.actor import Actor
from portal.directory.roles import Role


def can_set_targets(actor: Actor) -> bool:
    """Administrators set the targets and list closed days (security.md: settings)."""
    return actor.role is Role.ADMIN


def can_inspect_targets(actor: Actor) -> bool:
    """Whoever sets them, the secretariat that is escalated to, and auditors, who read the settings."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT, Role.AUDITOR}
