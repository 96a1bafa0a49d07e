"""The way of a candidate: replacing what names somebody, review, publication, return, withdrawal."""

from flask import flash, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.forms import DeidentifyForm, ReasonForm, ReviewForm
from portal.blueprints.knowledge.routes import bp, open_entry, to_entry, version_of
from portal.blueprints.knowledge.traces import clues_of, find_traces_in
from portal.directory.actor import Actor
from portal.knowledge import policy, queries, service
from portal.knowledge.deidentify import Trace, cut, propose
from portal.knowledge.models import QaEntry
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import label

__all__ = ["bp"]

_Page = Response | tuple[str, int]


@bp.route("/<int:entry_id>/deidentify", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def deidentify(entry_id: int) -> _Page:
    """See what is proposed in place of names, numbers and contacts; accept each or keep it."""
    actor, entry = open_entry(entry_id, policy.can_edit)
    clues = clues_of(actor, entry)
    proposed = {field: propose(getattr(entry, field), clues) for field in ("question", "answer")}
    keys = [(f"{field}:{each.key}", each) for field, found in proposed.items() for each in found]
    form = DeidentifyForm(data={"version": entry.version, "accepted": [key for key, _ in keys]})
    form.accepted.choices = [
        (key, f"{place}　{label(each.kind)}：{each.text} → {each.proposal}")
        for place, (key, each) in enumerate(keys, 1)
    ]
    if form.validate_on_submit():
        with attempting(form):
            made = service.strip_entry(actor, entry, clues, version=version_of(form), accepted=form.accepted.data or [])
            flash(gettext("%(n)sか所を置き換えました。", n=made))
            return to_entry(entry)
    pieces = {field: cut(getattr(entry, field), found) for field, found in proposed.items()}
    places = {key: place for place, (key, _) in enumerate(keys, 1)}
    return render_template(
        "knowledge/deidentify.html", form=form, entry=entry, pieces=pieces, places=places
    ), form.status


@bp.route("/<int:entry_id>/review", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def review(entry_id: int) -> _Page:
    """Confirm that nobody can be told from it, and ask for publication."""
    actor, entry = open_entry(entry_id, policy.can_send_for_review)
    form = ReviewForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.send_for_review(actor, entry, names_nobody=form.names_nobody.data)
            flash(gettext("事務局に確認を依頼しました。"))
            return to_entry(entry)
    entry = queries.get_entry(actor, entry_id)
    return render_template(
        "knowledge/review.html", form=form, entry=entry, traces=traces_of_entry(actor, entry)
    ), form.status


@bp.post("/<int:entry_id>/publish")
@access.requires(policy.can_decide)
def publish(entry_id: int) -> Response:
    """Publish it to everyone."""
    actor, entry = current_actor(), queries.get_entry(current_actor(), entry_id)
    service.publish_entry(actor, entry)
    flash(gettext("公表しました。テーマに関係する団体に知らせます。"))
    return to_entry(entry)


@bp.route("/<int:entry_id>/return", methods=["GET", "POST"], endpoint="return")
@access.requires(policy.can_decide)
def return_(entry_id: int) -> _Page:
    """Send it back with a reason."""
    actor, entry = open_entry(entry_id, policy.can_return)
    form = ReasonForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.return_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("差し戻しました。"))
            return to_entry(entry)
    return _ask_reason(entry_id, form, gettext("Q&Aを差し戻す"), gettext("差し戻す"))


@bp.route("/<int:entry_id>/withdraw", methods=["GET", "POST"])
@access.requires(policy.can_decide)
def withdraw(entry_id: int) -> _Page:
    """Take it back with a reason."""
    actor, entry = open_entry(entry_id, policy.can_withdraw)
    form = ReasonForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.withdraw_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("取り下げました。"))
            return to_entry(entry)
    return _ask_reason(entry_id, form, gettext("Q&Aを取り下げる"), gettext("取り下げる"))


def _ask_reason(entry_id: int, form: ReasonForm, title: str, verb: str) -> _Page:
    entry = queries.get_entry(current_actor(), entry_id)
    return render_template("knowledge/reason.html", form=form, entry=entry, title=title, verb=verb), form.status


def traces_of_entry(actor: Actor, entry: QaEntry) -> list[Trace]:
    """What the text still holds."""
    return find_traces_in(clues_of(actor, entry), entry.question, entry.answer)
