"""The rule: who it addresses, why the others are not, what changed, and the rule in words."""

import pytest
import sqlalchemy as sa

from portal.addressing import queries, service
from portal.addressing.states import LeftOut, PopulationClass
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind, Role
from portal.guidance.addressees import AddresseeRule, describe, preview
from portal.guidance.comparison import compare_with, find_previous, list_left_out, series_of
from portal.guidance.models import Recipient
from portal.guidance.readdressing import set_addressees
from portal.guidance.states import ResponseState
from tests.factories.guidance import NIIGATA, make_draft, make_drafter, make_issued, make_review
from tests.factories.people import actor_of, make_member, organisation

CITY, TOWN, VILLAGE = OrganisationKind.CITY, OrganisationKind.TOWN, OrganisationKind.VILLAGE


def codes(rule: AddresseeRule) -> set[str]:
    seen = preview(rule)
    assert seen.count == len(seen.ids)
    return set(db.session.scalars(sa.select(Organisation.code).where(Organisation.id.in_(seen.ids))))


def reasons(rule: AddresseeRule) -> dict[str, LeftOut]:
    found, cursor = {}, None
    while True:
        page = list_left_out(rule, cursor=cursor)
        found.update({body.code: LeftOut(why) for body, why in page})
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_population_classes_narrow_municipalities_and_name_why_each_other_is_left_out(arrange):
    with arrange():
        for code, people in (("152226", 180_000), ("152048", 90_000), ("153079", 4_999), ("153427", 5_000)):
            organisation(code).population = people
        db.session.flush()
        rule = AddresseeRule(
            kinds=(OrganisationKind.PREFECTURE, CITY, TOWN, VILLAGE),
            prefectures=("15",),
            populations=(PopulationClass.BELOW_5K, PopulationClass.BELOW_200K),
            exclude=("153079",),
        )
        why = reasons(rule)

        assert codes(rule) == {"150002", "152226"}  # the prefecture is no municipality: classes leave it alone
        assert why["153079"] is LeftOut.BY_NAME
        assert why["152048"] is why["153427"] is LeftOut.BY_POPULATION  # 5,000 is no longer under 5,000
        assert why["152021"] is LeftOut.UNCOUNTED
        assert why["151009"] is LeftOut.BY_CLASS
        assert why["162019"] is LeftOut.BY_AREA
        seen = preview(rule)
        assert sum(count for _, count in seen.by_reason) == seen.left_out == len(why) == 1786


def test_lists_are_added_and_taken_away_whatever_the_area(arrange):
    with arrange():
        office = actor_of(make_drafter())
        pioneers = service.keep_list(office, None, name="先行団体", codes="131016 152226\n152048")
        others = service.keep_list(office, None, name="対象外", codes="152048")
        rule = AddresseeRule(lists=(pioneers.id,), exclude_lists=(others.id,), include=("013943",))

        assert codes(rule) == {"131016", "152226", "013943"}
        assert reasons(rule)["152048"] is LeftOut.BY_LIST
        assert describe(rule) == "リスト「先行団体」、蘭越町" + "（リスト「対象外」を除く）"
        assert describe(rule, "en").startswith("The list “先行団体”, ")


def test_earlier_papers_bring_in_their_addressees_or_those_that_have_not_answered(arrange):
    with arrange():
        earlier = make_issued(addressees=AddresseeRule(include=("152226", "152048", "131016")))
        answered = db.session.scalars(
            sa.select(Recipient).where(Recipient.guidance_id == earlier.id, Recipient.organisation_code == "152048")
        ).one()
        answered.response = ResponseState.DONE
        db.session.flush()

        assert codes(AddresseeRule(received=(earlier.id,))) == {"152226", "152048", "131016"}
        rule = AddresseeRule(unanswered=(earlier.id,), prefectures=("15",))
        assert codes(rule) == {"152226"}
        assert describe(rule) == "「総行住第78号」に未対応の団体（新潟県の区域）"
        assert describe(rule, "en") == "Those that have not answered “総行住第78号” in Niigata Prefecture"


