"""Who takes old papers over."""

from portal.directory.actor import Actor
from portal.directory.roles import Role


def can_take_over(actor: Actor) -> bool:
    """Administrators and the secretariat, who import."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}
