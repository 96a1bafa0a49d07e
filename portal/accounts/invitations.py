"""Inviting many people at once, right after a file of people was taken in."""

from collections.abc import Sequence

from portal.accounts.events import PersonInvited
from portal.accounts.links import LIFE
from portal.accounts.models import LinkPurpose, SingleUseLink
from portal.core import clock
from portal.core.db import db
from portal.core.events import emit
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation, Person


def invite_newcomers(actor: Actor, newcomers: Sequence[tuple[Person, Organisation]]) -> None:
    """Invite people who have just been added, and so have neither a password nor a link, each with the body.

    Does what ``links.invite`` does for one, with one statement per kind of row. Raises Forbidden where the actor
    may not add people to one of the bodies.
    """
    for organisation in {organisation.id: organisation for _, organisation in newcomers}.values():
        authorize(policy.can_add_members, actor, organisation)
    now = clock.now()
    links = [
        SingleUseLink(
            person_id=person.id,
            purpose=LinkPurpose.INVITATION,
            created_at=now,
            expires_at=now + LIFE[LinkPurpose.INVITATION],
        )
        for person, _ in newcomers
    ]
    db.session.add_all(links)
    db.session.flush()
    for link, (person, organisation) in zip(links, newcomers, strict=True):
        emit(actor, PersonInvited(person_id=person.id, link_id=link.id, organisation_id=organisation.id))
