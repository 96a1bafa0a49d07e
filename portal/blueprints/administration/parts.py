"""The parts of the administration, and who finds which on its first page."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext

from portal.core.i18n import N_
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.redaction.policy import can_ask
from portal.takeover.policy import can_take_over
from portal.targets.policy import can_inspect_targets
from portal.themes.policy import can_inspect_themes


@dataclass(frozen=True)
class Entry:
    """One part of the administration."""

    url: str
    label: str
    text: str


@dataclass(frozen=True)
class _Part:
    is_for: Callable[[Actor], bool]
    endpoint: str
    label: str
    text: str
    kind: str | None = None


def _reads_the_record(actor: Actor) -> bool:
    return actor.role in {Role.ADMIN, Role.AUDITOR, Role.LOCAL_MANAGER}


def _watches_deliveries(actor: Actor) -> bool:
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}


_PARTS = (
    _Part(
        policy.can_administer,
        "administration.people",
        N_("人と所属"),
        N_("人の追加と招待、所属・役割・担当区分の変更、所属の終了"),
    ),
    _Part(
        policy.can_import_people,
        "administration.upload",
        N_("名簿の取込み"),
        N_("CSVまたはExcelのファイルから、人と所属をまとめて登録・変更"),
        kind="people",
    ),
    _Part(
        policy.can_replace_rosters,
        "administration.rosters",
        N_("名簿の入替え"),
        N_("団体の全員の名簿から、来る人・変わる人・去る人を確かめ、4月1日などの日付で反映"),
    ),
    _Part(
        policy.can_inspect_assignments,
        "administration.liaisons",
        N_("リエゾンの担当割当"),
        N_("都道府県と指定都市の主担当・副担当と、その履歴"),
    ),
    _Part(
        policy.can_administer_organisations,
        "administration.organisations",
        N_("団体"),
        N_("団体の名称・人口・設置日と廃止日、合併の記録"),
    ),
    _Part(
        policy.can_import_populations,
        "administration.upload",
        N_("人口の取込み"),
        N_("ファイルから地方公共団体の人口を更新"),
        kind="populations",
    ),
    _Part(
        can_take_over,
        "takeover.upload",
        N_("過去の通知等の移行"),
        N_("ポータルを使う前に出した通知等を、発出済みとして登録（誰にも知らせない）"),
    ),
    _Part(
        can_ask, "redaction.index", N_("墨消し"), N_("発出・投稿した内容から個人情報などを消す申請と、その判断・記録")
    ),
    _Part(
        can_inspect_themes,
        "administration.themes",
        N_("テーマと割振り"),
        N_("テーマと小分類、その順番、割振り先の担当課"),
    ),
    _Part(
        can_inspect_targets,
        "administration.targets",
        N_("目標と閉庁日"),
        N_("応答・割振り・回答の目標の日数と、休日のほかに本部が閉まる日"),
    ),
    _Part(_reads_the_record, "audit.index", N_("操作記録"), N_("いつ、だれが、何を行ったかの記録")),
    _Part(
        _watches_deliveries,
        "deliveries.index",
        N_("メールの配信状況"),
        N_("送れなかったメールと、届いたか分からないメール"),
    ),
    _Part(_watches_deliveries, "inbound.index", N_("返信メール"), N_("メールで届いた返信と、保留されたもの")),
)


def list_parts(actor: Actor) -> list[Entry]:
    """What the actor may administer or read here, in the order of the page."""
    return [
        Entry(url_for(part.endpoint, kind=part.kind), gettext(part.label), gettext(part.text))
        for part in _PARTS
        if part.is_for(actor) and part.endpoint in current_app.view_functions
    ]
