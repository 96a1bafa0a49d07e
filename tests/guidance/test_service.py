"""Guidance from draft to abolition: who moves it, and what it must keep."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind, Role
from portal.guidance import numbers, service
from portal.guidance.addressees import AddresseeRule, addressed_by, describe, parse_codes, preview
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceKind, GuidanceState, Nature
from tests.factories.guidance import (
    EVERYONE,
    NIIGATA,
    due_in,
    issue,
    make_approved,
    make_chief,
    make_content,
    make_draft,
    make_drafter,
    make_issued,
    make_review,
    yesterday,
)
from tests.factories.people import actor_of, make_member, organisation
from tests.support.statements import recorded_statements

MY_NUMBER = "123456789018"


def events_of(guidance: Guidance) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(EventRecord.kind)
            .where(EventRecord.subject_kind == "guidance", EventRecord.subject_id == guidance.id)
            .order_by(EventRecord.id)
        )
    )


def test_each_step_moves_the_state_and_leaves_one_event(arrange):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(make_chief())
        guidance = service.draft_guidance(drafter, make_content())
        service.save_draft(drafter, guidance, make_content(title="改題"))
        service.send_for_review(drafter, guidance)
        service.return_to_draft(chief, guidance, reason="宛名を直すこと")
        assert (guidance.state, guidance.return_reason) == (GuidanceState.DRAFT, "宛名を直すこと")
        service.send_for_review(drafter, guidance)
        service.approve_guidance(chief, guidance, document_number="総行住第78号")
        issue(chief, guidance)
        service.abolish_guidance(chief, guidance, reason="新しい手引きに置き換えたため")

        assert guidance.state is GuidanceState.ABOLISHED
        assert guidance.title == "改題"
        assert events_of(guidance) == [
            "guidance_drafted",
            "guidance_edited",
            "guidance_sent_for_review",
            "guidance_returned",
            "guidance_sent_for_review",
            "guidance_approved",
            "guidance_issued",
            "guidance_abolished",
        ]


def test_the_drafter_never_approves(arrange):
    with arrange():
        drafter = actor_of(make_drafter(is_head=True, is_approver=True))
        guidance = make_review(drafter)

        with pytest.raises(Forbidden):
            service.approve_guidance(drafter, guidance, document_number="総行住第78号")


def test_whoever_edited_last_does_not_approve_either(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        head = actor_of(make_drafter(is_head=True))
        guidance = make_draft(drafter)
        service.save_draft(head, guidance, make_content(body="課長が書き直した本文"))
        service.send_for_review(drafter, guidance)

        with pytest.raises(Forbidden):
            service.approve_guidance(head, guidance, document_number="総行住第78号")


@pytest.mark.parametrize("step", ["save", "review", "approve", "issue", "abolish", "return"])
def test_a_step_from_the_wrong_state_conflicts(arrange, step):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(make_chief())
        draft, issued = make_draft(drafter), make_issued()
        steps = {
            "save": lambda: service.save_draft(drafter, issued, make_content()),
            "review": lambda: service.send_for_review(drafter, issued),
            "approve": lambda: service.approve_guidance(chief, draft, document_number="総行住第1号"),
            "issue": lambda: service.issue_guidance(chief, issued, fingerprint=""),
            "abolish": lambda: service.abolish_guidance(chief, draft, reason="理由"),
            "return": lambda: service.return_to_draft(chief, issued, reason="理由"),
        }

        with pytest.raises(Conflict):
            steps[step]()


def test_a_stale_version_conflicts(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        guidance = make_draft(drafter)
        seen = guidance.version
        service.save_draft(drafter, guidance, make_content(title="先の保存"), version=seen)

        with pytest.raises(Conflict):
            service.save_draft(drafter, guidance, make_content(title="後の保存"), version=seen)
        assert guidance.title == "先の保存"


@pytest.mark.parametrize(
    ("kind", "number", "accepted"),
    [
        (GuidanceKind.NOTICE, "総行住第78号", True),
        (GuidanceKind.NOTICE, "総行住第７８号", True),
        (GuidanceKind.NOTICE, "総行住第78号の2", True),
        (GuidanceKind.NOTICE, "", False),
        (GuidanceKind.NOTICE, "78", False),
        (GuidanceKind.NOTICE, "総行住第078号", False),
        (GuidanceKind.OFFICE_MEMO, "", True),
        (GuidanceKind.OFFICE_MEMO, "総行住第78号", False),
        (GuidanceKind.HANDBOOK, "", True),
        (GuidanceKind.HANDBOOK, "総行住第78号", True),
        (GuidanceKind.MINISTER_LETTER, "総行住第78号", True),
    ],
)
def test_the_number_follows_the_rule_of_its_kind(arrange, kind, number, accepted):
    with arrange():
        guidance = make_review(kind=kind)
        chief = actor_of(make_chief())
        if accepted:
            service.approve_guidance(chief, guidance, document_number=number)
            assert guidance.document_number in {None, "総行住第78号", "総行住第78号の2"}
        else:
            with pytest.raises(Invalid) as caught:
                service.approve_guidance(chief, guidance, document_number=number)
            assert caught.value.field == "document_number"


def test_a_number_is_given_once_per_sender_and_fiscal_year(arrange):
    with arrange():
        make_approved("総行住第78号")
        second = make_review()
        chief = actor_of(make_chief())
        with pytest.raises(Invalid) as caught:
            service.approve_guidance(chief, second, document_number="総行住第７８号")
        assert caught.value.field == "document_number"
        with pytest.raises(Invalid) as early:
            make_draft(document_number="総行住第78号")
        assert early.value.field == "document_number"

        zaisei = actor_of(make_member("zaisei", Role.DIVISION))
        other = make_review(zaisei, sender_id=organisation("zaisei").id)
        service.approve_guidance(chief, other, document_number="総行住第78号")
    with arrange(), clock.pretending(datetime(2031, 4, 10, tzinfo=UTC)):
        guidance = make_approved("総行住第78号")
        assert guidance.number_year == 2031


def test_the_database_refuses_a_number_that_two_give_at_once(arrange, monkeypatch):
    monkeypatch.setattr(numbers, "check_for_approval", lambda guidance, number: None)
    with arrange():
        make_approved("総行住第78号")
        second = make_review()
        with pytest.raises(Invalid) as caught:
            service.approve_guidance(actor_of(make_chief()), second, document_number="総行住第78号")
        assert caught.value.field == "document_number"
        assert second.state is GuidanceState.REVIEW


def test_a_due_date_in_the_past_is_refused(arrange):
    with arrange(), pytest.raises(Invalid) as caught:
        make_draft(reply_due_on=yesterday())

    assert caught.value.field == "reply_due_on"


def test_a_short_due_date_needs_the_approvers_reason(arrange):
    with arrange():
        guidance = make_review(reply_due_on=due_in(2))
        chief = actor_of(make_chief())
        with pytest.raises(Invalid) as caught:
            service.approve_guidance(chief, guidance, document_number="総行住第78号", short_due_reason=" ")
        assert caught.value.field == "short_due_reason"
        service.approve_guidance(chief, guidance, document_number="総行住第78号", short_due_reason="国会答弁のため")
        assert guidance.short_due_reason == "国会答弁のため"


def test_a_due_date_that_comes_near_after_approval_needs_the_reason_too(arrange):
    with arrange():
        guidance = make_approved(reply_due_on=due_in(4))
        chief = actor_of(make_chief())
        with (
            clock.pretending(clock.now() + timedelta(days=(due_in(2) - due_in(0)).days + 1)),
            pytest.raises(Invalid) as caught,
        ):
            issue(chief, guidance)

    assert caught.value.field in {"short_due_reason", "reply_due_on"}


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"body": " "}, "body"),
        ({"addressee_line": ""}, "addressee_line"),
        ({"contact": ""}, "contact"),
        ({"kind": GuidanceKind.REQUEST, "reply_due_on": None}, "reply_due_on"),
        ({"addressees": AddresseeRule()}, "addressees"),
    ],
)
def test_an_incomplete_paper_is_not_sent_for_review(arrange, missing, field):
    with arrange():
        drafter = actor_of(make_drafter())
        guidance = make_draft(drafter, **missing)
        with pytest.raises(Invalid) as caught:
            service.send_for_review(drafter, guidance)
        assert caught.value.field == field
        assert guidance.state is GuidanceState.DRAFT


@pytest.mark.parametrize(
    "field",
    [
        "title",
        "sender_title",
        "legal_basis",
        "addressee_line",
        "required_action",
        "difference",
        "concerned_sections",
        "body",
        "contact",
        "document_number",
        "short_due_reason",
    ],
)
def test_no_text_takes_a_my_number(arrange, field):
    with arrange(), pytest.raises(Invalid) as caught:
        make_draft(**{field: f"個人番号 {MY_NUMBER}"})

    assert caught.value.field == field
    assert MY_NUMBER not in str(caught.value)


def test_reasons_take_no_my_number(arrange):
    with arrange():
        chief = actor_of(make_chief())
        guidance = make_review()
        with pytest.raises(Invalid):
            service.return_to_draft(chief, guidance, reason=f"マイナンバー {MY_NUMBER}")
        with pytest.raises(Invalid) as empty:
            service.return_to_draft(chief, guidance, reason=" ")
        assert empty.value.field == "reason"


def test_a_division_drafts_in_its_own_name_only(arrange):
    with arrange(), pytest.raises(Invalid) as caught:
        make_draft(sender_id=organisation("zaisei").id)

    assert caught.value.field == "sender_id"


def test_a_local_official_drafts_nothing(arrange):
    with arrange():
        local = actor_of(make_member("152226", Role.LOCAL_MANAGER))
        with pytest.raises(Forbidden):
            service.draft_guidance(local, make_content())


def test_issuing_freezes_every_local_government_in_few_statements(arrange, app):
    with arrange():
        chief = actor_of(make_chief())
        guidance = make_approved(chief=chief, addressees=EVERYONE)
        seen = preview(EVERYONE)
        with recorded_statements(db.engine) as statements:
            count = service.issue_guidance(chief, guidance, fingerprint=seen.fingerprint)
        frozen = set(
            db.session.scalars(sa.select(Recipient.organisation_id).where(Recipient.guidance_id == guidance.id))
        )
        expected = set(db.session.scalars(sa.select(Organisation.id).where(addressed_by(EVERYONE))))
        row = db.session.scalars(sa.select(Recipient).where(Recipient.guidance_id == guidance.id).limit(1)).one()

        assert count == seen.count == guidance.recipient_count == len(frozen) == 1788
        assert frozen == expected
        assert row.delivered_at == guidance.issued_at
        assert (row.opened_at, row.received_at, row.responded_at) == (None, None, None)
        assert len(statements) <= 6
        assert events_of(guidance).count("guidance_issued") == 1


def test_a_directory_that_changed_since_the_preview_asks_to_look_again(arrange):
    with arrange():
        chief = actor_of(make_chief())
        guidance = make_approved(chief=chief)
        guidance_id = guidance.id
        seen = preview(NIIGATA)
        organisation("152226").valid_until = seen_day = due_in(0)
        assert seen_day
        db.session.flush()
    with pytest.raises(Conflict), arrange():
        service.issue_guidance(chief, db.session.get_one(Guidance, guidance_id), fingerprint=seen.fingerprint)
    with arrange():
        guidance = db.session.get_one(Guidance, guidance_id)
        assert guidance.state is GuidanceState.APPROVED
        assert not db.session.scalar(sa.select(sa.func.count(Recipient.id)))
        assert service.issue_guidance(chief, guidance, fingerprint=preview(NIIGATA).fingerprint) == seen.count - 1


def test_recipients_stay_as_they_were_when_the_directory_changes_later(arrange):
    with arrange():
        guidance = make_issued()
        organisation("152226").valid_until = due_in(0)
        db.session.flush()
        assert (
            db.session.scalar(sa.select(sa.func.count(Recipient.id)).where(Recipient.guidance_id == guidance.id))
            == guidance.recipient_count
            == 31
        )


class TestAddressees:
    """The rule."""

    @pytest.mark.parametrize(
        ("rule", "count"),
        [
            (AddresseeRule(), 0),
            (EVERYONE, 1788),
            (AddresseeRule(kinds=(OrganisationKind.PREFECTURE, OrganisationKind.DESIGNATED_CITY)), 67),
            (AddresseeRule(kinds=(OrganisationKind.PREFECTURE,), prefectures=("15", "16")), 2),
            (AddresseeRule(kinds=(OrganisationKind.PREFECTURE, OrganisationKind.ASSOCIATION), prefectures=("15",)), 7),
            (AddresseeRule(kinds=(OrganisationKind.PREFECTURE,), include=("152226", "digital")), 49),
            (AddresseeRule(kinds=(OrganisationKind.PREFECTURE,), exclude=("150002",)), 46),
            (AddresseeRule(include=("152226",), exclude=("152226",)), 0),
            (AddresseeRule(include=("hq", "juumin")), 0),
        ],
    )
    def test_selects(self, arrange, rule, count):
        with arrange():
            seen = preview(rule)
            assert seen.count == count
            assert sum(each[1] for each in seen.by_kind) == count
            assert AddresseeRule.from_dict(rule.to_dict()) == rule

    def test_core_cities_are_added_to_the_kinds(self, arrange):
        with arrange():
            core = db.session.scalar(sa.select(sa.func.count()).where(Organisation.is_core_city))
            assert preview(AddresseeRule(core_cities=True)).count == core > 50

    def test_an_unknown_code_is_named(self, arrange):
        with arrange():
            assert parse_codes("include", "１５２２２６、150002\n152226") == ("152226", "150002")
            with pytest.raises(Invalid) as caught:
                parse_codes("exclude", "152226 999999")
            assert caught.value.field == "exclude"
            assert caught.value.params["code"] == "999999"

    @pytest.mark.parametrize("typed", [MY_NUMBER, "123456 789018", "1234-5678-9018", "12345"])
    def test_what_may_be_a_my_number_is_not_repeated(self, arrange, typed):
        with arrange(), pytest.raises(Invalid) as caught:
            parse_codes("include", typed)

        assert caught.value.params == {}

    def test_is_described_in_words(self, arrange):
        with arrange():
            assert describe(EVERYONE) == "全都道府県・全市区町村"
            assert describe(NIIGATA) == "全都道府県・全市区町村（新潟県の区域）"
            rule = AddresseeRule(
                kinds=(OrganisationKind.PREFECTURE,), core_cities=True, include=("chijikai",), exclude=("150002",)
            )
            assert describe(rule) == "都道府県・中核市、ほかに全国知事会（新潟県を除く）"
            assert describe(rule, "en").startswith(
                "Prefectures, core cities, and National Governors' Association (except"
            )
            assert describe(AddresseeRule()) == "宛先なし"

    def test_preview_pages_and_counts_by_prefecture(self, arrange):
        with arrange():
            seen = preview(EVERYONE)
            second = preview(EVERYONE, cursor=seen.bodies.next_cursor)
            assert len(seen.by_prefecture) == 47
            assert next(each.count for each in seen.by_prefecture if each.code == "15") == 31
            assert len(seen.bodies) == 100
            assert {body.id for body in seen.bodies}.isdisjoint(body.id for body in second.bodies)
            assert preview(NIIGATA).left_out == 1788 - 31


def test_information_asks_no_reply(arrange):
    with arrange():
        guidance = make_issued(None, kind=GuidanceKind.INFORMATION, nature=Nature.INFORMATION, reply_due_on=None)
        assert guidance.document_number is None


def test_the_secretariat_corrects_a_ministrys_draft_and_keeps_its_sender(arrange):
    with arrange():
        ministry = actor_of(make_member("digital", Role.MINISTRY))
        guidance = make_draft(ministry, sender_id=organisation("digital").id)
        secretary = actor_of(make_member("secretariat", Role.SECRETARIAT))

        service.save_draft(secretary, guidance, make_content(title="改題", sender_id=organisation("digital").id))
        assert guidance.title == "改題"
        with pytest.raises(Invalid) as caught:
            service.save_draft(secretary, guidance, make_content(sender_id=organisation("mhlw").id))

    assert caught.value.field == "sender_id"
