"""庁内展開 by a section: answering its part, saying that nothing applies, or that the part is not theirs."""

from collections.abc import Sequence

from portal.attachments.inspection import Upload
from portal.attachments.queries import list_attachments
from portal.attachments.service import store_attachments
from portal.circulation import policy
from portal.circulation.events import PartAnswered, PartSentBack
from portal.circulation.locking import hold, hold_part, require_in_force, require_not_asked
from portal.circulation.models import Circulation, Part
from portal.circulation.sending import ids_of
from portal.circulation.states import ANSWERABLE, GIVEN, PartState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


def answer_part(
    actor: Actor,
    part: Part,
    *,
    state: PartState,
    text: str = "",
    uploads: Sequence[Upload] = (),
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """waiting or answered → answered or not applicable: the section's text and files, or why nothing applies.

    Raises Invalid at ``state``, ``text`` or ``files``, Conflict when a colleague answered first, when the part was
    withdrawn, or when the head is confirming.
    """
    circulation, part = _held(actor, part, version)
    authorize(policy.can_answer, actor, circulation, part)
    my_number.check_text("text", text, my_number_confirmed)
    _check(part, state, text.strip(), has_uploads=bool(uploads))
    part.state, part.answer = state, text.strip()
    _sign(actor, part)
    store_attachments(actor, "circulated_part", part.id, uploads, field="files", confirmed=my_number_confirmed)
    emit(actor, PartAnswered(**ids_of(circulation, part), state=state.value))


def send_back_part(
    actor: Actor, part: Part, *, reason: str, version: int | None = None, my_number_confirmed: bool = False
) -> None:
    """waiting → sent back: the part is not this section's, with a reason for who coordinates.

    Raises Invalid at ``reason``, Conflict when it was answered or withdrawn meanwhile.
    """
    circulation, part = _held(actor, part, version)
    if part.state is not PartState.WAITING:
        raise Conflict(_CHANGED)
    authorize(policy.can_send_back, actor, circulation, part)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("担当でない理由と、分かれば担当の所属を入力してください。"), field="reason")
    part.state, part.answer = PartState.SENT_BACK, reason.strip()
    _sign(actor, part)
    emit(actor, PartSentBack(**ids_of(circulation, part)))


_CHANGED = N_("この依頼は、取り消されたか、処理されています。画面を読み直してください。")


def _held(actor: Actor, part: Part, version: int | None) -> tuple[Circulation, Part]:
    circulation = hold(part.circulation)
    authorize(policy.can_view, actor, circulation)
    require_in_force(circulation)
    require_not_asked(circulation)
    part = hold_part(circulation, part, version)
    if part.state not in ANSWERABLE:
        raise Conflict(_CHANGED)
    return circulation, part


def _check(part: Part, state: PartState, text: str, *, has_uploads: bool) -> None:
    if state not in GIVEN:
        raise Invalid(N_("回答の種類を選んでください。"), field="state")
    if state is PartState.NOT_APPLICABLE and not text:
        raise Invalid(N_("該当しない理由を入力してください。"), field="text")
    if state is PartState.ANSWERED and not (
        text or has_uploads or list_attachments("circulated_part", [part.id])[part.id]
    ):
        raise Invalid(N_("回答の内容を入力するか、ファイルを添付してください。"), field="text")


def _sign(actor: Actor, part: Part) -> None:
    part.answered_by_person_id, part.answered_signature = actor.person_id, actor.signature
    part.answered_at = clock.now()
    db.session.flush()
