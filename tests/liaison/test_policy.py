"""The three twins of who may see a contact agree, for every role and body; the internal part leaves no trace."""

import pytest
import sqlalchemy as sa

from portal.core.db import announce_access, db
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.states import IssueState
from portal.liaison import policy
from portal.liaison.models import Contact
from portal.links.models import Link
from tests.factories.issues import make_cast, make_issue
from tests.factories.liaison import make_hearing, make_internal, make_note
from tests.factories.people import actor_of, make_member


@pytest.fixture
def stage(app):
    announce_access(write=True)
    with app.app_context():
        yield make_cast()
        db.session.rollback()


def _ties(contact):
    """Read afresh and without the policy's own conditions."""
    linked = db.session.scalars(sa.select(Link.to_id).where(Link.from_kind == "contact", Link.from_id == contact.id))
    divisions = db.session.scalars(sa.select(Issue.division_id).where(Issue.id.in_(list(linked)))).all()
    return policy.Ties(
        post_id=db.session.get_one(Organisation, contact.organisation_id).post_id,
        division_ids=frozenset(key for key in divisions if key is not None),
    )


def test_the_twins_agree(stage):
    cast = stage
    issue = make_issue(cast, IssueState.ASSIGNED)
    contacts = [
        make_note(cast.liaison, cast.staff),
        make_note(cast.liaison),
        make_internal(cast.liaison),
        make_note(cast.liaison, cast.manager, about=("issue", issue.id)),
        make_hearing(cast.liaison, cast.staff),
    ]
    elsewhere = make_member("152226", Role.LOCAL_STAFF, section="税務課")
    everyone = [
        *vars(cast).values(),
        elsewhere,
        make_member("152226", Role.LOCAL_STAFF),
        make_member("juumin", Role.DIVISION),
    ]
    seen = 0
    for membership in everyone:
        actor = actor_of(membership)
        listed = set(db.session.scalars(sa.select(Contact.id).where(policy.viewable_by(actor))))
        for contact in contacts:
            may = policy.can_view(actor, contact, _ties(contact))
            viewers = set(
                db.session.scalars(policy.viewers_of(contact).with_only_columns(sa.literal_column("membership.id")))
            )
            assert (contact.id in listed) is may, (actor.role, actor.organisation_name, contact.kind)
            assert (membership.id in viewers) is may, (actor.role, actor.organisation_name, contact.kind)
            seen += may

    assert seen > 30


def test_who_sees_a_note_put_to_a_section(stage):
    cast = stage
    note = make_note(cast.liaison, cast.staff)
    elsewhere = make_member("152226", Role.LOCAL_STAFF, section="税務課")

    told = set(db.session.scalars(policy.viewers_of(note).with_only_columns(sa.literal_column("membership.id"))))

    assert {cast.staff.id, cast.manager.id, cast.liaison.id, cast.deputy.id, cast.executive.id, cast.admin.id} <= told
    assert not {elsewhere.id, cast.prefecture.id, cast.other_liaison.id, cast.division.id, cast.auditor.id} & told


def test_only_the_liaison_of_the_post_and_those_who_run_the_portal_record(stage):
    cast = stage
    body = db.session.scalars(sa.select(Organisation).where(Organisation.code == "152226")).one()

    may = {who for who, membership in vars(cast).items() if policy.can_record(actor_of(membership), body)}

    assert may == {"liaison", "deputy", "secretariat", "chief", "admin"}
