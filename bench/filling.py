"""Fills either engine's database as after years of use: issues with five posts each, in bulk and the same each time."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import Base, db, insert_rows
from portal.directory.models import Membership, Organisation, Person
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.issues.models import Hop, Issue, Post
from portal.themes.models import Theme

POSTS = 5
COMMON, RARE = "点検", "外字の縮退表示"
_COMMON_SHARE = 0.3
_LENGTH = 150
_Made = tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]
_SPAN = timedelta(days=1_000)
_STATES = ["closed"] * 17 + ["submitted", "assigned", "answered"]
_HEADS = "住民票 戸籍の附票 手帳番号 資格情報 口座情報 特定健診 予防接種 児童手当 介護保険 障害福祉 生活保護 固定資産 税情報 年金記録 電子証明書 申請書 氏名の振り仮名 転入届 世帯構成 本人確認".split()  # noqa: E501, SIM905
_TAILS = "照合が合わない 登録が重なる 表示が崩れる 期限に間に合わない 様式が古い 件数が一致しない 連携が遅れる 訂正が反映されない 通知が届かない 手順が分からない".split()  # noqa: E501, SIM905
_PLACES = "窓口 支所 委託先 電算係 庁内 県 隣の市 端末 台帳 中間サーバー".split()  # noqa: SIM905
_DEEDS = "確認しました 問い合わせました 修正を依頼しました 様子を見ています 再度登録しました 一覧を作成しました 記録を残しました 回答を待っています".split()  # noqa: E501, SIM905


def make_title(chance: random.Random) -> str:
    """A title such as bodies write."""
    return f"{chance.choice(_HEADS)}の{chance.choice(_TAILS)}件（{chance.choice(_PLACES)}）"


def make_text(chance: random.Random, *, is_rare: bool = False) -> str:
    """About 150 characters; three texts in ten hold the common word, hardly any the rare phrase."""
    parts = [RARE + "について。"] if is_rare else []
    if chance.random() < _COMMON_SHARE:
        parts.append(f"{chance.choice(_PLACES)}で{COMMON}した結果です。")
    while sum(map(len, parts)) < _LENGTH - 10:
        parts.append(
            f"{chance.choice(_PLACES)}の{chance.choice(_HEADS)}について、{chance.choice(_TAILS)}ため、"
            f"{chance.randint(1, 900)}件を{chance.choice(_DEEDS)}。"
        )
    return "".join(parts)


def fill(issues: int) -> None:
    """People of every body, issues, posts and hops; then the planner's statistics."""
    chance = random.Random(105)
    bodies = db.session.execute(
        sa.select(Organisation.id, Organisation.post_id)
        .where(Organisation.kind.in_(LOCAL_GOVERNMENTS), Organisation.post_id.is_not(None))
        .order_by(Organisation.id)
    ).all()
    writers = _add_writers([body for body, _ in bodies])
    themes = list(db.session.scalars(sa.select(Theme.id).order_by(Theme.id)))
    start = clock.now() - _SPAN
    step = _SPAN / issues
    first_issue, first_post = _next(Issue), _next(Post)

    def make() -> Iterator[_Made]:
        for place in range(issues):
            body, post_id = bodies[place * 7919 % len(bodies)]
            issue = _issue(chance, place, start + place * step, theme_id=themes[place % len(themes)])
            issue |= {"id": first_issue + place, "organisation_id": body, "post_id": post_id}
            issue["submitter_person_id"], issue["submitter_membership_id"] = writers[body]
            issue["holder_organisation_id"] = post_id if issue["holder"] == "liaison" else None
            posts = [_post(chance, place, n, first_post + place * POSTS + n, issue) for n in range(POSTS)]
            yield issue, posts, _hop(issue)

    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))  # the rows keep the keys whole
    _write(make(), issues)
    db.session.execute(sa.text("ANALYZE"))


def _issue(chance: random.Random, place: int, at: datetime, *, theme_id: int) -> dict[str, Any]:
    state = _STATES[place % len(_STATES)]
    last = at + timedelta(days=6)
    return {
        "version": 1,
        "number": f"R8-L-{place + 1:06}",
        "kind": "question",
        "state": state,
        "theme_id": theme_id,
        "title": make_title(chance),
        "body": make_text(chance),
        "tried": "",
        "urgency": "normal",
        "leak": "no",
        "is_shared_with_prefecture": True,
        "holder": {"closed": "nobody", "answered": "submitter"}.get(state, "liaison"),
        "holder_since_at": at,
        "due_on": (at + timedelta(days=14)).date(),
        "created_at": at,
        "submitted_at": at,
        "last_activity_at": last,
        "last_public_activity_at": last,
    }


def _post(chance: random.Random, place: int, n: int, post_id: int, issue: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": post_id,
        "issue_id": issue["id"],
        "kind": "note" if n == 3 else "reply",
        "audience": "internal" if n == 3 else "public",
        "body": make_text(chance, is_rare=n == 0 and place % 5_000 == 0),
        "signature": "担当",
        "author_person_id": issue["submitter_person_id"],
        "author_membership_id": issue["submitter_membership_id"],
        "author_organisation_id": issue["organisation_id"],
        "created_at": issue["submitted_at"] + timedelta(days=n + 1),
    }


def _hop(issue: dict[str, Any]) -> dict[str, Any]:
    return {
        "issue_id": issue["id"],
        "holder": issue["holder"],
        "organisation_id": issue["holder_organisation_id"],
        "started_at": issue["submitted_at"],
    }


def _add_writers(bodies: Sequence[int]) -> dict[int, tuple[int, int]]:
    now = clock.now()
    person, membership = _next(Person), _next(Membership)
    rows = [
        {"id": person + n, "email": f"bench{n}@test.example", "name": f"試験{n}", "kana": "", "created_at": now}
        for n in range(len(bodies))
    ]
    db.session.execute(sa.insert(Person), rows)
    members = [
        {"id": membership + n, "person_id": person + n, "organisation_id": body, "role": Role.LOCAL_MANAGER,
         "title": "係長", "starts_at": now - _SPAN * 2}
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    db.session.execute(sa.insert(Membership), members)
    return {body: (person + n, membership + n) for n, body in enumerate(bodies)}


def _next(model: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.max(model.id))) or 0) + 1


def _write(made: Iterator[_Made], issues: int) -> None:
    batch: dict[str, list[dict[str, Any]]] = {"issue": [], "post": [], "issue_hop": []}
    for place, (issue, posts, hop) in enumerate(made, 1):
        batch["issue"].append(issue)
        batch["post"] += posts
        batch["issue_hop"].append(hop)
        if place % 5_000 == 0 or place == issues:
            for table, rows in batch.items():
                insert_rows(Base.metadata.tables[table], rows)
                rows.clear()
    _raise_keys()


def _raise_keys() -> None:
    """PostgreSQL's sequences know nothing of ids that came with the rows."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for model in (Issue, Post, Person, Membership, Hop):
        table = model.__tablename__
        db.session.execute(
            sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
        )
