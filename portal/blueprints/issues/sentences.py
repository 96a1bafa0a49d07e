"""What the pages of an issue say in sentences: who has it, where it stands, who will see a text."""

from collections.abc import Sequence

from flask_babel import gettext

from portal.blueprints.issues.composing import locale
from portal.core import clock
from portal.core.calendar import business_days_between, japan_date
from portal.core.events import Audience
from portal.directory.models import Organisation
from portal.issues.models import Hop, Issue
from portal.issues.states import Holder, IssueState
from portal.issues.submission import CLOSES_AFTER
from portal.targets.rules import Targets
from portal.web.business_days import closures
from portal.web.filters import jdate, named

_PLACES = {
    IssueState.DRAFT: 0,
    IssueState.SUBMITTED: 1,
    IssueState.RETURNED: 1,
    IssueState.TRIAGED: 2,
    IssueState.ASSIGNED: 3,
    IssueState.CONSULTING: 3,
    IssueState.ANSWERED: 4,
    IssueState.CLOSED: 5,
}


def holder_name(holder: Holder, organisation: Organisation | None) -> str:
    """Who has the ball, as people call them: リエゾン（新潟県担当）, マイナンバー制度支援室, 事務局."""
    if holder is Holder.LIAISON:
        return str(gettext("リエゾン（%(post)s担当）", post=named(organisation)))
    if holder in {Holder.SUBMITTER, Holder.DIVISION, Holder.MINISTRY} and organisation is not None:
        return named(organisation)
    return holder.label(locale())


def steps() -> list[str]:
    """The steps of an issue's way."""
    return [gettext("受付"), gettext("仕分け"), gettext("割振り"), gettext("回答"), gettext("完了")]


def step_of(issue: Issue) -> int | None:
    """At which of the steps it is; None when it left the way."""
    return _PLACES.get(issue.state)


def now_sentence(issue: Issue, holders: Sequence[str] = ()) -> str:
    """Where it stands now, who works on it and for how long. A pause names its reason.

    ``holders`` names all who have the ball where several do.
    """
    holder, days = holder_name(issue.holder, issue.holder_organisation), _day_count(issue)
    if len(holders) > 1:
        holder = (", " if locale() == "en" else "、").join(holders)
    body = named(issue.organisation)
    if issue.state is IssueState.ASSIGNED:
        if issue.accepted_at is None:
            return str(gettext("%(holder)sが受入れを確認しています（%(n)s営業日目）", holder=holder, n=days))
        return str(
            gettext(
                "%(holder)sが回答を準備しています（%(n)s営業日目／目安%(target)s営業日）",
                holder=holder,
                n=days,
                target=issue.clock.answered_days if issue.clock else Targets().answered_days,
            )
        )
    if issue.state is IssueState.ANSWERED:
        return str(
            gettext(
                "回答が届いています。%(body)sの確認を待っています。%(day)sを過ぎると自動で完了します。",
                body=body,
                day=jdate(issue.answered_at + CLOSES_AFTER if issue.answered_at else None),
            )
        )
    sentences = {
        IssueState.DRAFT: gettext("下書きです。まだ提出していません。"),
        IssueState.SUBMITTED: gettext("%(holder)sが内容を確認しています（%(n)s営業日目）", holder=holder, n=days),
        IssueState.TRIAGED: gettext("%(holder)sが割振り先を決めています（%(n)s営業日目）", holder=holder, n=days),
        IssueState.RETURNED: gettext(
            "%(body)sの補足を待っています（%(n)s営業日目）。その間、回答までの日数には数えません。", body=body, n=days
        ),
        IssueState.CONSULTING: gettext(
            "%(holder)sが照会への回答を準備しています（%(n)s営業日目）", holder=holder, n=days
        ),
        IssueState.CLOSED: gettext("完了しました。30日以内であれば、提出した団体が理由を添えて再開できます。"),
        IssueState.DECLINED: gettext("対象外となりました。適切な窓口：%(desk)s", desk=issue.decline_desk or ""),
        IssueState.WITHDRAWN: gettext("取り下げられました。"),
    }
    return str(sentences[issue.state])


def audience_sentence(issue: Issue, audience: Audience, ministry: Organisation | None = None) -> str:
    """Who will see a text, said before it is sent."""
    if audience is Audience.INTERNAL:
        return str(gettext("本部（事務局・幹事課・担当リエゾン）だけに見えます。団体・都道府県・府省には見えません。"))
    if audience is Audience.CONSULT:
        asked = named(ministry) or gettext("照会先の府省")
        return str(gettext("本部と%(ministry)sだけに見えます。団体・都道府県には見えません。", ministry=asked))
    body, prefecture = named(issue.organisation), _prefecture(issue)
    if prefecture:
        return str(
            gettext(
                "%(body)sと%(prefecture)s、本部（照会先の府省を含む）に見えます。", body=body, prefecture=prefecture
            )
        )
    return str(gettext("%(body)sと本部（照会先の府省を含む）に見えます。", body=body))


def hop_days(hop: Hop) -> int:
    """For how many business days a hop lasted, the running one up to now."""
    return max(
        0, business_days_between(japan_date(hop.started_at), japan_date(hop.ended_at or clock.now()), closures())
    )


def _prefecture(issue: Issue) -> str:
    is_municipality = issue.organisation.parent_id is not None
    return named(issue.organisation.parent) if is_municipality and issue.is_shared_with_prefecture else ""


def _day_count(issue: Issue) -> int:
    return max(1, business_days_between(japan_date(issue.holder_since_at), japan_date(clock.now()), closures()) + 1)
