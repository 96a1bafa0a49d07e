"""What a submitter writes, and what it must hold: at any time no My Number, on submission everything mandatory."""

from dataclasses import dataclass, fields
from datetime import date

from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.issues.models import Issue
from portal.issues.states import IssueKind, Leak, Urgency
from portal.themes.models import SubTopic

LONGEST = {"title": 120, "body": 20_000, "tried": 4000}  # characters


@dataclass(frozen=True, kw_only=True)
class IssueContent:
    """Everything that the submitter may set; each name is a column of Issue."""

    kind: IssueKind
    title: str
    body: str = ""
    tried: str = ""
    theme_id: int | None = None
    sub_topic_id: int | None = None
    impact_count: int | None = None
    urgency: Urgency = Urgency.NORMAL
    needed_by_on: date | None = None
    leak: Leak | None = None
    is_shared_with_prefecture: bool = True

    def write_to(self, issue: Issue) -> None:
        """Copy every field to the record."""
        for each in fields(self):
            value = getattr(self, each.name)
            setattr(issue, each.name, value.strip() if isinstance(value, str) else value)

    def changes_of(self, issue: Issue) -> dict[str, list[object]]:
        """Which short fields would change, as {field: [before, after]}; texts are named without their content."""
        changes: dict[str, list[object]] = {}
        for each in fields(self):
            before, after = getattr(issue, each.name), getattr(self, each.name)
            if isinstance(after, str):
                if before != after.strip():
                    changes[each.name] = []
            elif before != after:
                changes[each.name] = [_plain(before), _plain(after)]
        return changes


def check_texts(content: IssueContent, *, confirmed: bool) -> None:
    """Check what even a draft must keep to.

    Raises Invalid at the field for a text that is too long or holds a My Number and for a sub-topic of another theme,
    NeedsConfirmation for a doubtful number.
    """
    for name, longest in LONGEST.items():
        text = getattr(content, name)
        if len(text.strip()) > longest:
            raise Invalid(N_("%(limit)s文字以内で入力してください。"), field=name, limit=f"{longest:,}")
        my_number.check_text(name, text, confirmed)
    if content.impact_count is not None and not 0 <= content.impact_count <= 200_000_000:
        raise Invalid(N_("対象件数は0以上の数で入力してください。"), field="impact_count")
    if content.sub_topic_id is not None:
        topic = db.session.get(SubTopic, content.sub_topic_id)
        if topic is None or topic.theme_id != content.theme_id:
            raise Invalid(N_("選んだテーマの細目を選んでください。"), field="sub_topic_id")


def check_complete(issue: Issue) -> None:
    """What a submission must hold. Raises Invalid at the first field that is missing or wrong."""
    for name, message in _MANDATORY:
        if getattr(issue, name) in (None, ""):
            raise Invalid(message, field=name)
    if issue.needed_by_on is not None and issue.needed_by_on < japan_date(clock.now()):
        raise Invalid(N_("回答を必要とする日には、今日以降の日付を入力してください。"), field="needed_by_on")


def required_text(field: str, text: str, message: str, *, confirmed: bool = False) -> str:
    """The text without white space at its ends. Raises Invalid when it is empty or holds a My Number."""
    if not text.strip():
        raise Invalid(message, field=field)
    my_number.check_text(field, text, confirmed)
    return text.strip()


_MANDATORY = (
    ("title", N_("件名を入力してください。")),
    ("theme_id", N_("テーマを選んでください。")),
    ("body", N_("状況を入力してください。")),
    ("leak", N_("漏えいの有無を選んでください。")),
)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)
