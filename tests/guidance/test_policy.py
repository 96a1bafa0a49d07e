"""The access matrix of guidance, and that its three twins agree."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.directory.models import Membership, Organisation
from portal.directory.roles import Role
from portal.guidance import policy, service
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES, GuidanceState
from tests.factories.guidance import make_approved, make_content, make_draft, make_issued, make_review
from tests.factories.people import actor_of, make_liaison, make_member, organisation

CAST = {
    "admin": ("hq", Role.ADMIN),
    "secretariat": ("secretariat", Role.SECRETARIAT),
    "executive": ("hq", Role.EXECUTIVE),
    "division": ("juumin", Role.DIVISION),
    "other division": ("zaisei", Role.DIVISION),
    "auditor": ("hq", Role.AUDITOR),
    "manager": ("152226", Role.LOCAL_MANAGER),
    "staff": ("152226", Role.LOCAL_STAFF),
    "prefecture": ("150002", Role.LOCAL_STAFF),
    "elsewhere": ("131016", Role.LOCAL_MANAGER),
    "association": ("chijikai", Role.ASSOCIATION),
    "ministry": ("digital", Role.MINISTRY),
    "other ministry": ("mhlw", Role.MINISTRY),
}


def make_cast() -> dict[str, Membership]:
    cast = {name: make_member(code, role) for name, (code, role) in CAST.items()}
    cast["liaison"] = make_liaison("150002")
    cast["liaison elsewhere"] = make_liaison("130001")
    return cast


def make_every_state() -> dict[GuidanceState, Guidance]:
    superseded = make_issued("総行住第3号")
    superseded.state = GuidanceState.SUPERSEDED
    abolished = make_issued("総行住第4号")
    abolished.state = GuidanceState.ABOLISHED
    db.session.flush()
    return {
        GuidanceState.DRAFT: make_draft(),
        GuidanceState.REVIEW: make_review(),
        GuidanceState.APPROVED: make_approved("総行住第1号"),
        GuidanceState.ISSUED: make_issued("総行住第2号"),
        GuidanceState.SUPERSEDED: superseded,
        GuidanceState.ABOLISHED: abolished,
    }


def is_addressed(actor, guidance) -> bool:
    return bool(
        db.session.scalar(
            sa.select(Recipient.id).where(
                Recipient.guidance_id == guidance.id, Recipient.organisation_id == actor.organisation_id
            )
        )
    )


def is_above(actor, guidance) -> bool:
    return actor.is_prefecture and actor.prefecture_code in set(
        db.session.scalars(
            sa.select(Recipient.prefecture_code).where(
                Recipient.guidance_id == guidance.id, Recipient.delivered_at.is_not(None)
            )
        )
    )


def test_the_three_twins_agree_for_every_role_organisation_and_state(arrange):
    with arrange():
        cast = make_cast()
        papers = list(make_every_state().values())
        ministry = actor_of(cast["ministry"])
        papers.append(service.draft_guidance(ministry, make_content(sender_id=ministry.organisation_id)))
        origin = make_issued("総行住第9号", origin_ministry_id=organisation("digital").id)
        papers.append(origin)
        papers.append(make_issued("総行住第10号", addressees=AddresseeRule(include=("152226",))))
        for paper in papers:
            viewers = set(db.session.scalars(policy.viewers_of(paper).with_only_columns(Membership.id)))
            for name, membership in cast.items():
                actor = actor_of(membership)
                addressed, above = is_addressed(actor, paper), is_above(actor, paper)
                can = policy.can_view(actor, paper, is_addressed=addressed, is_above=above)
                by_list = paper.id in set(db.session.scalars(policy.viewable_by(actor).with_only_columns(Guidance.id)))
                assert can == by_list == (membership.id in viewers), (name, paper.state)


@pytest.mark.parametrize(
    ("name", "drafts", "issued"),
    [
        ("admin", True, True),
        ("secretariat", True, True),
        ("executive", True, True),
        ("division", True, True),
        ("other division", False, True),
        ("liaison", True, True),
        ("liaison elsewhere", True, True),
        ("auditor", False, True),
        ("manager", False, True),
        ("staff", False, True),
        ("prefecture", False, True),
        ("elsewhere", False, False),
        ("association", False, False),
        ("ministry", False, False),
    ],
)
def test_the_matrix_of_reading(arrange, name, drafts, issued):
    with arrange():
        actor = actor_of(make_cast()[name])
        for state, paper in make_every_state().items():
            expected = issued if state in ISSUED_STATES else drafts
            assert policy.can_view(actor, paper, is_addressed=is_addressed(actor, paper)) is expected, state


def test_only_those_who_draft_may_draft(arrange):
    with arrange():
        may = {name for name, membership in make_cast().items() if policy.can_draft(actor_of(membership))}

    assert may == {"admin", "secretariat", "division", "other division", "ministry", "other ministry"}


def test_only_an_approver_who_wrote_nothing_approves(arrange):
    with arrange():
        drafter = actor_of(make_member("juumin", Role.DIVISION, is_head=True, is_approver=True))
        paper = make_review(drafter)
        other_head = actor_of(make_member("juumin", Role.DIVISION, is_head=True))
        chief = actor_of(make_member("secretariat", Role.SECRETARIAT, is_approver=True))
        for refused in (
            drafter,
            actor_of(make_member("juumin", Role.DIVISION)),
            actor_of(make_member("hq", Role.ADMIN, is_head=True)),
            actor_of(make_member("zaisei", Role.DIVISION, is_head=True)),
            actor_of(make_member("secretariat", Role.SECRETARIAT)),
            actor_of(make_member("152226", Role.LOCAL_MANAGER, is_head=True)),
            actor_of(make_member("hq", Role.EXECUTIVE, is_head=True)),
        ):
            assert not policy.can_approve(refused, paper)
        assert policy.can_approve(other_head, paper)
        assert policy.can_approve(chief, paper)
        paper.editor_person_id = chief.person_id
        assert not policy.can_approve(chief, paper)


def test_what_waits_for_approval_is_what_may_be_approved(arrange):
    with arrange():
        papers = make_every_state()
        secretary = actor_of(make_member("secretariat", Role.SECRETARIAT, is_head=True))
        own = service.draft_guidance(secretary, make_content(sender_id=organisation("secretariat").id))
        service.send_for_review(secretary, own)
        papers_and_own = [*papers.values(), own]
        for actor in (
            secretary,
            *map(actor_of, make_cast().values()),
            actor_of(make_member("juumin", Role.DIVISION, is_head=True)),
        ):
            for paper in papers_and_own:
                waiting = db.session.scalar(
                    sa.select(Guidance.id).where(Guidance.id == paper.id, policy.approvable_by(actor))
                )
                issuable = db.session.scalar(
                    sa.select(Guidance.id).where(Guidance.id == paper.id, policy.issuable_by(actor))
                )
                assert (waiting is not None) == policy.can_approve(actor, paper)
                assert (issuable is not None) == policy.can_issue(actor, paper)


def test_each_role_sees_the_recipients_of_its_own_field(arrange):
    with arrange():
        cast = make_cast()
        paper = make_issued()
        rows = db.session.execute(
            sa.select(Recipient, Organisation.post_id).join(Organisation).where(Recipient.guidance_id == paper.id)
        ).all()
        seen = {}
        for name, membership in cast.items():
            actor = actor_of(membership)
            listed = set(
                db.session.scalars(
                    sa.select(Recipient.id).where(
                        Recipient.guidance_id == paper.id, policy.recipients_viewable_by(actor, paper)
                    )
                )
            )
            assert listed == {row.id for row, post in rows if policy.can_view_recipient(actor, paper, row, post)}
            seen[name] = len(listed)
        association = actor_of(cast["association"])
        counted = db.session.scalar(
            sa.select(sa.func.count(Recipient.id)).where(
                Recipient.guidance_id == paper.id, policy.recipients_countable_by(association, paper)
            )
        )

    assert counted == len(rows) == 31
    assert seen == {
        "admin": 31,
        "secretariat": 31,
        "executive": 31,
        "division": 31,
        "other division": 31,
        "auditor": 31,
        "manager": 1,
        "staff": 1,
        "prefecture": 31,
        "elsewhere": 0,
        "association": 0,
        "ministry": 0,
        "other ministry": 0,
        "liaison": 30,
        "liaison elsewhere": 0,
    }


def test_only_headquarters_prefectures_associations_and_the_origin_see_the_matrix(arrange):
    with arrange():
        paper = make_issued(origin_ministry_id=organisation("digital").id)
        may = {name for name, membership in make_cast().items() if policy.can_see_matrix(actor_of(membership), paper)}

    assert may == {
        "admin",
        "secretariat",
        "executive",
        "division",
        "other division",
        "auditor",
        "prefecture",
        "association",
        "ministry",
        "liaison",
        "liaison elsewhere",
    }
