"""What happens inside a body while it collects its answer. No event carries a text; nobody outside reads of it."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class CirculationEvent(Event):
    """Base: something inside one body about one paper."""

    subject: ClassVar[str] = "circulation"
    circulation_id: int
    guidance_id: int


@dataclass(frozen=True, kw_only=True)
class PartEvent(CirculationEvent):
    """Base: something about the part of one section."""

    part_id: int
    section_id: int


class PartSent(PartEvent):
    """A section is to answer a part."""

    label: ClassVar[str] = N_("庁内展開の送付")


class PartReminded(PartEvent):
    """It was reminded."""

    label: ClassVar[str] = N_("庁内展開の督促")


class PartWithdrawn(PartEvent):
    """It need not answer any more."""

    label: ClassVar[str] = N_("庁内展開の取消し")


@dataclass(frozen=True, kw_only=True)
class PartAnswered(PartEvent):
    """It answered, or changed its answer."""

    label: ClassVar[str] = N_("庁内展開への回答")
    state: str


class PartSentBack(PartEvent):
    """It is not theirs."""

    label: ClassVar[str] = N_("庁内展開の返却（担当外）")


@dataclass(frozen=True, kw_only=True)
class ComposedEvent(CirculationEvent):
    """Base: something about an answer of the whole body."""

    answer_id: int


class AnswerComposed(ComposedEvent):
    """The head is asked to confirm it."""

    label: ClassVar[str] = N_("団体の回答案の確認依頼")


class AnswerTakenBack(ComposedEvent):
    """It was taken back before the head decided."""

    label: ClassVar[str] = N_("団体の回答案の取下げ")


class ComposedAnswerReturned(ComposedEvent):
    """The head returned it."""

    label: ClassVar[str] = N_("団体の回答案の差戻し")


@dataclass(frozen=True, kw_only=True)
class ComposedAnswerConfirmed(ComposedEvent):
    """The head confirmed it: it is the body's response."""

    label: ClassVar[str] = N_("団体の回答案の確認")
    response_id: int


@dataclass(frozen=True, kw_only=True)
class PaperPassed(Event):
    """A member sent the paper to a colleague or a section of the same body; the note is not in it."""

    subject: ClassVar[str] = "passed_paper"
    label: ClassVar[str] = N_("庁内の方への送付")
    passed_paper_id: int
    guidance_id: int
    to_membership_id: int | None = None
    to_section_id: int | None = None
