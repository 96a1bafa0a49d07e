"""Who takes forms out, who sends them in for whom, and who takes out the answers of all bodies."""

import sqlalchemy as sa

from portal.answering import policy as answering_policy
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import OPENED_STATES, CampaignKind, CampaignState
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.workbooks.models import WorkbookUpload

_EXPORTING = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.LIAISON})


def can_list(actor: Actor) -> bool:
    """Whether the page of workbooks holds anything for this role: bodies, and headquarters that may take out."""
    return actor.is_local or actor.role in _EXPORTING


def can_take_out(actor: Actor) -> bool:
    """Headquarters' offices and liaisons take out submitted answers."""
    return actor.role in _EXPORTING


def is_body(actor: Actor) -> bool:
    """Members of local governments take out forms and send them in."""
    return actor.is_local


def can_download(actor: Actor, campaign: Campaign) -> bool:
    """Forms of a campaign that runs or has ended."""
    return actor.is_local and campaign.state in OPENED_STATES


def can_upload(actor: Actor, campaign: Campaign) -> bool:
    """Forms are sent in while the campaign runs."""
    return actor.is_local and campaign.state is CampaignState.PUBLISHED


def can_report(actor: Actor, campaign: Campaign) -> bool:
    """An inspection's progress has a form, too."""
    return can_download(actor, campaign) and campaign.kind is CampaignKind.INSPECTION


def is_area(actor: Actor) -> bool:
    """A prefecture has one form for itself and all its municipalities."""
    return actor.is_local and actor.is_prefecture


def can_fill_in(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """The body, and its prefecture for it, while the entry is not with somebody else."""
    return answering_policy.can_answer_for(actor, campaign, entry)


def is_own(actor: Actor, entry: Entry) -> bool:
    """The body's own entry, or one of the prefecture's municipalities: what may stand in the actor's forms."""
    if not actor.is_local:
        return False
    if entry.organisation_id == actor.organisation_id:
        return True
    return actor.is_prefecture and entry.prefecture_code == actor.prefecture_code


def own_entries(actor: Actor) -> sa.ColumnElement[bool]:
    """The twin of ``is_own``, as a condition on entries."""
    if not actor.is_local:
        return sa.false()
    own: sa.ColumnElement[bool] = Entry.organisation_id == actor.organisation_id
    return sa.or_(own, Entry.prefecture_code == actor.prefecture_code) if actor.is_prefecture else own


def is_shown(actor: Actor, entry: Entry) -> bool:
    """Whether the answers stand in the actor's form."""
    return campaign_policy.can_read_answers(actor, entry)


def can_export(actor: Actor, campaign: Campaign) -> bool:
    """Whoever sees bodies' answers by their office, not executives; a liaison takes out those of their bodies."""
    return actor.role in _EXPORTING and campaign.state in OPENED_STATES


def is_sender(actor: Actor, upload: WorkbookUpload) -> bool:
    """What waits for confirmation is its sender's alone, under the office for which it was sent."""
    return upload.person_id == actor.person_id and upload.organisation_id == actor.organisation_id


def can_take_original(actor: Actor, upload: WorkbookUpload) -> bool:
    """The file as it came: members of the office that sent it."""
    return actor.is_local and upload.organisation_id == actor.organisation_id
