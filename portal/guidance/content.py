"""What a drafter writes, and the rules that it must keep at each step: numbers, dues, completeness, no My Number."""

from dataclasses import dataclass, field, fields
from datetime import date

from portal.core import calendar, clock, my_number
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.guidance import numbers
from portal.guidance.addressees import AddresseeRule, count_addressed
from portal.guidance.layout import PLACEHOLDER
from portal.guidance.models import Guidance
from portal.guidance.states import DeliveryRoute, GuidanceKind, Nature

SHORT_DUE_DAYS = 3
LEGAL_BASIS_ADVICE = "本通知は、地方自治法（昭和22年法律第67号）第245条の4第1項に基づく技術的な助言である。"
_REQUIRED_FOR_REVIEW = (
    ("body", N_("本文を入力してください。")),
    ("addressee_line", N_("宛名を入力してください。")),
    ("contact", N_("照会先を入力してください。")),
    ("required_action", N_("団体がすることを入力してください。ないときは「お読みください」などとします。")),
    ("concerned_sections", N_("関係する課を入力してください。")),
    ("difference", N_("前回との差を入力してください。初めてのときは「新規」とします。")),
)
_FROM_TEMPLATE = (
    ("title", N_("件名に残っている「○○」を具体的な内容に置き換えてください。")),
    ("addressee_line", N_("宛名に残っている「○○」を具体的な内容に置き換えてください。")),
    ("body", N_("本文に残っている「○○」を具体的な内容に置き換えてください。")),
    ("contact", N_("照会先に残っている「○○」を具体的な内容に置き換えてください。")),
)


@dataclass(frozen=True, kw_only=True)
class GuidanceContent:
    """Everything that the drafter may set; each name is a column of Guidance, save ``addressees``, the rule."""

    kind: GuidanceKind
    title: str
    sender_id: int
    sender_title: str = ""
    document_number: str | None = None
    origin_ministry_id: int | None = None
    theme_id: int | None = None
    nature: Nature = Nature.INFORMATION
    legal_basis: str = ""
    addressee_line: str = ""
    required_action: str = ""
    difference: str = ""
    concerned_sections: str = ""
    body: str = ""
    contact: str = ""
    reply_due_on: date | None = None
    short_due_reason: str | None = None
    route: DeliveryRoute = DeliveryRoute.DIRECT
    seal_omitted: bool = False
    asks_passing_on: bool = False
    addressees: AddresseeRule = field(default_factory=AddresseeRule)

    def write_to(self, guidance: Guidance) -> None:
        """Copy every field to the record."""
        for each in fields(self):
            if each.name != "addressees":
                setattr(guidance, each.name, getattr(self, each.name))
        guidance.legal_basis = legal_basis_of(self.nature, self.legal_basis)
        guidance.document_number = numbers.normalise_number(self.document_number)
        guidance.addressees = self.addressees.to_dict()


def legal_basis_of(nature: Nature | None, typed: str) -> str:
    """The legal remark as typed; technical advice without one carries the standing sentence."""
    return LEGAL_BASIS_ADVICE if nature is Nature.TECHNICAL_ADVICE and not typed.strip() else typed


def check_draft(content: GuidanceContent, *, except_id: int | None, confirmed: bool) -> None:
    """What holds already of a draft. Raises Invalid at the field; NeedsConfirmation for a doubtful 12-digit number."""
    for each in fields(content):
        text = getattr(content, each.name)
        if isinstance(text, str):
            my_number.check_text(each.name, text, confirmed)
    if not content.title.strip():
        raise Invalid(N_("件名を入力してください。"), field="title")
    check_due(content.reply_due_on)
    number = numbers.normalise_number(content.document_number)
    numbers.check_form(content.kind, number)
    if number:
        numbers.check_is_free(content.sender_id, number, except_id=except_id)


def check_complete(guidance: Guidance) -> None:
    """What must stand in a paper before anyone is asked to approve it. Raises Invalid, with all that is missing."""
    missing = list_missing(guidance)
    if missing:
        refusal, *refusal.also = missing
        raise refusal
    check_due(guidance.reply_due_on)


def list_missing(guidance: Guidance) -> list[Invalid]:
    """What a paper still lacks before anyone may be asked to approve it, each at its field. One statement."""
    lacks = [
        Invalid(message, field=name) for name, message in _REQUIRED_FOR_REVIEW if not getattr(guidance, name).strip()
    ]
    lacks += [
        Invalid(message, field=name) for name, message in _FROM_TEMPLATE if PLACEHOLDER in getattr(guidance, name)
    ]
    if guidance.kind is GuidanceKind.REQUEST and guidance.reply_due_on is None:
        lacks.append(Invalid(N_("依頼には回答期限が必要です。"), field="reply_due_on"))
    if not count_addressed(AddresseeRule.from_dict(guidance.addressees)):
        lacks.append(Invalid(N_("宛先に当てはまる団体がありません。宛先を指定してください。"), field="addressees"))
    return lacks


def check_due(due_on: date | None) -> None:
    """Raise Invalid when the due date has passed."""
    if due_on is not None and due_on < calendar.japan_date(clock.now()):
        raise Invalid(N_("回答期限に過去の日付は指定できません。"), field="reply_due_on")


def is_short_due(due_on: date | None) -> bool:
    """Whether fewer than three business days are left until the due date."""
    today = calendar.japan_date(clock.now())
    return due_on is not None and calendar.business_days_between(today, due_on) < SHORT_DUE_DAYS


def check_short_due(due_on: date | None, reason: str | None) -> None:
    """Raise Invalid when a short due date comes without the approver's written reason."""
    if is_short_due(due_on) and not (reason or "").strip():
        raise Invalid(
            N_("回答期限まで3営業日ありません。短い期限とする理由を入力してください。"), field="short_due_reason"
        )
