"""Issued guidance is fixed in the database itself: by plain SQL nothing of it can be changed, on either engine."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.directory.models import OrganisationSuccession
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES, GuidanceState
from tests.factories.guidance import issue, make_approved, make_chief
from tests.factories.people import actor_of, organisation
from tests.support.sql import refused

_FILE = (
    "INSERT INTO attachment (owner_kind, owner_id, file_name, media_type, size_bytes, sha256, storage_key, "
    "uploaded_by_person_id, uploaded_at) VALUES (:kind, :id, 'a.txt', 'text/plain', 1, 'x', :key, :person, "
    "'2026-11-23 00:00:00+00:00')"
)
TEXTS = {
    "title": "'改めた件名'",
    "body": "'改めた本文'",
    "document_number": "NULL",
    "number_year": "1999",
    "kind": "'request'",
    "nature": "'information'",
    "sender_title": "'別人'",
    "legal_basis": "'別の法'",
    "addressee_line": "'別の宛名'",
    "contact": "'別の照会先'",
    "concerned_sections": "'別の課'",
    "seal_omitted": "NOT seal_omitted",
    "asks_passing_on": "NOT asks_passing_on",
    "required_action": "'別のこと'",
    "difference": "'別の差'",
    "short_due_reason": "'後から'",
    "reply_due_on": "NULL",
    "addressees": "'{}'",
    "edition": "edition + 1",
    "issued_on": "NULL",
    "issued_at": "NULL",
    "recipient_count": "0",
    "state": "'draft'",
}


@pytest.fixture
def issued(arrange):
    """The ids of an issued paper with a file, of that file, and of another paper that is approved."""
    with arrange():
        chief = actor_of(make_chief())
        rule = AddresseeRule(include=("152226", "152048"))
        paper = make_approved("総行住第1号", chief, addressees=rule)
        other = make_approved("総行住第2号", chief, addressees=rule)
        values = {"kind": "guidance", "id": paper.id, "key": "key-of-the-file", "person": chief.person_id}
        db.session.execute(sa.text(_FILE), values)
        issue(chief, paper)
        file_id = db.session.scalar(sa.text("SELECT max(id) FROM attachment"))
        return {"paper": paper.id, "file": file_id, "other": other.id, "person": chief.person_id}


def test_no_text_of_an_issued_paper_changes_and_it_cannot_be_deleted(arrange, issued):
    with arrange():
        for column, value in TEXTS.items():
            assert refused(f"UPDATE guidance SET {column} = {value} WHERE id = :id", id=issued["paper"]), column
        assert refused("DELETE FROM guidance WHERE id = :id", id=issued["paper"])
        assert not refused("UPDATE guidance SET title = 'x', body = 'y' WHERE id = :id", id=issued["other"])
        assert not refused("UPDATE guidance SET updated_at = issued_at WHERE id = :id", id=issued["paper"])
        assert not refused("UPDATE guidance SET state = 'abolished' WHERE id = :id", id=issued["paper"])
        assert refused("UPDATE guidance SET body = 'z' WHERE id = :id", id=issued["paper"])  # whatever becomes of it


def test_the_orm_is_refused_too(arrange, issued):
    with arrange():
        paper = db.session.get_one(Guidance, issued["paper"])
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            paper.title = "改めた件名"


def test_recipients_stay_as_frozen_but_for_a_merger(arrange, issued):
    paper = issued["paper"]
    with arrange():
        row = "WHERE guidance_id = :id AND organisation_code = '152226'"
        for change in (
            "organisation_code = 'x'",
            "organisation_name = 'x'",
            f"guidance_id = {issued['other']}",
            f"organisation_id = {organisation('152021').id}",
            "prefecture_code = '01'",
        ):
            assert refused(f"UPDATE recipient SET {change} {row}", id=paper), change
        assert refused(f"DELETE FROM recipient {row}", id=paper)
        added = (
            "INSERT INTO recipient (guidance_id, organisation_id, organisation_code, organisation_name) "
            f"VALUES (:id, {organisation('152021').id}, '152021', 'x')"
        )
        assert refused(added, id=paper)
        assert not refused(f"UPDATE recipient SET received_at = delivered_at {row}", id=paper)
        gone, heir = organisation("152226"), organisation("152021")
        db.session.add(
            OrganisationSuccession(predecessor_id=gone.id, successor_id=heir.id, effective_on=date(2026, 11, 1))
        )
        db.session.flush()
        assert not refused(f"UPDATE recipient SET organisation_id = {heir.id} {row}", id=paper)
        assert refused(f"UPDATE recipient SET organisation_id = {organisation('151009').id} {row}", id=paper)
        names = db.session.scalars(sa.select(Recipient.organisation_name).where(Recipient.guidance_id == paper))
        assert "上越市" in set(names)


def test_files_of_an_issued_paper_stay(arrange, issued):
    file_id = issued["file"]
    with arrange():
        for change in ("file_name = 'b.txt'", "sha256 = 'y'", "owner_kind = 'issue'", "removed_at = uploaded_at"):
            assert refused(f"UPDATE attachment SET {change} WHERE id = :id", id=file_id), change
        assert refused(f"UPDATE attachment SET owner_id = {issued['other']} WHERE id = :id", id=file_id)
        assert refused("DELETE FROM attachment WHERE id = :id", id=file_id)
        more = {"kind": "guidance", "key": "another", "person": issued["person"]}
        assert refused(_FILE, id=issued["paper"], **more)
        assert not refused(_FILE, id=issued["other"], **more)
        taken = f"UPDATE attachment SET owner_id = {issued['paper']} WHERE storage_key = 'another'"
        assert refused(taken)


def test_the_database_knows_every_state_that_counts_as_issued(arrange, issued):
    with arrange():
        for state in sorted(ISSUED_STATES, key=lambda each: each is GuidanceState.ISSUED):
            db.session.execute(
                sa.text("UPDATE guidance SET state = :state WHERE id = :id"),
                {"state": state.value, "id": issued["paper"]},
            )
            assert refused("UPDATE guidance SET title = 'x' WHERE id = :id", id=issued["paper"]), state
