"""A paper of the demonstration that was corrected, one in its second edition, and a correction that waits."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, is_business_day, japan_date
from portal.core.db import db
from portal.demo.papers import actor_at
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule, preview
from portal.guidance.models import Guidance
from portal.revisions import correcting, editions
from portal.revisions.correcting import CorrectionContent, ErratumContent

_CORRECTED, _REVISED, _WAITING = "総行マ第44号", "総行デ第58号", "総行市第31号"


def add_revisions() -> None:
    """Correct 総行マ第44号, issue the second edition of 総行デ第58号, begin a correction of 総行市第31号."""
    with clock.pretending(_morning(4)):
        _correct()
    with clock.pretending(_morning(3)):
        _revise()
    with clock.pretending(_morning(1)):
        _begin_correction()


def _correct() -> None:
    drafter, head, paper = actor_at("mynumber@mic.example"), actor_at("mynumber-head@mic.example"), _paper(_CORRECTED)
    content = CorrectionContent(
        reason="調査の基準日の記載に誤りがあったため",
        errata=[ErratumContent(place="記の1", wrong="令和8年9月1日現在", right="令和8年10月1日現在")],
    )
    correction = correcting.draft_correction(drafter, paper, content)
    correcting.send_correction_for_review(drafter, paper, correction)
    correcting.issue_correction(head, paper, correction)


def _revise() -> None:
    drafter, head = actor_at("digital-kiban@mic.example"), actor_at("digital-kiban-head@mic.example")
    draft = editions.begin_edition(drafter, _paper(_REVISED))
    draft.body = draft.body.replace(
        "2. 移行の検証の結果を記録に残してください。",
        "2. 移行の検証の結果を記録に残し、移行の後3年間保存してください。\n"
        "3. 移行の時期を変える場合は、変える前に担当課に連絡してください。",
    )
    draft.difference = "検証の記録の保存期間と、移行の時期を変えるときの連絡を加えた。"
    service.send_for_review(drafter, draft)
    service.approve_guidance(head, draft, document_number="総行デ第71号")
    service.issue_guidance(head, draft, fingerprint=preview(AddresseeRule.from_dict(draft.addressees)).fingerprint)


def _begin_correction() -> None:
    drafter, paper = actor_at("shichoson@mic.example"), _paper(_WAITING)
    content = CorrectionContent(
        reason="対象となる経費の説明を明確にするため",
        errata=[ErratumContent(place="記の2", wrong="移動の経費", right="移動に要する経費（宿泊費を含む。）")],
        asks_receipt=True,
    )
    correcting.send_correction_for_review(drafter, paper, correcting.draft_correction(drafter, paper, content))


def _paper(number: str) -> Guidance:
    return db.session.scalars(sa.select(Guidance).where(Guidance.document_number == number)).one()


def _morning(days: int) -> datetime:
    """Eleven in the morning, Japan time, of the business day at or before so many days ago."""
    day = japan_date(clock.now()) - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(11), JAPAN)
