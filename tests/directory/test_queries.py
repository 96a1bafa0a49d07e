"""Browsing and searching the directory."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.calendar import japan_date
from portal.directory import assignment_queries, queries
from portal.directory.master import load_directory
from portal.directory.queries import OrganisationSearch
from portal.directory.roles import AssignmentRank, OrganisationKind
from tests.factories.people import make_liaison, organisation


def _names(arrange, **search):
    with arrange():
        return [row.name for row in queries.list_organisations(OrganisationSearch(**search)).items]


@pytest.mark.parametrize("text", ["じょうえつ", "ジョウエツ", "ｼﾞｮｳｴﾂ", "上越", "152226", "１５２２２６", "15222"])
def test_a_body_is_found_however_it_is_typed(arrange, text):
    assert "上越市" in _names(arrange, text=text)


@pytest.mark.parametrize("text", ["鎌ケ谷", "鎌ヶ谷", "かまがや"])
def test_large_and_small_ke_find_the_same_city(arrange, text):
    assert any("谷" in name and name.startswith("鎌") for name in _names(arrange, text=text))


def test_towns_are_found_by_their_county(arrange):
    assert {"聖籠町"} <= set(_names(arrange, text="北蒲原郡"))


def test_wildcards_are_only_characters(arrange):
    assert _names(arrange, text="%") == []
    assert _names(arrange, text="上_市") == []


def test_kind_and_prefecture_narrow_the_list(arrange):
    names = _names(arrange, kind=OrganisationKind.DESIGNATED_CITY, prefecture_code="14")

    assert names == ["横浜市", "川崎市", "相模原市"]


def test_pages_follow_each_other_without_gap_or_repeat(arrange):
    seen, cursor = [], None
    with arrange():
        while True:
            page = queries.list_organisations(OrganisationSearch(prefecture_code="01"), cursor=cursor)
            seen += [row.code for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break

    assert len(seen) == len(set(seen)) == page.total == 180  # Hokkaido and its 179 municipalities


def test_a_body_of_the_past_is_shown_only_when_asked_for(arrange):
    today = japan_date(clock.now())
    with arrange():
        organisation("152226").valid_until = today
        organisation("152021").valid_from = today + timedelta(days=1)

    assert "上越市" not in _names(arrange, text="152226")
    assert "上越市" in _names(arrange, text="152226", with_past=True)
    assert _names(arrange, text="152021") == []


def test_fixed_lists_hold_what_they_should(arrange):
    with arrange():
        assert len(queries.list_prefectures()) == 47
        assert [row.name for row in queries.list_divisions()][:2] == ["住民制度課", "デジタル基盤推進室"]
        assert len(queries.list_divisions()) == 16
        assert len(queries.list_ministries()) == 5
        assert len(queries.list_associations()) == 6
        assert len(queries.list_municipalities("15")) == 30


def test_prefectures_get_their_english_names_where_nobody_gave_one(arrange):
    with arrange():
        names = [each.name_en for each in queries.list_prefectures()]
        assert (names[0], names[12], names[14], names[46]) == (
            "Hokkaido", "Tokyo Metropolis", "Niigata Prefecture", "Okinawa Prefecture",
        )  # fmt: skip
        organisation("150002").name_en, organisation("130001").name_en = None, "Tokyo"
    with arrange():
        assert load_directory() == 0
        assert organisation("150002").name_en == "Niigata Prefecture"
        assert organisation("130001").name_en == "Tokyo"


def test_roster_has_67_posts_and_those_without_a_primary_come_first(arrange):
    with arrange():
        make_liaison("010006")
        make_liaison("011002", rank=AssignmentRank.DEPUTY)
        rows = assignment_queries.list_posts()

    assert len(rows) == 67
    assert rows[-1].post.code == "010006"
    assert rows[0].post.code == "011002"
    assert rows[0].primary is None
    assert len(rows[0].deputies) == 1


def test_liaison_whose_membership_has_ended_is_no_longer_named(arrange):
    with arrange():
        liaison = make_liaison("150002")
        post = organisation("150002")
        assert [row.membership_id for row in assignment_queries.liaisons_of_post(post.id)] == [liaison.id]

        liaison.ends_at = clock.now() - timedelta(seconds=1)

        assert list(assignment_queries.liaisons_of_post(post.id)) == []
