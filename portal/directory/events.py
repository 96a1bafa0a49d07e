"""What happens to organisations, people and assignments."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Event):
    """Facts of an organisation changed; ``changes`` maps a field to [before, after]."""

    subject: ClassVar[str] = "organisation"
    label: ClassVar[str] = N_("団体情報の変更")
    changes: dict[str, Any]

    @property
    def subject_id(self) -> int:
        """The organisation."""
        return self.organisation_id or 0


@dataclass(frozen=True, kw_only=True)
class PeopleImported(Event):
    """A file of people was taken in for an organisation or for several (organisation_id None)."""

    subject: ClassVar[str] = "organisation"
    label: ClassVar[str] = N_("利用者の一括登録")
    added: int
    changed: int

    @property
    def subject_id(self) -> int:
        """The organisation, 0 for several."""
        return self.organisation_id or 0


@dataclass(frozen=True, kw_only=True)
class PopulationsImported(Event):
    """A file of populations was taken in; ``changes`` maps a code to [before, after]."""

    subject: ClassVar[str] = "organisation"
    label: ClassVar[str] = N_("人口の取込み")
    changed: int
    changes: dict[str, Any]

    @property
    def subject_id(self) -> int:
        """0: several organisations."""
        return 0


@dataclass(frozen=True, kw_only=True)
class SectionChanged(Event):
    """A section of an organisation was added or changed; ``changes`` maps a field to [before, after]."""

    subject: ClassVar[str] = "section"
    label: ClassVar[str] = N_("所属の名称の変更")
    section_id: int
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """A person was added or their facts changed; ``changes`` maps a field to [before, after]."""

    subject: ClassVar[str] = "person"
    label: ClassVar[str] = N_("利用者情報の変更")
    person_id: int
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class MembershipEvent(Event):
    """Base: something that concerns one membership."""

    subject: ClassVar[str] = "membership"
    membership_id: int
    person_id: int
    role: str


class MembershipGranted(MembershipEvent):
    """A person joined an organisation in a role."""

    label: ClassVar[str] = N_("所属の追加")


@dataclass(frozen=True, kw_only=True)
class MembershipChanged(MembershipEvent):
    """A membership's facts changed; ``changes`` maps a field to [before, after]."""

    label: ClassVar[str] = N_("所属の変更")
    changes: dict[str, Any]


class MembershipEnded(MembershipEvent):
    """A membership ended; its rights fail on the next request."""

    label: ClassVar[str] = N_("所属の終了")


@dataclass(frozen=True, kw_only=True)
class LiaisonAssigned(Event):
    """A liaison was put in charge of a post."""

    subject: ClassVar[str] = "post"
    label: ClassVar[str] = N_("担当割当の追加")
    post_id: int
    assignment_id: int
    membership_id: int
    rank: str


@dataclass(frozen=True, kw_only=True)
class LiaisonAssignmentEnded(Event):
    """A liaison's charge of a post ended."""

    subject: ClassVar[str] = "post"
    label: ClassVar[str] = N_("担当割当の終了")
    post_id: int
    assignment_id: int
    membership_id: int


@dataclass(frozen=True, kw_only=True)
class AbsenceEntered(Event):
    """Somebody will be away; ``substitute_person_id`` stands in, signing too where ``may_sign``."""

    subject: ClassVar[str] = "absence"
    label: ClassVar[str] = N_("不在と代理者の登録")
    absence_id: int
    membership_id: int
    person_id: int
    substitute_person_id: int | None
    starts_at: str
    ends_at: str
    may_sign: bool


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded(Event):
    """Somebody is back early, or the absence was called off."""

    subject: ClassVar[str] = "absence"
    label: ClassVar[str] = N_("不在の終了・取消し")
    absence_id: int
    membership_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class RosterEvent(Event):
    """Base: something that happens to the replacement of a roster (organisation_id None: headquarters)."""

    subject: ClassVar[str] = "roster_replacement"
    roster_replacement_id: int


@dataclass(frozen=True, kw_only=True)
class RosterScheduled(RosterEvent):
    """The replacement of a roster is to take effect on a date."""

    label: ClassVar[str] = N_("名簿の入替えの予約")
    effective_on: str


class RosterCancelled(RosterEvent):
    """A scheduled replacement was called off."""

    label: ClassVar[str] = N_("名簿の入替えの取消し")


@dataclass(frozen=True, kw_only=True)
class RosterApplied(RosterEvent):
    """The replacement took effect: how many came, changed and went."""

    label: ClassVar[str] = N_("名簿の入替えの反映")
    added: int
    changed: int
    ended: int


class RosterFailed(RosterEvent):
    """The replacement could not take effect; nothing of it has."""

    label: ClassVar[str] = N_("名簿の入替えの不成立")


@dataclass(frozen=True, kw_only=True)
class HandoverNoteWritten(Event):
    """Somebody wrote a note for whoever comes after them in a post."""

    subject: ClassVar[str] = "handover_note"
    label: ClassVar[str] = N_("引継メモの記入")
    handover_note_id: int


@dataclass(frozen=True, kw_only=True)
class MattersInherited(Event):
    """A merger passed open matters to the successor: how many issues, rows of guidance and campaigns."""

    subject: ClassVar[str] = "organisation"
    label: ClassVar[str] = N_("合併による引継ぎ")
    predecessor_id: int
    issues: int
    guidance: int
    campaigns: int = 0

    @property
    def subject_id(self) -> int:
        """The body that inherited."""
        return self.organisation_id or 0
