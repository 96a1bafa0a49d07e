"""What the liaisons of the demonstration have noted of calls and visits, and what they promised."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, japan_date
from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import AssignmentRank, Role
from portal.liaison import service
from portal.liaison.content import HearingContent, Partner, PhoneNoteContent, PromiseContent
from portal.liaison.models import Contact
from portal.liaison.states import CallOutcome, Direction, Means

# body, business days ago, direction, note, promise (days from now), what the body says of it
_NOTES = (
    (
        "152226",
        1,
        Direction.INCOMING,
        "点検の様式3の件数の数え方を尋ねられた。窓口の申請ごとに数えるか世帯で数えるか。\n調べて折り返すと伝えた。",
        0,
        None,
    ),
    (
        "152226",
        8,
        Direction.OUTGOING,
        "未受領の通知について電話した。総務課で受領し、市民課へ回すとのこと。",
        None,
        "confirm",
    ),
    (
        "152021",
        6,
        Direction.OUTGOING,
        "回答期限の延長を相談された。システム改修の納期が月末。\n延長の手続を案内した。",
        -1,
        "納期は月末ではなく来月10日です。延長は来月15日までを希望します。",
    ),
    ("150002", 5, Direction.INCOMING, "管内町村の取りまとめが遅れているとの相談。2町1村が未回答。", 2, None),
    (
        "151009",
        7,
        Direction.OUTGOING,
        "暫定回答の内容を説明した。区ごとの周知に使ってよいかと尋ねられ、差し支えないと答えた。",
        None,
        None,
    ),
    ("011002", 2, Direction.INCOMING, "接種記録の照会先を尋ねられた。担当課を案内した。", None, "confirm"),
    ("131016", 4, Direction.OUTGOING, "障害者手帳の情報の登録手順について、区の運用を聴いた。", 1, None),
)


def add_contacts() -> int:
    """Phone notes, some confirmed or corrected, a hearing and a call; returns how many records there are."""
    today = japan_date(clock.now())
    people = {(row.organisation_id, row.role): row.id for row in db.session.scalars(_of(*(note[0] for note in _NOTES)))}
    for code, days, direction, text, promised, answer in _NOTES:
        body, liaison = _body(code), _liaison(code)
        partner = people[body.id, Role.LOCAL_STAFF]
        at = _morning(days, len(text) % 6)
        with clock.pretending(at):
            contact = service.take_phone_note(
                liaison,
                body,
                PhoneNoteContent(
                    partner=Partner(membership_id=partner),
                    direction=direction,
                    text=text,
                    contacted_at=at,
                    promise=_promise("折り返しの連絡", promised, today, at),
                ),
            )
        if answer is not None:
            with clock.pretending(at + timedelta(hours=3)):
                _answer(_actor(partner), contact, answer)
    _add_hearing(people, today)
    with clock.pretending(_morning(2, 1)):
        service.log_call(_liaison("152021"), _body("152021"), CallOutcome.NOT_REACHED)
    return len(_NOTES) + 2


def _add_hearing(people: dict[tuple[int, Role], int], today: date) -> None:
    body, at = _body("152226"), _morning(3, 4)
    with clock.pretending(at):
        service.record_hearing(
            _liaison("152226"),
            body,
            HearingContent(
                partner=Partner(membership_id=people[body.id, Role.LOCAL_MANAGER]),
                means=Means.VISIT,
                contacted_at=at - timedelta(hours=1),
                place="市役所 会議室",
                participants="総務課長\n市民課 係長\nリエゾン",
                situation="## 点検の体制\n\n- 職員3人で、通常の窓口と**並行して**対応している。\n"
                "- 照合は来週で一巡する見込み。",
                problem_points="- 同じ番号の手帳が見つかり、どちらを正とするか決められない。\n"
                "- 住所の表記の揺れで一致しないものが多い。",
                request_points="- 様式の締切りを月末にしてほしい。",
                internal_text="人手が足りない。応援職員の制度を案内するとよい。",
                promises=[
                    PromiseContent(text="応援職員の制度の資料を送る", due_on=today + timedelta(days=4)),
                    PromiseContent(text="締切りの件を担当課に伝えて返事をする", due_on=today),
                ],
            ),
        )


def _promise(text: str, days: int | None, today: date, at: datetime) -> PromiseContent | None:
    if days is None:
        return None
    due_on = max(add_business_days(today, days), japan_date(at))
    return PromiseContent(text=text, due_on=due_on)


def _answer(actor: Actor, contact: Contact, answer: str) -> None:
    if answer == "confirm":
        service.confirm_contact(actor, contact)
    else:
        service.correct_contact(actor, contact, text=answer)


def _of(*codes: str) -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .join(Membership.organisation)
        .where(Organisation.code.in_(codes))
        .options(orm.contains_eager(Membership.organisation))
        .order_by(Membership.id.desc())
    )


def _body(code: str) -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.code == code)).one()


def _liaison(code: str) -> Actor:
    return _actor(
        db.session.scalars(
            sa.select(LiaisonAssignment.membership_id)
            .join(Organisation, Organisation.post_id == LiaisonAssignment.post_id)
            .where(Organisation.code == code, LiaisonAssignment.rank == AssignmentRank.PRIMARY)
        ).first()
        or 0
    )


def _actor(membership_id: int) -> Actor:
    actor = find_actor(membership_id)
    if actor is None:
        raise LookupError(f"membership {membership_id} does not hold")
    return actor


def _morning(business_days_ago: int, quarter: int) -> datetime:
    day = add_business_days(japan_date(clock.now()), -business_days_ago)
    return datetime.combine(day, time(10, quarter * 7), JAPAN)
