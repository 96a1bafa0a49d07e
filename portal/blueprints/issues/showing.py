"""What the page of one issue shows, gathered from its parts for the role that looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup

from portal.attachments.models import Attachment
from portal.blueprints.issues import sentences
from portal.blueprints.issues.clocks import show_clock
from portal.blueprints.issues.forms import TextForm
from portal.bundles import policy as bundles_policy
from portal.bundles.queries import find_beside
from portal.core import clock, markdown
from portal.core.calendar import japan_date
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.drafts import policy as drafts_policy
from portal.drafts.queries import get_beside as get_together
from portal.guidance.queries import find_guidance_by_ids
from portal.issues import policy, queries
from portal.issues.models import Consultation, Hop, Issue, Post
from portal.issues.states import IssueState, PostKind
from portal.knowledge.queries import find_entries_by_ids
from portal.liaison.queries import find_contacts_by_ids
from portal.links.queries import list_linked
from portal.redaction import policy as redaction_policy
from portal.web.filters import named
from portal.workbench import policy as workbench_policy
from portal.workbench.queries import find_people

_LANES = {Audience.PUBLIC: "public", Audience.INTERNAL: "internal", Audience.CONSULT: "ministry"}
_ANSWERS = frozenset({PostKind.OFFICIAL_ANSWER, PostKind.QUOTED_ANSWER})
_EXPECTED = frozenset(
    {"confirm_decline", "triage", "route", "accept", "answer", "provisional_answer", "resubmit", "close"}
)
_DRAFTING_ROLES = frozenset({Role.DIVISION, Role.SECRETARIAT})


@dataclass(frozen=True)
class ShownPost:
    """A post as the page prints it. ``place`` counts what this reader sees, so that nothing missing leaves a gap."""

    place: int
    post: Post
    html: Markup
    files: list[Attachment]
    previous_promise: date | None = None

    @property
    def lane(self) -> str:
        """Which of the three lanes it stands in."""
        return _LANES[self.post.audience]

    @property
    def is_answer(self) -> bool:
        """Whether it ends the matter."""
        return self.post.kind in _ANSWERS


@dataclass(frozen=True)
class Step:
    """Something that this reader may do next."""

    label: str
    url: str
    is_expected: bool = False


@dataclass(frozen=True)
class Held:
    """A party that held the ball, and for how many business days."""

    name: str
    days: int
    is_running: bool


@dataclass(frozen=True)
class Related:
    """What is linked and this reader may see: guidance, Q&A, issues (split from it, or it from them), contacts."""

    guidance: Sequence[Any] = field(default_factory=tuple)
    entries: Sequence[Any] = field(default_factory=tuple)
    issues: Sequence[Issue] = field(default_factory=tuple)
    contacts: Sequence[Any] = field(default_factory=tuple)


def show_issue(actor: Actor, issue: Issue, *, is_following: bool, layout: str | None = None) -> str:
    """The page of one issue, in the frame of every page or in another ``layout``."""
    posts, consultations = queries.list_thread(actor, issue)
    files = queries.list_files(issue, posts)
    liaisons, in_charge = find_people(actor, issue)
    shown_clock = show_clock(actor, issue)
    hops = merge_hops(shown_clock.hops)
    return render_template(
        "issues/show.html",
        layout=layout,
        issue=issue,
        actor=actor,
        policy=policy,
        sentences=sentences,
        Audience=Audience,
        html=markdown.render(issue.body, key="report"),
        posts=_shown(posts, files),
        files=files.get(("issue", issue.id), []),
        hops=hops,
        holders=[hop.name for hop in hops if hop.is_running],
        missed_promise=is_promise_missed(issue),
        consultations=consultations,
        clock=shown_clock,
        liaisons=liaisons,
        **_beside(actor, issue),
        together=get_together(actor, issue),
        drafts_policy=drafts_policy,
        workbench=workbench_policy,
        in_charge=in_charge,
        can_split=bundles_policy.can_split(actor, issue),
        can_redact=redaction_policy.can_ask(actor),
        is_following=is_following,
        steps=list_steps(actor, issue, consultations),
        drafts=_ways_on(actor, issue),
        reply_form=TextForm(ids="reply", formdata=None),
        note_form=TextForm(ids="note", formdata=None),
    )


def is_promise_missed(issue: Issue) -> bool:
    """Whether the official answer was promised for a day that has passed."""
    return issue.promised_on is not None and issue.promised_on < japan_date(clock.now())


def list_steps(actor: Actor, issue: Issue, consultations: Sequence[Consultation] = ()) -> list[Step]:
    """What the reader may do, the most expected first; one that is expected comes before what one rarely does."""
    asked = [
        Step(
            gettext("%(ministry)sとして回答する", ministry=named(each.ministry)),
            _url(issue, "reply_consultation", consultation_id=each.id),
            is_expected=True,
        )
        for each in consultations
        if policy.can_reply_to_consultation(actor, each)
    ]
    taken_back = [
        Step(
            gettext("%(ministry)sへの照会を取り下げる", ministry=named(each.ministry)),
            _url(issue, "withdraw_consultation", consultation_id=each.id),
        )
        for each in consultations
        if policy.can_withdraw_consultation(actor, issue, each)
    ]
    verbs = [
        Step(label, _url(issue, endpoint), endpoint in _EXPECTED)
        for can, label, endpoint in _verbs()
        if can(actor, issue)
    ]
    return [*asked, *verbs, *taken_back]


def merge_hops(hops: Sequence[Hop]) -> list[Held]:
    """Who held the ball for how long; what one party held in several states on end is one line."""
    lines: list[Held] = []
    for hop in hops:
        days, name = sentences.hop_days(hop), sentences.holder_name(hop.holder, hop.organisation)
        if lines and lines[-1].name == name:
            days += lines.pop().days
        lines.append(Held(name, days, is_running=hop.ended_at is None))
    return lines


def _verbs() -> list[tuple[Any, str, str]]:
    return [
        (policy.can_confirm_decline, gettext("対象外の提案を判断する"), "confirm_decline"),
        (policy.can_triage, gettext("仕分けする"), "triage"),
        (policy.can_route, gettext("割り振る"), "route"),
        (policy.can_accept, gettext("受け入れる"), "accept"),
        (policy.can_answer_officially, gettext("正式に回答する"), "answer"),
        (policy.can_answer_provisionally, gettext("暫定回答する"), "provisional_answer"),
        (policy.can_resubmit, gettext("補足して再提出する"), "resubmit"),
        (policy.can_close, gettext("完了にする"), "close"),
        (policy.can_quote_answer, gettext("公表済みの回答を引用して回答する"), "quote_answer"),
        (policy.can_promise_anew, gettext("正式回答の予定日を変える"), "new_promise"),
        (policy.can_consult, gettext("府省に照会する"), "consult"),
        (policy.can_return, gettext("補足を依頼する"), "return"),
        (_can_stop_clock, gettext("時計を止める"), "stop_clock"),
        (policy.can_bounce, gettext("返却する"), "bounce"),
        (policy.can_take_back, gettext("割振りを取り消す"), "take_back"),
        (policy.can_propose_decline, gettext("対象外として提案する"), "decline"),
        (policy.can_reopen, gettext("再開する"), "reopen"),
        (policy.can_edit, gettext("報告内容を訂正する"), "edit"),
        (policy.can_withdraw, gettext("取り下げる"), "withdraw"),
    ]


def _can_stop_clock(actor: Actor, issue: Issue) -> bool:
    return policy.can_stop_clock(actor, issue) and (issue.clock is None or issue.clock.pause_id is None)


def _shown(posts: Sequence[Post], files: dict[tuple[str, int], list[Attachment]]) -> list[ShownPost]:
    shown: list[ShownPost] = []
    promised: date | None = None
    for place, post in enumerate(posts, start=1):
        html = markdown.render(post.body, key=f"post-{place}")
        shown.append(ShownPost(place, post, html, files.get(("post", post.id), []), promised))
        promised = post.promised_on or (None if post.kind in _ANSWERS else promised)
    return shown


def _beside(actor: Actor, issue: Issue) -> dict[str, Any]:
    """What is linked with the issue, and the bundle that it is in."""
    ids = list_linked("issue", issue.id)
    bundle, issues = find_beside(actor, issue, ids.get("issue", ()))
    related = Related(
        find_guidance_by_ids(actor, ids["guidance"]) if "guidance" in ids else (),
        find_entries_by_ids(actor, ids["qa_entry"]) if "qa_entry" in ids else (),
        issues,
        find_contacts_by_ids(actor, ids["contact"]) if "contact" in ids else (),
    )
    return {"related": related, "bundle": bundle}


def _ways_on(actor: Actor, issue: Issue) -> list[Step]:
    """What headquarters may make of it: a bundle, a new issue of a part, a paper, or a candidate for the Q&A."""
    ways = []
    if bundles_policy.can_tie(actor, issue):
        ways.append(Step(gettext("同じ内容の課題・照会と束ねる"), url_for("bundles.tie", issue=issue.number)))
    if bundles_policy.can_split(actor, issue):
        ways.append(Step(gettext("一部を別の課題・照会に分ける"), url_for("bundles.split", number=issue.number)))
    if actor.role not in _DRAFTING_ROLES or issue.number is None:
        return ways
    wanted = [("guidance.new", gettext("この課題をもとに通知等を起案する"))]
    if issue.state in {IssueState.ANSWERED, IssueState.CLOSED}:
        wanted.append(("knowledge.new", gettext("この回答をもとにQ&Aの候補を作る")))
    return ways + [
        Step(label, url_for(endpoint, issue=issue.number))
        for endpoint, label in wanted
        if endpoint in current_app.view_functions
    ]


def _url(issue: Issue, endpoint: str, **values: Any) -> str:
    return url_for(f"issues.{endpoint}", number=issue.number, **values)
