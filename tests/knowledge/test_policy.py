"""Who sees and moves which Q&A entry: the predicate, its condition and its viewers agree."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge import policy
from portal.knowledge.models import QaEntry, QaState
from tests.factories.issues import make_cast
from tests.factories.knowledge import make_approver, make_drafter, make_entry
from tests.factories.people import actor_of, make_member

WORKING = {"division", "division_head", "secretariat", "chief", "admin"}


@pytest.mark.parametrize("state", QaState)
def test_the_three_twins_agree_and_only_those_who_work_on_it_see_a_candidate(arrange, state):
    with arrange():
        cast = vars(make_cast())
        entry = make_entry(state)

        seen = set()
        for name, membership in cast.items():
            actor = actor_of(membership)
            views = policy.can_view(actor, entry)
            listed = db.session.scalar(sa.select(QaEntry.id).where(QaEntry.id == entry.id, policy.viewable_by(actor)))
            told = db.session.scalar(
                sa.select(Membership.id).where(Membership.id == membership.id, policy.viewers_of(entry))
            )
            assert views is (listed is not None) is (told is not None), name
            if views:
                seen.add(name)

        assert seen == (set(cast) if state is QaState.PUBLISHED else WORKING)


def test_another_division_does_not_see_a_candidate(arrange):
    with arrange():
        entry = make_entry()

        assert not policy.can_view(actor_of(make_drafter("juumin")), entry)


def test_divisions_and_the_secretariat_propose_and_nobody_else(arrange):
    with arrange():
        may = {name for name, membership in vars(make_cast()).items() if policy.can_draft(actor_of(membership))}

        assert may == {"division", "division_head", "secretariat", "chief"}


def test_only_the_drafting_organisation_changes_a_candidate_and_only_while_it_is_one(arrange):
    with arrange():
        draft, review = make_entry(), make_entry(QaState.REVIEW)
        colleague, other = actor_of(make_drafter()), actor_of(make_drafter("juumin"))

        assert policy.can_edit(colleague, draft)
        assert not policy.can_edit(colleague, review)
        assert not policy.can_edit(other, draft)
        assert not policy.can_edit(actor_of(make_approver()), draft)


def test_only_the_secretariats_approvers_decide(arrange):
    with arrange():
        review, published = make_entry(QaState.REVIEW), make_entry(QaState.PUBLISHED)
        may = {
            name
            for name, membership in vars(make_cast()).items()
            if policy.can_publish(actor_of(membership), review) or policy.can_withdraw(actor_of(membership), published)
        }

        assert may == {"chief"}


def test_nobody_publishes_what_they_wrote(arrange):
    with arrange():
        chief = make_approver()
        entry = make_entry(QaState.REVIEW, drafter=chief)

        assert not policy.can_publish(actor_of(chief), entry)
        assert policy.can_publish(actor_of(make_approver()), entry)


def test_nobody_publishes_what_they_edited_last(arrange):
    with arrange():
        chief = make_approver()
        entry = make_entry(QaState.REVIEW, drafter=make_member("secretariat", Role.SECRETARIAT))
        entry.editor_person_id = chief.person_id

        assert not policy.can_publish(actor_of(chief), entry)


def test_what_waits_for_decision_is_what_may_be_published(arrange):
    with arrange():
        cast, entry = make_cast(), make_entry(QaState.REVIEW)

        for membership in vars(cast).values():
            actor = actor_of(membership)
            waits = db.session.scalar(sa.select(QaEntry.id).where(policy.publishable_by(actor))) is not None
            assert waits is policy.can_publish(actor, entry)
