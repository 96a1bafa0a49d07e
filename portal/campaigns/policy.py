"""Who may see, build, publish and run campaigns, and whose answers they may read (security.md, access matrix)."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import OPENED_STATES, READABLE, CampaignState
from portal.core import clock
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import ADDRESSED_ROLES, HEADQUARTERS_ROLES, LOCAL_ROLES, OrganisationKind, Role

_Column = orm.InstrumentedAttribute
_BUILDING = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION})
_SEE_EVERY_ENTRY = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.EXECUTIVE})
_HEADQUARTERS = HEADQUARTERS_ROLES - {Role.AUDITOR}
_AGGREGATES = frozenset({Role.ASSOCIATION, Role.MINISTRY})


def can_list(actor: Actor) -> bool:
    """Whether the pages of campaigns hold anything for this role: for all but auditors."""
    return actor.role in _HEADQUARTERS | ADDRESSED_ROLES


def can_build(actor: Actor) -> bool:
    """Administrators, the secretariat and divisions build campaigns."""
    return actor.role in _BUILDING


def can_preview(actor: Actor) -> bool:
    """Headquarters sees the form as bodies will, before it is published, too."""
    return actor.role in _HEADQUARTERS


def can_view(actor: Actor, campaign: Campaign, *, is_concerned: bool) -> bool:
    """Headquarters at any time; once published the bodies concerned, and associations and ministries its figures.

    ``is_concerned``: the actor's body is addressed, or one of its municipalities.
    """
    if actor.role in _HEADQUARTERS:
        return True
    if campaign.state not in OPENED_STATES:
        return False
    return actor.role in _AGGREGATES or (actor.is_local and is_concerned)


def can_see_state(actor: Actor, state: CampaignState) -> bool:
    """Whether campaigns of this state may be there for the actor at all: drafts are headquarters' alone."""
    return actor.role in _HEADQUARTERS or state in OPENED_STATES


def viewable_by(actor: Actor) -> sa.Select[Campaign]:
    """The campaigns that this actor may see: the twin of ``can_view``."""
    if actor.role in _HEADQUARTERS:
        return sa.select(Campaign)
    opened = sa.select(Campaign).where(Campaign.state.in_(OPENED_STATES))
    if actor.role in _AGGREGATES:
        return opened
    if not actor.is_local:
        return opened.where(sa.false())
    return opened.where(
        sa.exists()
        .where(Participation.campaign_id == Campaign.id, participations_viewable_by(actor))
        .correlate(Campaign)
    )


def viewers_of(campaign: Campaign) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``can_view``."""
    may: sa.ColumnElement[bool] = Membership.role.in_(_HEADQUARTERS)
    if campaign.state in OPENED_STATES:
        own = sa.select(Participation.organisation_id).where(Participation.campaign_id == campaign.id)
        areas = sa.select(Participation.prefecture_code).where(Participation.campaign_id == campaign.id)
        prefectures = sa.select(Organisation.id).where(
            Organisation.prefecture_code.in_(areas), Organisation.kind == "prefecture"
        )
        local = sa.and_(
            Membership.role.in_(ADDRESSED_ROLES - _AGGREGATES),
            sa.or_(Membership.organisation_id.in_(own), Membership.organisation_id.in_(prefectures)),
        )
        may = sa.or_(may, Membership.role.in_(_AGGREGATES), local)
    return sa.select(Membership).where(may, Membership.current_at(clock.now()))


def can_steer(actor: Actor, campaign: Campaign) -> bool:
    """Whether the campaign is this actor's to run: the office's, the secretariat's, administrators'."""
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        return True
    return can_build(actor) and actor.organisation_id == campaign.office_id


def can_edit(actor: Actor, campaign: Campaign) -> bool:
    """A draft may be changed by those who run it."""
    return campaign.state is CampaignState.DRAFT and can_steer(actor, campaign)


def can_ask_review(actor: Actor, campaign: Campaign) -> bool:
    """Whoever may change the draft may ask for its publication."""
    return can_edit(actor, campaign)


def can_publish(actor: Actor, campaign: Campaign) -> bool:
    """Administrators, and the secretariat's head and approvers, who have written none of it."""
    wrote = not actor.person_ids.isdisjoint({campaign.author_person_id, campaign.editor_person_id})
    return campaign.state is CampaignState.REVIEW and signs(actor) and not wrote


