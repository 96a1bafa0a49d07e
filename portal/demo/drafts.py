"""An answer of the demonstration that a division is preparing: a draft with versions and a remark, steps, templates."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.drafts import service
from portal.drafts.states import Side, SourceKind
from portal.issues.models import Issue
from portal.issues.states import IssueState
from portal.knowledge.models import QaEntry, QaState

_FIRST = "{団体名}様の照会について、次のとおり回答します。\n\n1. 判断に迷う場合は、手引きの確認の手順によってください。"
_SECOND = _FIRST + "\n2. 確認の結果は、次回の報告に含めてください。\n\nなお、様式の記入例を添付します。"


def prepare_an_answer() -> None:
    """Let the division of the newest accepted issue draft its answer, and keep two templates."""
    issue = db.session.scalars(
        sa.select(Issue)
        .where(Issue.state.in_((IssueState.ASSIGNED, IssueState.CONSULTING)), Issue.accepted_at.is_not(None))
        .order_by(Issue.submitted_at.desc(), Issue.id.desc())
        .limit(1)
    ).first()
    division = _member(issue.division_id) if issue is not None else None
    if issue is None or division is None:
        return
    service.save_draft(division, issue, text=_FIRST.replace("{団体名}様の", "ご"), seen=0)
    service.save_draft(division, issue, text=_SECOND.replace("{団体名}様の", "ご"), seen=1)
    service.comment_on_draft(division, issue, text="記入例は府省の確認を待っています。")
    due_on = japan_date(clock.now()) + timedelta(days=7)
    service.add_step(division, issue, side=Side.BODY, text="対象となる区分ごとの件数を添付する", due_on=due_on)
    checked = service.add_step(division, issue, side=Side.DIVISION, text="過去の通知との整合を確認する")
    service.tick_step(division, issue, checked)
    entry_id = db.session.scalar(
        sa.select(QaEntry.id).where(QaEntry.state == QaState.PUBLISHED).order_by(QaEntry.id).limit(1)
    )
    source = (SourceKind.QA_ENTRY, entry_id) if entry_id is not None else None
    service.write_template(division, None, title="判断に迷う場合の回答", body=_FIRST, source=source)
    service.write_template(
        division, None, title="調査中の知らせ", body="関係府省に確認しています。予定日までに回答します。"
    )


def _member(organisation_id: int | None) -> Actor | None:
    found = db.session.scalars(
        sa.select(Membership.id)
        .where(Membership.role == Role.DIVISION, Membership.organisation_id == organisation_id)
        .order_by(Membership.id)
        .limit(1)
    ).first()
    return find_actor(found) if found is not None else None
