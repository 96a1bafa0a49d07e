"""What a sign-in session must still show, and who may invite whom."""

from collections.abc import Iterable

from portal.accounts.models import SignInSession
from portal.directory import policy as directory_policy
from portal.directory.actor import Actor
from portal.directory.models import Membership


def needs_second_factor(session: SignInSession) -> bool:
    """Whether the session must show a second factor before it may do anything but sign out.

    This is the second factor's place in the flow: the guard asks before each request, and ``second_factor_at``
    holds the moment at which one was shown. There are no factors yet, so everyone passes.
    """
    return False


def can_invite(actor: Actor, memberships: Iterable[Membership]) -> bool:
    """Whoever may add people to one of the person's bodies: the link goes to the person's own address alone.

    Needs the memberships' organisations loaded.
    """
    return any(directory_policy.can_add_members(actor, membership.organisation) for membership in memberships)