def can_send_back(actor: Actor, campaign: Campaign) -> bool:
    """Whoever may publish, and whoever wrote it, may take it back to a draft."""
    return campaign.state is CampaignState.REVIEW and (signs(actor) or can_steer(actor, campaign))


def can_close(actor: Actor, campaign: Campaign) -> bool:
    """Those who run it end it."""
    return campaign.state is CampaignState.PUBLISHED and can_steer(actor, campaign)


def signs(actor: Actor) -> bool:
    """Whether the actor may be the second of the two people who publish."""
    return actor.role is Role.ADMIN or (actor.role is Role.SECRETARIAT and (actor.is_head or actor.is_approver))


def sees_every_entry(actor: Actor) -> bool:
    """Whether the actor sees every body × procedure one by one."""
    return actor.role in _SEE_EVERY_ENTRY


def entries_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The bodies × procedures whose state this actor may see one by one, as a condition on entries.

    A liaison: the bodies of their posts; a prefecture: itself and its municipalities; a body: itself.
    """
    return _of_bodies(actor, Entry.organisation_id, Entry.prefecture_code)


def participations_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same of the addressed bodies."""
    return _of_bodies(actor, Participation.organisation_id, Participation.prefecture_code)


def bodies_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same of bodies, addressed or not, as a condition on organisations."""
    return _of_bodies(actor, Organisation.id, Organisation.prefecture_code)


def viewers_of_body(organisation_id: int) -> sa.Select[Membership]:
    """The memberships holding now that may see what is asked of this body: the twin of ``bodies_viewable_by``."""
    now = clock.now()
    body = orm.aliased(Organisation)
    post = sa.select(body.post_id).where(body.id == organisation_id)
    area = sa.select(body.prefecture_code).where(body.id == organisation_id)
    in_charge = sa.select(LiaisonAssignment.membership_id).where(
        LiaisonAssignment.post_id.in_(post), LiaisonAssignment.current_at(now)
    )
    prefectures = sa.select(Organisation.id).where(
        Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(area)
    )
    places = sa.or_(Membership.organisation_id == organisation_id, Membership.organisation_id.in_(prefectures))
    may = sa.or_(
        Membership.role.in_(_SEE_EVERY_ENTRY),
        sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(in_charge)),
        sa.and_(Membership.role.in_(LOCAL_ROLES), places),
    )
    return sa.select(Membership).where(may, Membership.current_at(now))


def can_view_entry(actor: Actor, entry: Entry, post_id: int | None) -> bool:
    """The twin of ``entries_viewable_by``; ``post_id`` is the post of the entry's body."""
    if actor.role in _SEE_EVERY_ENTRY:
        return True
    if actor.role is Role.LIAISON:
        return post_id in actor.post_ids
    if actor.is_local and actor.is_prefecture:
        return entry.prefecture_code == actor.prefecture_code
    return actor.is_local and entry.organisation_id == actor.organisation_id


def can_read_answers(actor: Actor, entry: Entry) -> bool:
    """The body reads what it is still writing; everybody else who sees the entry reads what was submitted."""
    return (actor.is_local and entry.organisation_id == actor.organisation_id) or entry.state in READABLE


def can_count(actor: Actor) -> bool:
    """Associations and ministries see figures of all bodies, never one body's answers."""
    return actor.role in _AGGREGATES


def _of_bodies(actor: Actor, organisation: _Column[int], prefecture: _Column[str | None]) -> sa.ColumnElement[bool]:
    if actor.role in _SEE_EVERY_ENTRY:
        return sa.true()
    if actor.role is Role.LIAISON:
        return organisation.in_(sa.select(Organisation.id).where(Organisation.post_id.in_(actor.post_ids)))
    if actor.is_local and actor.is_prefecture:
        return prefecture == actor.prefecture_code
    return organisation == actor.organisation_id if actor.is_local else sa.false()
