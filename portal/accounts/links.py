"""Invitations and resets by single-use link, and the setting of passwords."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.accounts import policy, throttle
from portal.accounts.events import PasswordChanged, PasswordResetRequested, PersonInvited
from portal.accounts.models import Credential, LinkPurpose, SignInSession, SingleUseLink
from portal.accounts.passwords import check_new_password, hash_password, verify_password
from portal.accounts.queries import digest_of, find_credential, find_person, find_usable_link, get_person, list_places
from portal.accounts.service import end_sessions
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.models import Person
from portal.directory.people_queries import list_current_memberships

LIFE = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=1)}


@dataclass(frozen=True)
class _Themselves:
    """A person acting before any membership is known: by a link from their own mailbox."""

    person_id: int
    membership_id: int | None = None


def invite(actor: Actor, person: Person) -> SingleUseLink:
    """Invite a person who has no password yet; the mail about PersonInvited carries the link, earlier links die.

    Raises Forbidden where the actor may not add people to any of the person's bodies, Invalid for a person who
    has already set a password.
    """
    memberships = list_current_memberships(person.id)
    if not policy.can_invite(actor, memberships):
        raise Forbidden(N_("この操作を行う権限がありません。"))
    if find_credential(person.id) is not None:
        raise Invalid(N_("この人は、すでにパスワードを設定して利用しています。"))
    link = _add_link(person.id, LinkPurpose.INVITATION)
    body = memberships[0].organisation_id if memberships else None
    emit(actor, PersonInvited(person_id=person.id, link_id=link.id, organisation_id=body))
    return link


def request_reset(email: str, *, address: str) -> None:
    """Have a reset link mailed, if the address is that of somebody who may sign in; the caller never learns which.

    Raises TooManyAttempts only for the sender's address. At most three mails an hour go to one account.
    """
    throttle.check_address(address)
    person = find_person(email) if throttle.may_reset(email) else None
    throttle.record_try(email, address, succeeded=False, scope="reset")
    if person is not None and list_places(person.id):
        link = _add_link(person.id, LinkPurpose.RESET)
        emit(SYSTEM, PasswordResetRequested(person_id=person.id, link_id=link.id))


def arm_link(link_id: int) -> str:
    """Make the secret of a link when its mail is written; its life is counted from now, an earlier secret dies.

    Only the secret's SHA-256 is stored. Raises Conflict when the link was used or replaced by a newer one.
    """
    link = db.session.get(SingleUseLink, link_id)
    if link is None:
        raise NotFound
    if link.used_at is not None:
        raise Conflict(N_("このリンクはすでに使われたか、新しいものに置き換えられました。"))
    secret = secrets.token_urlsafe(32)
    link.secret_hash = digest_of(secret)
    link.expires_at = clock.now() + LIFE[link.purpose]
    db.session.flush()
    return secret


def set_password(secret: str, password: str) -> Person:
    """Set the password of the link's person; the link is spent and every session of the person ends.

    Raises NotFound for a link that cannot be used (any more), Invalid for a weak password (the link stays good).
    """
    link = find_usable_link(secret)
    if link is None:
        raise NotFound
    check_new_password(password, own_words=_own_words(link.person))
    spent = sa.update(SingleUseLink).where(SingleUseLink.id == link.id, SingleUseLink.used_at.is_(None))
    if db.session.execute(spent.values(used_at=clock.now()).returning(SingleUseLink.id)).first() is None:
        raise NotFound
    _store(link.person_id, password)
    void_links(link.person_id)
    end_sessions(link.person_id)
    emit(_Themselves(link.person_id), PasswordChanged(person_id=link.person_id))
    return link.person


def change_password(actor: Actor, row: SignInSession, *, current: str, new: str) -> None:
    """Replace one's own password; every other session and every open link of the person ends.

    Raises Invalid at ``new_password`` for a weak one or the same one. A wrong current password is not raised but
    answered by ``is_current_password``, since the failure must stay counted.
    """
    person = get_person(row.person_id)
    if current == new:
        raise Invalid(N_("今のパスワードとは違うものにしてください。"), field="new_password")
    check_new_password(new, own_words=_own_words(person))
    _store(person.id, new)
    void_links(person.id)
    end_sessions(person.id, except_id=row.id)
    emit(actor, PasswordChanged(person_id=person.id, organisation_id=actor.organisation_id))


def is_current_password(row: SignInSession, password: str, *, address: str) -> bool:
    """Whether this is the session's person's password; failures count as those of signing in do.

    Raises TooManyAttempts while the account has to wait.
    """
    person, credential = get_person(row.person_id), find_credential(row.person_id)
    throttle.check_sign_in(person.email, address)
    is_right = verify_password(credential.password_hash if credential else None, password)
    if not is_right:
        throttle.record_try(person.email, address, succeeded=False)
    return is_right


def _add_link(person_id: int, purpose: LinkPurpose) -> SingleUseLink:
    void_links(person_id)
    now = clock.now()
    link = SingleUseLink(person_id=person_id, purpose=purpose, created_at=now, expires_at=now + LIFE[purpose])
    db.session.add(link)
    db.session.flush()
    return link


def void_links(person_id: int) -> None:
    """Make every open link of the person worthless."""
    db.session.execute(
        sa.update(SingleUseLink)
        .where(SingleUseLink.person_id == person_id, SingleUseLink.used_at.is_(None))
        .values(used_at=clock.now(), secret_hash=None)
    )


def _store(person_id: int, password: str) -> None:
    credential = find_credential(person_id)
    if credential is None:
        credential = Credential(person_id=person_id)
        db.session.add(credential)
    credential.password_hash = hash_password(password)
    credential.changed_at = clock.now()
    db.session.flush()


def _own_words(person: Person) -> tuple[str, ...]:
    return person.email, person.name, person.kana
