"""Dues of campaigns that a body has not answered in full, for those of the body who answer."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns.dues import due_between, effective_due, owes_answers
from portal.campaigns.models import Campaign, Participation
from portal.campaigns.states import DRILL_MARK
from portal.core import clock
from portal.directory.models import Membership, Organisation
from portal.directory.roles import LOCAL_ROLES

# A drill says of itself that it is one, here as everywhere.
_TITLE = sa.case((Campaign.is_drill, sa.literal(DRILL_MARK) + Campaign.title), else_=Campaign.title)
_NUMBER = sa.func.nullif(Campaign.document_number, "")
CAMPAIGN_COLUMNS = (Campaign.id, _NUMBER, _TITLE, Organisation.name, effective_due)  # the office is joined


def of_campaigns(around: tuple[date, date], *columns: Any) -> sa.Select[Any]:
    """Running campaigns that are due around the day, with the members of the bodies that owe an answer."""
    return (
        sa.select(*columns)
        .select_from(Campaign)
        .join(Participation, Participation.campaign_id == Campaign.id)
        .join(Membership, Membership.organisation_id == Participation.organisation_id)
        .where(
            owes_answers(), due_between(*around), Membership.role.in_(LOCAL_ROLES), Membership.current_at(clock.now())
        )
    )
