"""Links between things of different features."""

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.actor import SYSTEM
from portal.links.models import Link, LinkRelation
from portal.links.queries import list_linked, list_links_from, list_links_to
from portal.links.service import add_link, remove_link

ISSUE, PAPER, ENTRY = ("issue", 7), ("guidance", 3), ("qa_entry", 5)


def test_a_link_is_found_from_either_end(arrange):
    with arrange():
        add_link(SYSTEM, PAPER, ISSUE, LinkRelation.DERIVED)

        assert list_links_from("guidance", 3, "issue") == [7]
        assert list_links_to("issue", 7, "guidance") == [3]
        assert list_links_from("issue", 7, "guidance") == []


def test_saying_it_twice_makes_one_link(arrange):
    with arrange():
        add_link(SYSTEM, PAPER, ISSUE)
        add_link(SYSTEM, PAPER, ISSUE)

        assert db.session.scalar(sa.select(sa.func.count()).select_from(Link)) == 1


def test_two_relations_of_the_same_things_show_the_thing_once(arrange):
    with arrange():
        add_link(SYSTEM, PAPER, ISSUE, LinkRelation.DERIVED)
        add_link(SYSTEM, PAPER, ISSUE, LinkRelation.ANSWERS)
        add_link(SYSTEM, ISSUE, PAPER, LinkRelation.RELATED)
        add_link(SYSTEM, ISSUE, ENTRY, LinkRelation.ANSWERS)

        assert list_linked("issue", 7) == {"guidance": [3], "qa_entry": [5]}
        assert list_links_from("guidance", 3, "issue") == [7]


def test_removing_leaves_the_other_links(arrange):
    with arrange():
        add_link(SYSTEM, ISSUE, PAPER, LinkRelation.ANSWERS)
        add_link(SYSTEM, ISSUE, PAPER)
        remove_link(ISSUE, PAPER)
        remove_link(ISSUE, ENTRY)

        assert list_links_from("issue", 7, "guidance") == [3]
