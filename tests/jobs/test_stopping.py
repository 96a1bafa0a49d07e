"""A worker that is stopped gives back what it had in hand, so that the next one makes it at once."""

import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from ctypes.util import find_library

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.roles import Role
from portal.jobs import printing
from portal.jobs.engine import current_engine
from portal.jobs.proofs import make_campaign_proofs
from portal.jobs.renditions import make_renditions
from portal.jobs.reports import make_reports
from portal.proof.campaign_packing import ask_proof, list_due_proofs
from portal.proof.models import CampaignProof
from portal.proof.states import ProofState
from portal.renditions.models import Rendition
from portal.renditions.service import list_due_renditions
from portal.renditions.states import RenditionState
from portal.reporting.models import Chart, ReportFile
from portal.reporting.states import FileForm, MakingState
from tests.factories.campaigns import make_running
from tests.factories.guidance import make_issued
from tests.factories.inspections import day, entry_of
from tests.factories.people import actor_of, make_member
from tests.factories.reporting import add_snapshot, make_counted, make_published

pango = pytest.mark.skipif(find_library("pango-1.0") is None, reason="needs Pango")


@pytest.fixture(autouse=True)
def no_grace(monkeypatch):
    """A child process of its own for each block, as the worker has it, and no time for it to finish in."""
    monkeypatch.setattr(printing, "ProcessPoolExecutor", ProcessPoolExecutor)
    monkeypatch.setattr(printing, "_missing", set())
    monkeypatch.setattr(printing, "_GRACE_SECONDS", 0)


@contextmanager
def _worker_stopped_at(app, claimed):
    """A worker that is asked to stop as soon as something is claimed."""

    def watch() -> None:
        announce_access(write=False)
        with app.app_context():
            while not is_over.is_set() and not stopping.is_set():
                with unit_of_work():
                    found = db.session.scalar(sa.select(sa.exists().where(claimed)))
                if found:
                    stopping.set()
                time.sleep(0.01)

    is_over, watcher = threading.Event(), threading.Thread(target=watch)
    with app.app_context():
        stopping = current_engine().stopping
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()
            assert stopping.is_set()
            stopping.clear()


@pango
def test_a_paper_being_printed_is_printed_by_the_next_worker(app, arrange, monkeypatch):
    with arrange():
        paper = make_issued(addressees=AddresseeRule(include=("152226",))).id
    with _worker_stopped_at(app, Rendition.state == RenditionState.MAKING):
        make_renditions()
    with arrange():
        row = db.session.scalars(sa.select(Rendition)).one()
        assert (row.state, row.tries) == (RenditionState.WAITING, 0)
        assert list_due_renditions() == [(paper, 0)]
    monkeypatch.setattr(printing, "_GRACE_SECONDS", 60)
    with app.app_context():
        make_renditions()
    with arrange():
        row = db.session.scalars(sa.select(Rendition)).one()
        assert (row.state, row.tries) == (RenditionState.MADE, 1)


def test_a_proof_being_made_is_made_by_the_next_worker(app, arrange):
    with arrange():
        proof_id = ask_proof(actor_of(make_member("juumin", Role.DIVISION)), make_running()).id
    with _worker_stopped_at(app, CampaignProof.state == ProofState.MAKING):
        make_campaign_proofs()
    with arrange():
        proof = db.session.get_one(CampaignProof, proof_id)
        assert (proof.state, proof.tries) == (ProofState.ASKED, 0)
        assert list_due_proofs() == [proof_id]


@pytest.mark.parametrize("table", [Chart, ReportFile])
def test_a_picture_or_file_of_a_report_waits_for_the_next_worker(app, arrange, table):
    with arrange():
        campaign = make_counted()
        add_snapshot(entry_of(campaign, "152226"), day(3), mislinks=60, causes={"input": 60})
        make_published(campaign)
        if table is ReportFile:
            db.session.execute(sa.update(Chart).values(state=MakingState.MADE, svg="<svg></svg>"))
            db.session.execute(sa.delete(ReportFile).where(ReportFile.form != FileForm.PDF))
    with _worker_stopped_at(app, table.state == MakingState.MAKING):
        make_reports()
    with arrange():
        assert {(row.state, row.tries) for row in db.session.scalars(sa.select(table))} == {(MakingState.WAITING, 0)}
