"""Two archives of a paper: all its files for a reader, and its proof for a disclosure or an inspection."""

import hashlib
import json
from collections.abc import Sequence
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.attachments.outgoing import Archive, safe_name
from portal.attachments.queries import list_attachments_of
from portal.core.calendar import long_date
from portal.core.db import db
from portal.core.events import emit
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.forwarding.models import Forwarding
from portal.forwarding.queries import list_own_forwardings
from portal.guidance.dues import recorded_due_of
from portal.guidance.models import Guidance, Recipient, Response
from portal.proof import facts, policy
from portal.proof.events import ProofTaken
from portal.renditions.naming import in_order
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState

_FOLDERS = (
    ("PDF", "guidance_pdf"),
    ("別添", "guidance"),
    ("訂正", "correction"),
    ("都道府県の資料", "forwarding"),
    ("回答", "response"),
)


def pack_files(
    actor: Actor, guidance: Guidance, recipient: Recipient | None, own: Sequence[tuple[str, bytes]] = ()
) -> tuple[IO[bytes], str]:
    """Everything that a reader of the paper may have of it, in one archive, and the archive's name.

    The PDF, the paper's files, those of its corrections and of the reader's own prefecture, and a list of them;
    ``own`` are files made for this reader, by name. The caller has found the paper visible to the actor.
    """
    corrections = _corrections(guidance)
    forwardings = list_own_forwardings(actor, guidance)
    files = list_attachments_of(
        guidance=[guidance.id],
        guidance_pdf=[guidance.id],
        correction=[each.id for each in corrections],
        forwarding=[each.id for each in forwardings],
    )
    archive = Archive()
    listed = _add(archive, in_order(files["guidance_pdf"][guidance.id])[-1:])
    listed += _add(archive, files["guidance"][guidance.id])
    listed += [archive.add_bytes(name, content) for name, content in own]
    for correction in corrections:
        listed += _add(archive, files["correction"][correction.id], f"第{correction.number}回訂正")
    for row in forwardings:
        listed += _add(archive, files["forwarding"][row.id], "都道府県の資料")
    archive.add_text("目次.txt", _index(guidance, recipient, corrections, listed))
    return archive.finish(), f"{_name_of(guidance)}.zip"


def pack_proof(actor: Actor, guidance: Guidance) -> tuple[IO[bytes], str]:
    """The proof of an issued paper and the archive's name; that it was taken is recorded.

    All texts and files, who was sent which when, openings, receipts, responses, the record of operations, and a hash
    list over all of it. About a dozen statements, however many bodies there are. Raises Forbidden.
    """
    authorize(policy.can_take_proof, actor, guidance)
    archive, corrections = Archive(), _corrections(guidance)
    for name, content in (
        ("文書.json", {"paper": facts.paper_facts(guidance), "corrections": facts.correction_facts(corrections)}),
        ("宛先と対応.json", facts.recipient_facts(guidance)),
        ("都道府県の転送.json", facts.forwarding_facts(guidance)),
        ("メール.json", facts.mail_facts("guidance", guidance.id)),
        ("操作記録.json", facts.event_facts("guidance", guidance.id)),
        ("対象一覧.json", facts.target_facts(guidance)),
        ("墨消し.json", facts.redaction_facts(guidance)),
    ):
        archive.add_text(name, _json(content))
    files = list_attachments_of(
        guidance=[guidance.id],
        guidance_pdf=[guidance.id],
        correction=[each.id for each in corrections],
        forwarding=_forwarding_ids(guidance),
        response=_response_ids(guidance),
    )
    for folder, kind in _FOLDERS:
        for held in files[kind].values():
            _add(archive, held, folder)
    packed = archive.finish()
    digest = hashlib.sha256("".join(each for _, each in archive.hashes).encode()).hexdigest()
    emit(actor, ProofTaken(guidance_id=guidance.id, digest=digest))
    return packed, f"{_name_of(guidance)}（証拠一式）.zip"


def _forwarding_ids(guidance: Guidance) -> Sequence[int]:
    return db.session.scalars(
        sa.select(Forwarding.id).where(Forwarding.guidance_id == guidance.id).order_by(Forwarding.id)
    ).all()


def _response_ids(guidance: Guidance) -> Sequence[int]:
    return db.session.scalars(
        sa.select(Response.id)
        .join(Recipient, Recipient.id == Response.recipient_id)
        .where(Recipient.guidance_id == guidance.id)
        .order_by(Response.id)
    ).all()


def _corrections(guidance: Guidance) -> Sequence[Correction]:
    if not guidance.correction_count:
        return []
    return db.session.scalars(
        sa.select(Correction)
        .where(Correction.guidance_id == guidance.id, Correction.state == CorrectionState.ISSUED)
        .options(orm.selectinload(Correction.entries))
        .order_by(Correction.number)
    ).all()


def _add(archive: Archive, files: Sequence[Attachment], folder: str = "") -> list[str]:
    return [archive.add_file(file, folder=folder) for file in files]


def _index(
    guidance: Guidance, recipient: Recipient | None, corrections: Sequence[Correction], listed: Sequence[str]
) -> str:
    due_on = recorded_due_of(guidance, recipient)
    lines = [
        f"件名：{guidance.title}",
        f"文書番号：{guidance.document_number or guidance.kind.label()}",
        f"発信者：{guidance.sender_title or guidance.sender.name}",
        f"発出日：{long_date(guidance.issued_on) if guidance.issued_on else '（未発出）'}",
        f"版：第{guidance.edition}版" + (f"（第{len(corrections)}回訂正後）" if corrections else ""),
        f"すること：{guidance.required_action}",
        f"回答期限：{long_date(due_on) if due_on else 'なし'}",
        "",
        "ファイル：",
        *(f"  {path}" for path in listed),
    ]
    for correction in corrections:
        lines += ["", f"第{correction.number}回訂正　正誤表："]
        lines += [f"  {each.place}　誤「{each.wrong}」　正「{each.right}」" for each in correction.entries]
    return "\r\n".join(lines) + "\r\n"


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _name_of(guidance: Guidance) -> str:
    return safe_name(guidance.document_number or guidance.title)
