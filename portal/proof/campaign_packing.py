"""The proof of a campaign: asked for on its page, made by the worker, kept for a week for whoever asked."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.attachments.outgoing import Archive, safe_name
from portal.attachments.service import remove_attachment, store_made_file
from portal.campaigns.models import Campaign, Entry, Participation
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.events import emit
from portal.core.pagination import Page, paginate
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.proof import campaign_facts, facts, policy
from portal.proof.events import CampaignProofAsked, CampaignProofMade
from portal.proof.models import PROOF_KIND, CampaignProof
from portal.proof.states import ProofState

KEPT = timedelta(days=7)
MOST_TRIES = 5
_STALE = timedelta(minutes=30)  # a worker that has not finished by then was killed
_PAUSE = timedelta(minutes=5)

Claim = tuple[int, int]  # the proof's id and the number of the try


def ask_proof(actor: Actor, campaign: Campaign) -> CampaignProof:
    """Have the proof of a published campaign made; that it was asked for is recorded. Raises Forbidden."""
    authorize(policy.can_take_campaign_proof, actor, campaign)
    proof = CampaignProof(
        campaign_id=campaign.id, state=ProofState.ASKED, asked_by_person_id=actor.person_id, signature=actor.signature,
        asked_at=clock.now(), tries=0,
    )  # fmt: skip
    db.session.add(proof)
    db.session.flush()
    emit(actor, CampaignProofAsked(campaign_id=campaign.id, proof_id=proof.id))
    return proof


def list_proofs(campaign: Campaign, *, cursor: str | None = None) -> Page[CampaignProof]:
    """Every proof that was asked for, the newest first. One statement."""
    select = sa.select(CampaignProof).where(CampaignProof.campaign_id == campaign.id)
    return paginate(db.session, select, order=[CampaignProof.id.desc()], cursor=cursor, size=20)


def get_proof_file(actor: Actor, campaign: Campaign, proof_id: int) -> Attachment:
    """The file of a proof that the actor asked for and may still have. Raises NotFound, Forbidden."""
    authorize(policy.can_take_campaign_proof, actor, campaign)
    found = db.session.scalar(
        sa.select(Attachment)
        .join(CampaignProof, CampaignProof.attachment_id == Attachment.id)
        .where(
            CampaignProof.id == proof_id,
            CampaignProof.campaign_id == campaign.id,
            CampaignProof.asked_by_person_id == actor.person_id,
            Attachment.removed_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def list_due_proofs(limit: int = 5) -> list[int]:
    """The ids of the proofs that are to be made now, the oldest first. One statement."""
    return list(
        db.session.scalars(sa.select(CampaignProof.id).where(_is_due()).order_by(CampaignProof.id).limit(limit))
    )


def claim_proof(proof_id: int) -> Claim | None:
    """Take it in hand, in a transaction of its own; None when another worker was quicker."""
    tries = db.session.scalar(
        sa.update(CampaignProof)
        .where(CampaignProof.id == proof_id, _is_due())
        .values(state=ProofState.MAKING, tries=CampaignProof.tries + 1, tried_at=clock.now())
        .returning(CampaignProof.tries)
        .execution_options(synchronize_session=False)
    )
    return None if tries is None else (proof_id, tries)


def get_claimed(claim: Claim) -> Campaign:
    """The campaign of a claimed proof, with its office and theme."""
    return db.session.scalars(
        sa.select(Campaign)
        .join(CampaignProof, CampaignProof.campaign_id == Campaign.id)
        .where(CampaignProof.id == claim[0])
        .options(orm.joinedload(Campaign.office), orm.joinedload(Campaign.theme))
    ).one()


def pack_campaign(campaign: Campaign, pages: Mapping[str, bytes]) -> Archive:
    """Everything of the campaign in one archive with a hash list: ``pages`` are its printed sheets by name.

    Answers are read a hundred bodies at a time, so that memory does not grow with the campaign.
    """
    campaign_id = campaign.id
    archive = Archive()
    for name, content in pages.items():
        archive.add_bytes(name, content)
    archive.add_text("点検・調査.json", _json(campaign_facts.campaign_facts(campaign)))
    archive.add_text("督促.json", _json(campaign_facts.reminder_facts(campaign)))
    archive.add_text("報告.json", _json(campaign_facts.report_facts(campaign)))
    archive.add_text("メール.json", _json(facts.mail_facts("campaign", campaign_id)))
    archive.add_text("操作記録.json", _json(facts.event_facts("campaign", campaign_id)))
    files = _list_files(campaign_id)
    archive.add_lines("団体と回答.json", _array(campaign_facts.body_facts(campaign)))
    for folder, held in files:
        archive.add_file(held, folder=folder)
    return archive


def keep_proof(claim: Claim, archive: Archive, name: str) -> bool:
    """Store the archive, once; False when the claim was given to another worker meanwhile."""
    proof = db.session.get(CampaignProof, claim[0], with_for_update=True, populate_existing=True)
    if proof is None or proof.tries != claim[1] or proof.state is not ProofState.MAKING:
        return False
    made = store_made_file(
        PROOF_KIND,
        proof.campaign_id,
        archive.finish(),  # type: ignore[arg-type]
        file_name=f"{safe_name(name)}（証拠一式）.zip",
        media_type="application/zip",
        person_id=proof.asked_by_person_id,
    )
    proof.digest = hashlib.sha256("".join(each for _, each in archive.hashes).encode()).hexdigest()
    proof.state, proof.made_at, proof.error, proof.attachment_id = ProofState.MADE, clock.now(), None, made.id
    db.session.flush()
    emit(
        SYSTEM,
        CampaignProofMade(
            campaign_id=proof.campaign_id, proof_id=proof.id, digest=proof.digest, person_id=proof.asked_by_person_id
        ),
    )
    return True


def give_back_proof(claim: Claim) -> None:
    """Leave it to whoever comes next: the worker was stopped, which is no failed try."""
    proof_id, tries = claim
    db.session.execute(
        sa.update(CampaignProof)
        .where(CampaignProof.id == proof_id, CampaignProof.tries == tries, CampaignProof.state == ProofState.MAKING)
        .values(state=ProofState.ASKED, tries=tries - 1)
        .execution_options(synchronize_session=False)
    )


def record_proof_failure(claim: Claim, error: str) -> None:
    """Say why it could not be made; it is tried again a while later, five times in all."""
    db.session.execute(
        sa.update(CampaignProof)
        .where(CampaignProof.id == claim[0], CampaignProof.tries == claim[1])
        .values(state=ProofState.FAILED, error=error[:500])
        .execution_options(synchronize_session=False)
    )


def remove_old_proofs() -> int:
    """Take the files of proofs made more than a week ago from view; how many. Their digests stay."""
    old = db.session.scalars(
        sa.select(Attachment)
        .join(CampaignProof, CampaignProof.attachment_id == Attachment.id)
        .where(Attachment.removed_at.is_(None), CampaignProof.made_at < clock.now() - KEPT)
    ).all()
    for each in old:
        remove_attachment(each)
    return len(old)


def _is_due() -> sa.ColumnElement[bool]:
    now = clock.now()
    is_stale = sa.and_(CampaignProof.state == ProofState.MAKING, CampaignProof.tried_at < now - _STALE)
    is_failed = sa.and_(
        CampaignProof.state == ProofState.FAILED,
        CampaignProof.tries < MOST_TRIES,
        CampaignProof.tried_at < now - _PAUSE,
    )
    return sa.or_(CampaignProof.state == ProofState.ASKED, is_stale, is_failed)


def _list_files(campaign_id: int) -> list[tuple[str, Attachment]]:
    """The files of the answers, each with the folder of its body's code."""
    rows = db.session.execute(
        sa.select(Attachment, Participation.organisation_code)
        .join(Entry, sa.and_(Attachment.owner_kind == "entry", Attachment.owner_id == Entry.id))
        .join(Participation, Participation.id == Entry.participation_id)
        .where(Entry.campaign_id == campaign_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    ).all()
    for attachment, _ in rows:
        db.session.expunge(attachment)
    return [(f"回答の添付/{code}", attachment) for attachment, code in rows]


def _array(items: Iterable[Any]) -> Iterator[str]:
    """A JSON array, an item a line."""
    begin = "[\n"
    for item in items:
        yield begin + json.dumps(item, ensure_ascii=False)
        begin = ",\n"
    yield "\n]\n" if begin != "[\n" else "[]\n"


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)
