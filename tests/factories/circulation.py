"""庁内展開 in every state; a factory flushes and never commits."""

from collections.abc import Sequence

from portal.circulation import composing, sending
from portal.circulation.models import Circulation, ComposedAnswer, Part
from portal.circulation.queries import get_circulation
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.guidance.states import ResponseState
from tests.factories.people import make_section


def send_to(actor: Actor, guidance: Guidance, *names: str, code: str = "152226", **wanted) -> Sequence[Part]:
    """Parts to these sections of the body."""
    values = {"what": "障害者手帳の欄", **wanted}
    ids = [make_section(code, name).id for name in names]
    own = find_own_recipient(actor, guidance)
    return sending.send_parts(actor, guidance, own, ids, sending.Wanted(**values))


def compose(actor: Actor, guidance: Guidance, **given) -> tuple[Circulation, ComposedAnswer]:
    """An answer put before the head."""
    values = {"state": ResponseState.REPLIED, "text": "点検の結果を回答します。", **given}
    circulation = get_circulation(actor, guidance.id)
    return circulation, composing.compose_answer(actor, circulation, composing.Composition(**values))
