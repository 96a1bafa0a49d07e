"""How two papers of the demonstration come about: remarks on a draft and its versions, a check and a concurrence."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.demo.papers import actor_at
from portal.directory.models import Organisation
from portal.drafting.remarks import remark_on_draft
from portal.guidance import service
from portal.guidance.models import Guidance
from portal.guidance.reviewing import ReviewWanted, ask_review, list_open_steps, mark_step
from portal.guidance.states import GuidanceState, ReviewMark, ReviewStepKind
from portal.guidance.versions import content_of_version, get_versions

_SAID = {
    ReviewStepKind.CHECK: (ReviewMark.AGREED, ""),
    ReviewStepKind.CONCURRENCE: (ReviewMark.REMARKED, "経費の照会先に財政課の担当係を加えてください。"),
}


def add_drafting() -> None:
    """The newest draft has a second version and a remark; the newest paper under review its check and concurrence."""
    draft, review = _newest(GuidanceState.DRAFT), _newest(GuidanceState.REVIEW)
    if draft is None or review is None:
        return
    with clock.pretending(clock.now() - timedelta(hours=30)):
        _revise(draft)
    with clock.pretending(clock.now() - timedelta(hours=26)):
        _ask(review)


def _newest(state: GuidanceState) -> Guidance | None:
    return db.session.scalars(
        sa.select(Guidance).where(Guidance.state == state).order_by(Guidance.id.desc()).limit(1)
    ).first()


def _revise(draft: Guidance) -> None:
    drafter = actor_at(_address(draft))
    (first,) = get_versions(draft, [1])
    content = content_of_version(first)
    body = content.body.replace("してください", "していただきますようお願いします")
    service.save_draft(
        drafter, draft, replace(content, body=f"{body}\n\n以上", contact=f"{content.contact}（内線5001）")
    )
    remark_on_draft(
        actor_at("chief@mic.example"), draft, place="本文", text="団体がすることを、期限とともに冒頭に書いてください。"
    )


def _ask(review: Guidance) -> None:
    drafter = actor_at(_address(review))
    office = db.session.scalars(sa.select(Organisation.id).where(Organisation.code == "zaisei")).one()
    ask_review(drafter, review, ReviewWanted(check=True, organisations=(office,)))
    for step in list_open_steps(review):
        is_check = step.kind is ReviewStepKind.CHECK
        who = _address(review, "-head") if is_check else "zaisei-head@mic.example"
        mark, text = _SAID[step.kind]
        mark_step(actor_at(who), review, step, mark=mark, text=text)


def _address(paper: Guidance, suffix: str = "") -> str:
    code = db.session.scalars(
        sa.select(Organisation.code).where(Organisation.id == paper.drafter_organisation_id)
    ).one()
    return f"{code}{suffix}@mic.example"
