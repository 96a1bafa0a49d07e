"""Tying issues together, and undoing it; the issues themselves, their threads and their viewers stay as they are."""

import re
import unicodedata
from collections.abc import Sequence

import sqlalchemy as sa

from portal.bundles import policy
from portal.bundles.events import BundleDissolved, BundleLeadChanged, IssuesTied, IssueUntied
from portal.bundles.models import Bundle, BundleTie
from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.models import Issue
from portal.issues.policy import submitted_viewable_by

MOST = 500  # at once: what a page lists
MOST_BUNDLED = 300  # in a bundle: what one transaction answers
_HYPHENS = re.compile("[\u2010-\u2015\u2212\u30fc\uff70\uff0d]")
_CHANGED = N_("束がほかの人によって変更されました。画面を読み直してください。")


def read_numbers(text: str) -> list[str]:
    """The numbers that stand in a text, however separated: one a line, by commas or blanks, full-width too."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text)).upper()
    return list(dict.fromkeys(part for part in re.split(r"[\s,;、，；・]+", plain) if part))


def list_issues_by_number(actor: Actor, numbers: Sequence[str], *, field: str = "numbers") -> list[Issue]:
    """The issues of these numbers in this order. Raises Invalid at the field, alike for missing and hidden ones."""
    if len(numbers) > MOST:
        raise Invalid(N_("一度に扱えるのは%(n)s件までです。"), field=field, n=MOST)
    found = {
        issue.number: issue
        for issue in db.session.scalars(
            sa.select(Issue)
            .where(Issue.number.in_(numbers), submitted_viewable_by(actor))
            .options(sa.orm.joinedload(Issue.organisation), sa.orm.joinedload(Issue.submitter))
        )
    }
    missing = [number for number in numbers if number not in found]
    if missing:
        raise Invalid(N_("見つからない番号があります：%(numbers)s"), field=field, numbers="、".join(missing[:10])[:200])
    return [found[number] for number in numbers]


def tie_issues(actor: Actor, numbers: Sequence[str]) -> Bundle:
    """Tie the issues of these numbers: to the bundle that one of them is in, else to a new one that the first leads.

    Raises Invalid at ``numbers``: fewer than two, one not found, one that the actor does not work on, issues of two
    bundles, nothing new, too many. Conflict when somebody else ties one of them at the same moment.
    """
    issues = list_issues_by_number(actor, list(dict.fromkeys(numbers)))
    refused = [issue for issue in issues if not policy.can_tie(actor, issue)]
    if refused:
        raise Invalid(
            N_("束ねる権限のない課題・照会があります：%(numbers)s"), field="numbers", numbers=_numbers(refused)
        )
    if len(issues) < 2:
        raise Invalid(N_("束ねる課題・照会を2件以上指定してください。"), field="numbers")
    bundle, tied = _bundle_for(actor, issues)
    new = [issue for issue in issues if issue.id not in tied]
    if not new:
        raise Invalid(N_("これらの課題・照会は、既に同じ束に入っています。"), field="numbers")
    if _count_ties(bundle) + len(new) > MOST_BUNDLED:
        raise Invalid(N_("1つの束に入れられるのは%(n)s件までです。"), field="numbers", n=MOST_BUNDLED)
    for issue in new:
        _tie(actor, bundle, issue)
    emit(actor, IssuesTied(bundle_id=bundle.id, issue_ids=[issue.id for issue in new]))
    return bundle


def untie_issue(actor: Actor, bundle: Bundle, issue: Issue) -> bool:
    """Take one issue out; whether that dissolved the bundle, since one alone is none. Another leads if it led.

    Raises Conflict when it is no longer in the bundle.
    """
    authorize(policy.can_tie, actor, issue)
    ties = _locked_ties(bundle)
    leaving = next((tie for tie in ties if tie.issue_id == issue.id), None)
    if leaving is None:
        raise Conflict(_CHANGED)
    staying = [tie for tie in ties if tie is not leaving]
    _untie(actor, [leaving])
    is_dissolved = len(staying) < 2
    if is_dissolved:
        _untie(actor, staying)
        bundle.dissolved_at, bundle.dissolved_by_person_id = clock.now(), actor.person_id
    elif bundle.lead_issue_id == issue.id:
        bundle.lead_issue_id = staying[0].issue_id
    db.session.flush()
    emit(actor, IssueUntied(bundle_id=bundle.id, issue_id=issue.id, is_dissolved=is_dissolved))
    return is_dissolved


def dissolve_bundle(actor: Actor, bundle: Bundle) -> None:
    """Take every issue out. Raises Conflict when it has been dissolved, Forbidden unless one works on each of them."""
    ties = _locked_ties(bundle)
    ids = [tie.issue_id for tie in ties]
    if not may_dissolve(actor, bundle):
        raise Forbidden(N_("担当していない課題・照会が含まれるため、束全体は解けません。1件ずつ外してください。"))
    _untie(actor, ties)
    bundle.dissolved_at, bundle.dissolved_by_person_id = clock.now(), actor.person_id
    db.session.flush()
    emit(actor, BundleDissolved(bundle_id=bundle.id, issue_ids=ids))


def may_dissolve(actor: Actor, bundle: Bundle) -> bool:
    """Whether the actor works on every issue that is in it. One statement."""
    issues = db.session.scalars(
        sa.select(Issue)
        .join(BundleTie, BundleTie.issue_id == Issue.id)
        .where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None))
    )
    return policy.can_dissolve(actor, issues)


def change_lead(actor: Actor, bundle: Bundle, issue: Issue) -> None:
    """Let another of its issues lead. Raises Conflict when that one is not in the bundle or leads already."""
    authorize(policy.can_tie, actor, issue)
    ties = _locked_ties(bundle)
    if issue.id not in {tie.issue_id for tie in ties} or bundle.lead_issue_id == issue.id:
        raise Conflict(_CHANGED)
    bundle.lead_issue_id = issue.id
    db.session.flush()
    emit(actor, BundleLeadChanged(bundle_id=bundle.id, issue_id=issue.id))


def _bundle_for(actor: Actor, issues: Sequence[Issue]) -> tuple[Bundle, set[int]]:
    """The bundle to tie to, locked, and which of the issues are in it already."""
    ids = [issue.id for issue in issues]
    ties = db.session.scalars(
        sa.select(BundleTie).where(BundleTie.issue_id.in_(ids), BundleTie.untied_at.is_(None))
    ).all()
    bundles = {tie.bundle_id for tie in ties}
    if len(bundles) > 1:
        raise Invalid(
            N_("別々の束に入っている課題・照会は、一緒に束ねられません。先に一方の束から外してください。"),
            field="numbers",
        )
    if bundles:
        bundle = db.session.get_one(Bundle, bundles.pop())
        return bundle, {tie.issue_id for tie in _locked_ties(bundle)}
    bundle = Bundle(lead_issue_id=issues[0].id, created_by_person_id=actor.person_id, created_at=clock.now())
    db.session.add(bundle)
    db.session.flush()
    return bundle, set()


def _locked_ties(bundle: Bundle) -> list[BundleTie]:
    """What is in the bundle, which nobody else can change until the transaction ends. Raises Conflict if dissolved."""
    db.session.scalars(
        sa.select(Bundle)
        .where(Bundle.id == bundle.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if bundle.dissolved_at is not None:
        raise Conflict(_CHANGED)
    return list(
        db.session.scalars(
            sa.select(BundleTie)
            .where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None))
            .order_by(BundleTie.id)
            .execution_options(populate_existing=True)
        )
    )


def _tie(actor: Actor, bundle: Bundle, issue: Issue) -> None:
    """Into the bundle, unless somebody was first: the index lets an issue be in one bundle only."""
    added = (
        insert(BundleTie)
        .values(bundle_id=bundle.id, issue_id=issue.id, tied_by_person_id=actor.person_id, tied_at=clock.now())
        .on_conflict_do_nothing()
        .returning(BundleTie.id)
    )
    if db.session.execute(added).first() is None:
        raise Conflict(N_("%(number)sは、ほかの人が先に別の束に入れました。"), number=issue.number)


def _untie(actor: Actor, ties: Sequence[BundleTie]) -> None:
    now = clock.now()
    for tie in ties:
        tie.untied_at, tie.untied_by_person_id = now, actor.person_id


def _count_ties(bundle: Bundle) -> int:
    return int(
        db.session.scalar(
            sa.select(sa.func.count()).where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None))
        )
        or 0
    )


def _numbers(issues: Sequence[Issue]) -> str:
    return "、".join(issue.number or "" for issue in issues[:10])
