"""The list of targets as a paper to exactly its bodies, composed from decisions, guidance and links.

The paper's text is the same for all and names nobody; each body reads and prints its own lines (``decisions.papers``).
"""

from collections.abc import Sequence
from dataclasses import fields, replace

from portal.addressing.rule import AddresseeRule
from portal.attachments.queries import list_attachments
from portal.campaigns.models import Campaign, Procedure
from portal.campaigns.queries import list_procedures
from portal.core import calendar
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.decisions import papers, policy
from portal.decisions.listing import hold_lists, record_targets
from portal.decisions.papers import ListedBody
from portal.decisions.states import Outcome
from portal.decisions.targets import TargetBody, find_newest_list, list_all_targets
from portal.directory.actor import Actor
from portal.guidance import service as guidance
from portal.guidance.content import GuidanceContent
from portal.guidance.exporting import as_excel
from portal.guidance.models import Guidance
from portal.guidance.queries import find_guidance_by_ids
from portal.guidance.states import GuidanceKind, GuidanceState, Nature
from portal.links.models import LinkRelation
from portal.links.service import add_link

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ANNEX = "別添_対象一覧.xlsx"
_MARKS = {Outcome.REQUIRED: "○", Outcome.INDIVIDUAL: "△"}
_BODY = """「[{title}]({address})」について、提出された回答を判定した結果、貴団体に点検が必要な事務があります。
ついては、下記により点検を行ってください。

記

1. 点検の対象：別添「対象一覧」にある事務
    - 対象一覧は団体ごとに異なります。地方連携リエゾンポータルのこの通知の画面で、貴団体の分を確認・印刷してください。
    - ○：全件の個別データを点検してください。
    - △：紐付け誤りが判明しているため、個別に確認してください。
2. 進捗の報告：地方連携リエゾンポータルの「[点検の進捗]({address}/progress)」に登録してください。
{final}
以上
"""


def draft_paper(actor: Actor, campaign: Campaign, address: str) -> Guidance:
    """Begin the draft of a paper to the bodies of the list; its text links to the campaign's ``address``.

    Raises Conflict while an earlier draft is under way.
    """
    hold_lists(actor, campaign)
    earlier = find_paper(actor, campaign)
    if earlier is not None and earlier.state in _UNDER_WAY:
        raise Conflict(N_("対象一覧の通知は、既に起案されています。"))
    bodies = list_all_targets(campaign)
    if not bodies:
        raise Conflict(N_("点検の対象となる団体がありません。"))
    paper = guidance.draft_guidance(actor, _content(actor, campaign, bodies, address))
    add_link(actor, ("guidance", paper.id), ("campaign", campaign.id), LinkRelation.DERIVED)
    record_targets(actor, campaign, paper.id)
    return paper


def renew_paper(actor: Actor, campaign: Campaign) -> Guidance:
    """Put the draft's list and addressees in line with the decisions of now; its words stay.

    Raises Conflict without a paper, and when it is no draft any more.
    """
    hold_lists(actor, campaign)
    paper = find_paper(actor, campaign)
    if paper is None:
        raise Conflict(N_("対象一覧の通知は、まだ起案されていません。"))
    if paper.state is not GuidanceState.DRAFT:
        raise Conflict(N_("通知は起案中ではありません。差し戻してから、対象一覧を更新してください。"))
    bodies = list_all_targets(campaign)
    values = {each.name: getattr(paper, each.name) for each in fields(GuidanceContent) if each.name != "addressees"}
    rule = replace(AddresseeRule.from_dict(paper.addressees), include=_codes(bodies))
    guidance.save_draft(actor, paper, GuidanceContent(**values, addressees=rule))
    for file in list_attachments("guidance", [paper.id])[paper.id]:
        if file.file_name == _ANNEX:  # drafts of before had all bodies in one file
            guidance.remove_file(actor, paper, file)
    record_targets(actor, campaign, paper.id)
    return paper


def find_paper(actor: Actor, campaign: Campaign) -> Guidance | None:
    """The paper with the newest list, if the actor may see it. Two statements."""
    newest = find_newest_list(campaign)
    return None if newest is None else next(iter(find_guidance_by_ids(actor, [newest.guidance_id])), None)


def own_annex(actor: Actor, paper: Guidance) -> list[tuple[str, bytes]]:
    """The lines of the paper's list that the actor may see, as an Excel file with its name; nothing where none are.

    At most three statements, one for every paper that is none of a list.
    """
    found = papers.find_list_of(paper.id)
    if found is None or not policy.can_see(actor):
        return []
    bodies = papers.list_listed(actor, found[0])
    if not bodies:
        return []
    columns, rows = as_table(list_procedures(found[1]), bodies)
    of_one = f"（{bodies[0].name}）" if len(bodies) == 1 else ""
    return [(f"別添_対象一覧{of_one}.xlsx", as_excel(columns, rows))]


def is_unissued(paper: Guidance | None) -> bool:
    """Whether the paper has not gone out yet."""
    return paper is not None and paper.state in _UNDER_WAY


def as_table(
    procedures: Sequence[Procedure], bodies: Sequence[TargetBody] | Sequence[ListedBody]
) -> tuple[list[str], list[list[str]]]:
    """The list as a table: a row per body, a column per procedure that somebody must inspect, ○ and △ in it."""
    wanted = {target.procedure_id for body in bodies for target in body.procedures}
    shown = [procedure for procedure in procedures if procedure.id in wanted]
    rows = []
    for body in bodies:
        marks = {target.procedure_id: _MARKS[target.outcome] for target in body.procedures}
        rows.append([body.code, body.name, *(marks.get(procedure.id, "") for procedure in shown)])
    return ["団体コード", "団体", *(procedure.name for procedure in shown)], rows


_UNDER_WAY = frozenset({GuidanceState.DRAFT, GuidanceState.REVIEW, GuidanceState.APPROVED, GuidanceState.SCHEDULED})


def _content(actor: Actor, campaign: Campaign, bodies: Sequence[TargetBody], address: str) -> GuidanceContent:
    plain = campaign.title.replace("[", "［").replace("]", "］")
    final = f"3. 期限：{calendar.long_date(campaign.final_on)}までに完了してください。\n" if campaign.final_on else ""
    return GuidanceContent(
        kind=GuidanceKind.OFFICE_MEMO,
        title=f"{campaign.title[:150]}の対象となる事務について",
        sender_id=actor.organisation_id,
        sender_title=actor.organisation_name,
        theme_id=campaign.theme_id,
        nature=Nature.TECHNICAL_ADVICE,
        addressee_line="関係都道府県・市区町村担当部（局）長 殿",
        required_action="貴団体の対象一覧にある事務について個別データを点検し、進捗を登録してください。",
        difference="新規",
        concerned_sections="番号制度担当課、対象となる事務の担当課",
        body=_BODY.format(title=plain, address=address, final=final),
        contact=campaign.contact,
        addressees=AddresseeRule(include=_codes(bodies)),
    )


def _codes(bodies: Sequence[TargetBody]) -> tuple[str, ...]:
    return tuple(body.code for body in bodies)
