"""Forms as workbooks: a prefecture's 179 bodies × 20 procedures sent in and checked, and 1,741 × 40 cells taken out."""

import io
import time
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bench.stage import compare, measure, stage
from portal.addressing.rule import AddresseeRule
from portal.campaigns.models import Campaign, Entry, Procedure, Question
from portal.campaigns.states import EntryState, QuestionKind
from portal.core.db import db, unit_of_work
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, MUNICIPALITIES, OrganisationKind, Role
from portal.workbooks.contents import FormContent, Kept, collect_form
from portal.workbooks.exporting import export_answers
from portal.workbooks.forms import make_form
from portal.workbooks.progress_forms import collect_progress, make_progress_form
from portal.workbooks.receiving import Received, receive_file, store_upload
from tests.factories.campaigns import make_campaign, make_survey, publish
from tests.factories.inspections import day, make_inspection
from tests.factories.people import actor_of, make_member

PREFECTURE, BODIES, PROCEDURES, QUESTIONS = "010006", 179, 20, 40
CELLS: dict[str, Any] = {
    "handled": "はい", "duty": "はい", "routes": "d J-LIS照会", "attributes": "氏名、生年月日、住所",
    "address_complete": "いいえ", "identified": "はい", "method": "窓口で照合している。",
    "subjects": 1200, "mislinks": 0,
    "contact": "市民課 000-0000",
}  # fmt: skip

FIGURES: dict[str, Any] = {
    "target": 100, "extracted": 80, "matched": 60, "mismatched": 5, "confirmed": 3, "pending": 2, "mislinks": 1,
    "corrected": 0, "cause_input": 1, "reason": "管内の報告を取りまとめたため",
}  # fmt: skip


def begin(procedures: int) -> Campaign:
    """An inspection of all bodies of a prefecture about so many procedures each."""
    kinds = tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS)
    campaign = make_campaign(addressees=AddresseeRule(kinds=kinds, prefectures=("01",)), again_reason="比べるため。")
    ids = db.session.scalars(sa.select(Procedure.id).where(Procedure.campaign_id == campaign.id)).all()
    db.session.execute(sa.update(Procedure).where(Procedure.id.in_(ids[:procedures])).values(kinds=[]))
    db.session.execute(sa.delete(Procedure).where(Procedure.id.in_(ids[procedures:])))
    return publish(campaign)


def fill(content: FormContent) -> bytes:
    """The form with an answer in every cell."""
    kept = {each.id: Kept(mark=content.mark_of(each), cells=CELLS) for each in content.entries}
    return make_form(FormContent(**{**content.__dict__, "kept": kept}))


def send_in(actor: Actor, campaign: Campaign, file: bytes) -> tuple[tuple[float, int], tuple[float, int]]:
    """Time and statements of checking the file, and of entering what is in it."""
    received = list[Received]()

    def check() -> None:
        with unit_of_work():
            received.append(receive_file(actor, campaign, file_name="様式.xlsx", stream=io.BytesIO(file)))

    def store() -> None:
        with unit_of_work():
            store_upload(actor, campaign, upload, fingerprint=plan.fingerprint)

    checked = measure(check)
    upload, plan = received[0].upload, received[0].plan
    if upload is None or plan is None:
        raise SystemExit(str(received[0].problems[:3]))
    print(f"{campaign.title}: {len(file):,} bytes, {len(plan.changes):,} answers")
    return checked, measure(store)


def round_trip(actor: Actor, procedures: int) -> dict[str, tuple[float, int]]:
    """Each step's time and statements: taken out, sent in and checked, entered."""
    with unit_of_work():
        campaign = begin(procedures)
    taken = measure(lambda: make_form(collect_form(actor, campaign, is_area=True)))
    content = collect_form(actor, campaign, is_area=True)
    checked, stored = send_in(actor, campaign, fill(content))
    return {"take out the form of": taken, "send in and check": checked, "enter": stored}


def report(actor: Actor, procedures: int) -> dict[str, tuple[float, int]]:
    """The progress of every body of the prefecture: sent in and checked, entered."""
    with unit_of_work():
        codes = db.session.scalars(
            sa.select(Organisation.code).where(
                Organisation.prefecture_code == "01", Organisation.kind.in_(MUNICIPALITIES)
            )
        ).all()
        campaign = make_inspection(codes, [f"事務{number}" for number in range(1, procedures + 1)])
    content = collect_progress(actor, campaign, is_area=True)
    values = {**FIGURES, "as_of": day(1).isoformat()}
    kept = {each.entry.id: Kept(mark=each.mark, cells=values) for each in content.rows}
    checked, stored = send_in(actor, campaign, make_progress_form(replace(content, kept=kept)))
    return {"send in the progress of": checked, "enter the progress of": stored}


def ask_everybody() -> Campaign:
    """A survey of 40 questions that every municipality has answered."""
    kinds = tuple(kind for kind in OrganisationKind if kind in MUNICIPALITIES)
    author = actor_of(make_member("juumin", Role.DIVISION))
    campaign = make_survey(author, addressees=AddresseeRule(kinds=kinds), again_reason="比べるため。")
    for number in range(2, QUESTIONS + 1):
        db.session.add(
            Question(
                campaign_id=campaign.id, code=f"q{number}", position=number, label=f"設問{number}",
                kind=QuestionKind.NUMBER if number % 2 else QuestionKind.TEXT,
            )
        )  # fmt: skip
    db.session.flush()
    publish(campaign)
    answers = {f"q{n}": 1000 + n if n % 2 and n > 1 else "庁内で確認しています。" for n in range(1, QUESTIONS + 1)}
    where = Entry.campaign_id == campaign.id
    db.session.execute(sa.update(Entry).where(where).values(answers=answers, state=EntryState.SUBMITTED))
    return campaign


def main() -> None:
    """A tenth against the whole, once each: entering changes what is there."""
    began = time.perf_counter()
    with stage():
        with unit_of_work():
            prefecture, office = (
                actor_of(make_member(PREFECTURE, Role.LOCAL_STAFF)),
                actor_of(make_member("juumin", Role.DIVISION)),
            )
        for work in (round_trip, report):
            work(prefecture, 1)
            few, many = work(prefecture, PROCEDURES // 10), work(prefecture, PROCEDURES)
            for step, large in many.items():
                compare(f"{step} {BODIES} × {PROCEDURES} vs {BODIES} × {PROCEDURES // 10}", few[step], large)
        with unit_of_work():
            survey = ask_everybody()
        db.session.expunge_all()
        with unit_of_work():
            small = measure(lambda: export_answers(office, survey, prefecture="01"), times=3)
            whole = measure(lambda: export_answers(office, survey), times=3)
        compare(f"take out the answers of 1,741 × {QUESTIONS} vs {BODIES} × {QUESTIONS}", small, whole)
    print(f"whole benchmark {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