def test_a_rule_survives_its_storage(arrange):
    rule = AddresseeRule(
        kinds=(CITY,),
        populations=(PopulationClass.BELOW_5K,),
        duties=("resident",),
        lists=(3,),
        received=(1,),
        unanswered=(2,),
        exclude_lists=(4,),
        exclude=("152226",),
    )

    assert AddresseeRule.from_dict(rule.to_dict()) == rule
    assert AddresseeRule.from_dict({"kinds": ["city"]}) == AddresseeRule(kinds=(CITY,))


def test_the_last_paper_of_the_series_is_what_a_draft_is_compared_with(arrange):
    with arrange():
        first = make_issued(
            title="令和7年度総点検の実施について（依頼）", addressees=AddresseeRule(include=("152226",))
        )
        make_issued("総行住第79号", title="別の件について")
        drafter = actor_of(make_drafter())
        draft = make_draft(drafter, title="令和8年度総点検の実施について（第2回）")
        previous = find_previous(drafter, draft)
        now = preview(AddresseeRule(include=("152048",))).ids

        assert previous is not None
        assert previous.id == first.id
        found = compare_with(previous, now)
        assert found.added == {organisation("152048").id}
        assert found.removed == {organisation("152226").id}
        assert find_previous(drafter, make_draft(drafter, title="初めての件")) is None
        assert series_of("第3回　調査について（依頼）") == series_of("第12回調査について(照会)")


def test_a_rule_is_kept_on_a_draft_alone_and_names_only_what_its_writer_may_use(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        draft = make_draft(drafter)
        other = actor_of(make_member("mynumber", Role.DIVISION))
        foreign = service.keep_list(other, None, name="他課の一覧", codes="152226")

        with pytest.raises(Invalid) as refused:
            set_addressees(drafter, draft, AddresseeRule(lists=(foreign.id,)))
        assert refused.value.field == "lists"
        with pytest.raises(Invalid):
            set_addressees(drafter, draft, AddresseeRule(received=(draft.id + 999,)))
        with pytest.raises(Invalid):
            set_addressees(drafter, draft, AddresseeRule(duties=("no-such",)))
        with pytest.raises(Forbidden):
            set_addressees(other, draft, NIIGATA)
        with pytest.raises(Conflict):
            set_addressees(drafter, draft, NIIGATA, version=99)
        with pytest.raises(Conflict):
            set_addressees(drafter, make_review(drafter), NIIGATA)
        set_addressees(drafter, draft, AddresseeRule(kinds=(CITY,), duties=("resident",)), version=draft.version)
        assert draft.addressees["duties"] == ["resident"]


def test_lists_belong_to_an_office(arrange):
    with arrange():
        mine, chief = actor_of(make_drafter()), actor_of(make_member("secretariat", Role.SECRETARIAT))
        other = actor_of(make_member("mynumber", Role.DIVISION))
        kept = service.keep_list(mine, None, name="先行団体", codes="152226", note="令和8年度")
        for wrong in ({"name": " ", "codes": "152226"}, {"name": "x", "codes": ""}, {"name": "x", "codes": "999999"}):
            with pytest.raises(Invalid):
                service.keep_list(mine, None, **wrong)
        with pytest.raises(Invalid) as taken:
            service.keep_list(mine, None, name="先行団体", codes="152226")
        assert taken.value.field == "name"
        service.keep_list(other, None, name="先行団体", codes="152226")  # another office's name is its own

        assert [each.count for each in queries.list_lists(mine)] == [1]
        assert len(queries.list_lists(chief)) == 2
        with pytest.raises(Forbidden):
            service.keep_list(chief, kept, name="x", codes="152226")
        with pytest.raises(Conflict):
            service.keep_list(mine, kept, name="x", codes="152226", version=99)
        service.keep_list(mine, kept, name="先行2団体", codes="152226 152048", version=kept.version)
        assert [body.code for body in queries.list_bodies_of(kept)] == ["152048", "152226"]
        service.drop_list(mine, kept)
        assert queries.list_lists(mine) == []
        assert [each.found.name for each in queries.list_lists(mine, [kept.id])] == ["先行2団体"]
        assert queries.name_lists([kept.id]) == {kept.id: "先行2団体"}
        service.keep_list(mine, None, name="先行2団体", codes="152226")  # a dropped list's name is free again
