"""Versions of a draft and the remarks on it."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.calendar import long_date
from portal.core.db import db
from portal.core.differences import DifferenceKind
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.directory.roles import Role
from portal.drafting import queries, remarks
from portal.guidance import service, versions
from portal.guidance.readdressing import set_addressees
from portal.themes.models import Theme
from tests.factories.guidance import due_in, issue, make_approved, make_chief, make_content, make_draft, make_drafter
from tests.factories.people import actor_of, make_member, organisation


def test_every_saved_text_is_kept_once_and_compared_by_character(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        paper = make_draft(drafter)
        service.save_draft(drafter, paper, make_content(title="紐付け総点検の再実施について", reply_due_on=due_in(12)))
        service.save_draft(drafter, paper, make_content(title="紐付け総点検の再実施について", reply_due_on=due_in(12)))
        assert versions.newest_number(paper) == 2
        first, second = versions.get_versions(paper, [1, 2])
        changes = {change.name: change.pieces for change in versions.compare_versions(first, second)}
        assert list(changes) == ["title", "reply_due_on"]
        assert (DifferenceKind.ADDED, "再") in changes["title"]
        said = "".join(text for kind, text in changes["reply_due_on"] if kind is not DifferenceKind.REMOVED)
        assert said == long_date(due_in(12))
        assert DifferenceKind.SAME not in {kind for kind, _ in changes["reply_due_on"]}  # a date is read whole
        assert versions.compare_versions(second, second) == []
        with pytest.raises(NotFound):
            versions.get_versions(paper, [1, 3])


def test_an_earlier_version_comes_back_as_the_newest(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        paper = make_draft(drafter)
        service.save_draft(drafter, paper, make_content(title="改題"))
        (first,) = versions.get_versions(paper, [1])
        service.save_draft(drafter, paper, versions.content_of_version(first), restored_from=1)
        assert paper.title == "紐付け総点検の実施について"
        newest = versions.list_versions(paper).items[0]
        assert (newest.number, newest.restored_from, newest.content) == (3, 1, first.content)


def test_remarks_are_made_by_those_who_work_on_it_and_settled_by_its_writers(arrange):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(make_chief())
        paper = make_draft(drafter)
        with pytest.raises(Invalid) as empty:
            remarks.remark_on_draft(chief, paper, text=" ")
        assert empty.value.field == "text"
        with pytest.raises(Forbidden):
            remarks.remark_on_draft(actor_of(make_member("hq", Role.LIAISON)), paper, text="読みました。")
        remark = remarks.remark_on_draft(chief, paper, text="期限を延ばしてください。", place="記の2")
        assert (remark.version_number, queries.count_open_remarks(paper)) == (1, 1)
        with pytest.raises(Forbidden):
            remarks.settle_remark(actor_of(make_member("zaisei", Role.DIVISION)), paper, remark)
        remarks.settle_remark(drafter, paper, remark)
        assert queries.count_open_remarks(paper) == 0
        with pytest.raises(Conflict):
            remarks.settle_remark(drafter, paper, remark)


def test_nobody_remarks_on_what_is_out(arrange):
    with arrange():
        chief = actor_of(make_chief())
        paper = make_approved()
        issue(chief, paper)
        with pytest.raises(Conflict):
            remarks.remark_on_draft(chief, paper, text="遅い意見です。")


def test_addressees_and_choices_are_compared_in_words(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        paper = make_draft(drafter, addressees=AddresseeRule(include=("152226",)))
        changed = make_content(addressees=AddresseeRule(include=("152226", "152048")), seal_omitted=True)
        service.save_draft(drafter, paper, changed)
        changes = versions.compare_versions(*versions.get_versions(paper, [1, 2]))
        new = {
            change.name: "".join(text for kind, text in change.pieces if kind is not DifferenceKind.REMOVED)
            for change in changes
        }
        assert new["seal_omitted"] == "する"
        assert "三条市" in new["addressees"]
        assert "include" not in new["addressees"]


def test_offices_and_themes_are_compared_by_their_names(arrange):
    with arrange():
        writer = actor_of(make_member("secretariat", Role.SECRETARIAT))
        paper = make_draft(writer)
        theme = db.session.scalars(sa.select(Theme).order_by(Theme.id)).first()
        service.save_draft(writer, paper, make_content(sender_id=organisation("zaisei").id, theme_id=theme.id))
        changes = versions.compare_versions(*versions.get_versions(paper, [1, 2]))
        found = {change.name: change.pieces for change in changes}
        assert found["sender_id"] == [(DifferenceKind.REMOVED, "住民制度課"), (DifferenceKind.ADDED, "財政課")]
        assert (DifferenceKind.ADDED, theme.label("ja")) in found["theme_id"]


def test_addressees_that_somebody_set_are_a_version_of_theirs(arrange):
    with arrange():
        drafter, colleague = actor_of(make_drafter()), actor_of(make_drafter())
        paper = make_draft(drafter, addressees=AddresseeRule(include=("152226",)))
        set_addressees(colleague, paper, AddresseeRule(include=("152226", "152048")))
        set_addressees(colleague, paper, AddresseeRule(include=("152226", "152048")))
        newest = versions.list_versions(paper).items[0]
        assert (newest.number, newest.author_person_id) == (2, colleague.person_id)
        service.save_draft(drafter, paper, make_content(title="改題", addressees=AddresseeRule(include=("152226",))))
        service.save_draft(drafter, paper, versions.content_of_version(newest), restored_from=2)
        assert paper.addressees["include"] == ["152226", "152048"]
