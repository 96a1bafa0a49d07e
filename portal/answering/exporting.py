"""Bodies × procedures as a table file: exactly the bodies that the actor may see and has chosen."""

from collections.abc import Iterator, Sequence

from portal.answering import policy
from portal.answering.events import MatrixExported
from portal.answering.extending import due_of
from portal.answering.matrix import BodyRow, MatrixFilter, select_bodies, with_cells
from portal.campaigns.models import Campaign, Participation
from portal.campaigns.queries import ProcedureName
from portal.core.db import db
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

COLUMNS = (
    N_("団体コード"),
    N_("団体"),
    N_("回答期限"),
    N_("提出した事務"),
    N_("対象の事務"),
    N_("回答の文書番号"),
    N_("回答日"),
    N_("公表日"),
    N_("公表したページのURL"),
)
_AT_ONCE = 500


def export_matrix(
    actor: Actor, campaign: Campaign, procedures: Sequence[ProcedureName], wanted: MatrixFilter
) -> list[list[str]]:
    """The rows under COLUMNS and then one column for each procedure; that they were taken out is recorded.

    Raises Forbidden for who does not see bodies one by one. Two statements for each 500 bodies.
    """
    authorize(policy.can_export, actor, campaign)
    rows = [_row(campaign, each, procedures) for each in _bodies(actor, campaign, wanted)]
    emit(actor, MatrixExported(campaign_id=campaign.id, count=len(rows)))
    return rows


def _bodies(actor: Actor, campaign: Campaign, wanted: MatrixFilter) -> Iterator[BodyRow]:
    after = ""
    while True:
        found = db.session.scalars(
            select_bodies(actor, campaign, wanted)
            .where(Participation.organisation_code > after)
            .order_by(Participation.organisation_code)
            .limit(_AT_ONCE)
        ).all()
        yield from with_cells(found)
        if len(found) < _AT_ONCE:
            return
        after = found[-1].organisation_code


def _row(campaign: Campaign, body: BodyRow, procedures: Sequence[ProcedureName]) -> list[str]:
    own, due_on = body.participation, due_of(campaign, body.participation)
    states = (body.cells.get(each.id) for each in procedures)
    return [
        own.organisation_code,
        own.organisation_name,
        due_on.isoformat() if due_on else "",
        str(body.answered),
        str(len(body.cells)),
        own.reply_number,
        own.reply_on.isoformat() if own.reply_on else "",
        own.published_on.isoformat() if own.published_on else "",
        own.published_url,
        *(each.state.label("ja") if each is not None else "" for each in states),
    ]
