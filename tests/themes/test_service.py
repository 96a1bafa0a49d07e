"""Themes, sub-topics and the routing table."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.themes import queries, service
from portal.themes.models import Theme
from portal.themes.service import TopicFacts
from tests.factories.people import actor_of, make_member, organisation


@pytest.fixture
def admin(arrange):
    with arrange():
        return actor_of(make_member("hq", Role.ADMIN))


def _theme(code="linkage"):
    return queries.get_theme(db.session.scalars(sa.select(Theme.id).where(Theme.code == code)).one())


def _kinds():
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def test_master_routes_lead_from_the_linkage_theme_to_the_my_number_office(arrange):
    with arrange():
        assert [theme.code for theme in queries.list_themes()] == ["vaccine", "card", "linkage", "other"]
        assert queries.division_for(_theme().id).code == "mynumber"


def test_a_sub_topics_own_route_goes_before_the_themes(arrange, admin):
    with arrange():
        theme = _theme()
        first, second = queries.list_sub_topics(theme.id)[:2]
        service.set_route(admin, theme, first, division_id=organisation("zaisei").id)
        service.set_route(admin, theme, second, division_id=None)

        assert queries.division_for(theme.id, first.id).code == "zaisei"
        assert queries.division_for(theme.id, second.id).code == "mynumber"
        assert queries.list_routes()[(theme.id, first.id)].code == "zaisei"


def test_setting_the_same_route_records_nothing(arrange, admin):
    with arrange():
        theme = _theme()
        service.set_route(admin, theme, None, division_id=organisation("mynumber").id)

        assert _kinds() == []


def test_route_leads_to_a_division_only(arrange, admin):
    with arrange():
        for division_id in (organisation("digital").id, 0):
            with pytest.raises(Invalid):
                service.set_route(admin, _theme(), None, division_id=division_id)
        with pytest.raises(Invalid):
            service.set_route(admin, _theme(), None, division_id=None)


def test_new_theme_comes_last_with_its_route(arrange, admin):
    with arrange():
        theme = service.add_theme(
            admin,
            code="disaster",
            letter="d",
            facts=TopicFacts(name="災害対応", name_en="Disasters"),
            division_id=organisation("shobo").id,
        )

        assert queries.list_themes()[-1].code == "disaster"
        assert theme.letter == "D"
        assert queries.division_for(theme.id).code == "shobo"
        assert _kinds() == ["theme_changed", "route_changed"]


@pytest.mark.parametrize(
    ("code", "letter", "field"),
    [("linkage", "D", "code"), ("Bad Code", "D", "code"), ("disaster", "L", "letter"), ("disaster", "災", "letter")],
)
def test_code_and_letter_are_unique_and_plain(arrange, admin, code, letter, field):
    with arrange():
        with pytest.raises(Invalid) as refused:
            service.add_theme(
                admin,
                code=code,
                letter=letter,
                facts=TopicFacts(name="災害対応", name_en="Disasters"),
                division_id=organisation("shobo").id,
            )

        assert refused.value.field == field


def test_deactivated_theme_is_no_longer_offered(arrange, admin):
    with arrange():
        theme = _theme("vaccine")
        service.change_theme(
            admin,
            theme,
            version=theme.version,
            division_id=organisation("shichoson").id,
            facts=TopicFacts(name=theme.name, name_en=theme.name_en, is_active=False),
        )

        assert "vaccine" not in [row.code for row in queries.list_themes()]
        assert "vaccine" in [row.code for row in queries.list_themes(with_inactive=True)]
        assert all(row.theme.code != "vaccine" for row in queries.list_sub_topics())


def test_stale_theme_is_refused(arrange, admin):
    with arrange(), pytest.raises(Conflict):
        service.change_theme(
            admin,
            _theme(),
            version=99,
            facts=TopicFacts(name="x", name_en="x"),
            division_id=organisation("mynumber").id,
        )


def test_order_changes_by_one_place_and_stops_at_the_ends(arrange, admin):
    with arrange():
        service.move_theme(admin, _theme("linkage"), up=True)
        service.move_theme(admin, _theme("vaccine"), up=True)
        topics = queries.list_sub_topics(_theme().id)
        service.move_sub_topic(admin, topics[0], up=False)

        assert [theme.code for theme in queries.list_themes()] == ["vaccine", "linkage", "card", "other"]
        assert [row.id for row in queries.list_sub_topics(_theme().id)][:2] == [topics[1].id, topics[0].id]
        assert _kinds() == ["theme_changed", "theme_changed"]


def test_twin_of_a_sub_topic_is_refused(arrange, admin):
    with arrange():
        topic = queries.list_sub_topics(_theme().id)[0]

        with pytest.raises(Invalid):
            service.add_sub_topic(admin, topic.theme, facts=TopicFacts(name=topic.name, name_en="Twin"))


@pytest.mark.parametrize(
    ("code", "role"),
    [
        ("secretariat", Role.SECRETARIAT),
        ("juumin", Role.DIVISION),
        ("hq", Role.AUDITOR),
        ("152226", Role.LOCAL_MANAGER),
    ],
)
def test_settings_are_for_administrators(arrange, code, role):
    with arrange():
        actor = actor_of(make_member(code, role))

        with pytest.raises(Forbidden):
            service.move_theme(actor, _theme(), up=True)
