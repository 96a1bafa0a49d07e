"""The proof of a campaign: asked for, made by the worker, whole, with hashes that hold, for whoever asked alone."""

import hashlib
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.answering import compiling, extending
from portal.attachments.models import Attachment
from portal.attachments.outgoing import HASHES
from portal.attachments.storage import current_store
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.db import db, unit_of_work
from portal.core.errors import Forbidden, NotFound
from portal.core.events import EventRecord
from portal.decisions.overriding import override_decision
from portal.decisions.states import Outcome
from portal.directory.roles import Role
from portal.inspections.snapshots import enter_snapshot
from portal.jobs.proofs import make_campaign_proofs
from portal.proof import campaign_packing as packing
from portal.proof.models import CampaignProof
from portal.proof.states import ProofState
from tests.factories import inspections
from tests.factories.campaigns import (
    answer,
    entry_of,
    in_days,
    make_campaign,
    make_manager,
    make_running,
    participation_of,
)
from tests.factories.people import actor_of, make_member


@pytest.fixture
def story(arrange):
    """A campaign with an answer that came back and was decided otherwise, figures, and a request for more time."""
    with arrange():
        office = make_member("juumin", Role.DIVISION)
        campaign = make_running()
        manager = make_manager()
        entry = answer(campaign, entry_of(campaign), manager)
        prefecture = actor_of(make_member("150002", Role.LOCAL_STAFF))
        compiling.return_answers(prefecture, campaign, entry, reasons={"subjects": "桁を確かめてください"})
        answer(campaign, entry, manager, subjects=12)
        override_decision(actor_of(office), campaign, entry, outcome=Outcome.REQUIRED, reason="聞取りの結果")
        enter_snapshot(manager, entry, inspections.figures(), inspections.day(2))
        extending.ask_extension(
            manager, campaign, participation_of(campaign), wanted_on=in_days(30), reason="集計のため"
        )
        return {"campaign": campaign.id, "office": office, "manager": manager}


def campaign_of(story) -> Campaign:
    return db.session.get_one(Campaign, story["campaign"])


def make(app) -> None:
    with app.app_context():
        make_campaign_proofs()


def test_the_archive_holds_everything_and_its_hashes_hold(app, arrange, story):
    with arrange():
        proof_id = packing.ask_proof(actor_of(story["office"]), campaign_of(story)).id
    make(app)
    with arrange():
        file = packing.get_proof_file(actor_of(story["office"]), campaign_of(story), proof_id)
        assert file.file_name == "総行住第99号（証拠一式）.zip"
        with current_store().open(file.storage_key) as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            stated = dict(reversed(line.split("  ", 1)) for line in archive.read(HASHES).decode().splitlines())
            assert stated == {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names if name != HASHES}
            bodies = json.loads(archive.read("団体と回答.json").decode())
            asked = json.loads(archive.read("点検・調査.json").decode())
            record = archive.read("操作記録.json").decode()
        proof = db.session.get_one(CampaignProof, proof_id)
        assert proof.digest == hashlib.sha256("".join(stated.values()).encode()).hexdigest()
    assert names >= {
        "点検・調査.json",
        "報告.json",
        "団体と回答.json",
        "督促.json",
        "メール.json",
        "操作記録.json",
        HASHES,
    }
    assert names & {"点検・調査.pdf", "点検・調査.html"}
    assert len(bodies) == 31
    assert asked["rule"] == "digital-2023-08"
    assert {each["code"] for each in asked["questions"]} >= {"subjects", "routes"}
    [body] = [each for each in bodies if each["organisation_code"] == "152226"]
    assert body["extensions"][0]["reason"] == "集計のため"
    [entry] = [each for each in body["entries"] if each["procedure"] == "児童手当"]
    assert entry["answers"]["subjects"] == 12
    assert {each["value"] for each in entry["changes"] if each["question_code"] == "subjects"} == {1200, 12}
    assert entry["returns"][0]["reason"] == "桁を確かめてください"
    assert [each["outcome"] for each in entry["decisions"]][-1] == "required"
    assert entry["decisions"][-1]["facts"]
    assert entry["snapshots"][0]["target"] == 100
    assert "campaign_published" in record


def test_it_is_recorded_and_only_whoever_asked_may_fetch_it_for_a_week(app, arrange, story):
    with arrange():
        office, other = actor_of(story["office"]), actor_of(make_member("juumin", Role.DIVISION))
        proof_id = packing.ask_proof(office, campaign_of(story)).id
        with pytest.raises(NotFound):
            packing.get_proof_file(office, campaign_of(story), proof_id)
    make(app)
    with arrange():
        kinds = db.session.scalars(sa.select(EventRecord.kind).where(EventRecord.kind.like("campaign_proof%"))).all()
        assert sorted(kinds) == ["campaign_proof_asked", "campaign_proof_made"]
        with pytest.raises(NotFound):
            packing.get_proof_file(other, campaign_of(story), proof_id)
        assert packing.remove_old_proofs() == 0
        with clock.pretending(clock.now() + timedelta(days=8)):
            assert packing.remove_old_proofs() == 1
            with pytest.raises(NotFound):
                packing.get_proof_file(office, campaign_of(story), proof_id)


def test_bodies_executives_and_other_divisions_take_no_proof(arrange, story):
    with arrange():
        for code, role in (
            ("152226", Role.LOCAL_MANAGER),
            ("hq", Role.EXECUTIVE),
            ("zaisei", Role.DIVISION),
            ("hq", Role.AUDITOR),
        ):
            with pytest.raises(Forbidden):
                packing.ask_proof(actor_of(make_member(code, role)), campaign_of(story))
        draft = make_campaign(again_reason="2回目")
        with pytest.raises(Forbidden):
            packing.ask_proof(actor_of(story["office"]), draft)


def test_of_two_workers_one_makes_it_and_a_dead_one_is_followed(app, arrange, story):
    with arrange():
        proof_id = packing.ask_proof(actor_of(story["office"]), campaign_of(story)).id
    with app.app_context():
        with unit_of_work():
            first = packing.claim_proof(proof_id)
        with unit_of_work():
            assert packing.claim_proof(proof_id) is None
        with clock.pretending(clock.now() + timedelta(hours=1)):
            make_campaign_proofs()  # the first worker was killed
        with unit_of_work():
            archive = packing.pack_campaign(packing.get_claimed(first), {})
        with unit_of_work():
            assert not packing.keep_proof(first, archive, "遅れた者")
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).where(Attachment.owner_kind == "campaign_proof")) == 1


def test_what_failed_is_tried_again_later(arrange, story):
    with arrange():
        proof = packing.ask_proof(actor_of(story["office"]), campaign_of(story))
        claim = packing.claim_proof(proof.id)
        packing.record_proof_failure(claim, "disk full")
        db.session.expire_all()
        assert proof.state is ProofState.FAILED
        assert packing.list_due_proofs() == []
        with clock.pretending(clock.now() + timedelta(minutes=6)):
            assert packing.list_due_proofs() == [proof.id]


def test_the_page_asks_shows_and_gives(app, arrange, visit, story):
    address = f"/campaigns/{story['campaign']}/proof"
    visitor = visit(story["office"])
    page = visitor.get(address).form(address).submit()
    assert "作成待ち" in page.main
    make(app)
    page = visitor.get(address)
    link = page.soup.main.find("a", string="取り出す")["href"]
    response = visitor.client.get(link)
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
