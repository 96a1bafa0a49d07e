"""Accounts with passwords and the ways into them; a factory flushes and never commits."""

from functools import cache

from portal.accounts.models import Credential
from portal.accounts.passwords import hash_password
from portal.core import clock
from portal.core.db import db
from portal.directory.models import Membership, Person
from tests.support.pages import Page, Visitor

PASSWORD = "四つの単語 umbrella 七草 velvet"
NEW_PASSWORD = "さくら餅 tractor 北極 pencil"


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def give_password(who: Membership | Person) -> str:
    """Let the person sign in with PASSWORD; return their mail address."""
    person = who if isinstance(who, Person) else db.session.get(Person, who.person_id)
    db.session.add(Credential(person_id=person.id, password_hash=_hashed(), changed_at=clock.now()))
    db.session.flush()
    return person.email


def sign_in(
    visitor: Visitor, email: str, password: str = PASSWORD, *, url: str = "/sign-in", follow: bool = True
) -> Page:
    """Sign in through the page, as a person does."""
    return visitor.get(url).form("/sign-in").submit(email=email, password=password, follow=follow)
