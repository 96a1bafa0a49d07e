"""Redaction: asking, what it would change, and the decision of a second person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.redaction.forms import APPROVE, AskRedactionForm, DecideRedactionForm
from portal.core.errors import NotFound
from portal.notifications.service import mark_subject_read, rename_paper
from portal.redaction import policy, queries, service, targets
from portal.redaction.models import Redaction
from portal.redaction.passages import pieces_of
from portal.redaction.states import RedactionCause, RedactionState, TargetKind
from portal.redaction.targets import FIELDS, Target
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("redaction", __name__, url_prefix="/administration/redactions")
_Page = Response | str | tuple[str, int]


@bp.get("")
@access.requires(policy.can_ask)
def index() -> str:
    """What waits for a decision, and what was done."""
    is_open = request.args.get("show") != "done"
    page = queries.list_redactions(current_actor(), is_open=is_open, cursor=request.args.get("cursor"))
    return render_template("redaction/index.html", page=page, is_open=is_open)


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_ask)
def new() -> _Page:
    """Ask for a redaction of a paper (``guidance``) or an issue (``issue``, its number)."""
    found = _targets()
    form = AskRedactionForm(data={"target": found[0].key})
    form.target.choices = [(each.key, _name_of(each)) for each in found]
    form.cause.choices = [(each.value, each.label(_locale())) for each in RedactionCause]
    if form.validate_on_submit():
        with attempting(form):
            target = next(each for each in found if each.key == form.target.data)
            wanted = service.Wanted(
                passage=form.passage.data or "",
                is_whole=bool(form.is_whole.data),
                cause=form.cause.data,
                reason=form.reason.data or "",
            )
            asked = service.ask_redaction(current_actor(), target, wanted)
            flash(gettext("墨消しを申請しました。ほかの方の判断を待ちます。"))
            return redirect(url_for("redaction.show", redaction_id=asked.id))
    first = found[0]
    source = ("issue", first.thing.number) if first.issue_id else ("guidance", first.thing.id)
    return render_template("redaction/new.html", form=form, thing=first.thing, source=source), form.status


@bp.route("/<int:redaction_id>", methods=["GET", "POST"])
@access.requires(policy.can_ask)
@access.marks_read
def show(redaction_id: int) -> _Page:
    """One redaction with what it changes; the decision for whoever may make it."""
    actor = current_actor()
    redaction = queries.get_redaction(actor, redaction_id)
    mark_subject_read(actor, "redaction", redaction.id)
    form = DecideRedactionForm(data={"version": redaction.version})
    if form.validate_on_submit():
        with attempting(form):
            _decide(redaction, form)
            return redirect(url_for("redaction.show", redaction_id=redaction_id))
    passages = service.passages_of(redaction)
    return render_template(
        "redaction/show.html",
        form=form,
        redaction=redaction,
        can_decide=policy.can_decide(actor, redaction),
        names=FIELDS[redaction.target_kind],
        changes=_changes(redaction) if passages else [],
        elsewhere=queries.list_papers_with(passages, redaction.guidance_id),
    ), form.status


def _decide(redaction: Redaction, form: DecideRedactionForm) -> None:
    actor = current_actor()
    if form.decision.data != APPROVE:
        service.refuse_redaction(actor, redaction, reason=form.reason.data or "", version=version_of(form))
        flash(gettext("墨消しを行わないこととしました。"))
        return
    service.approve_redaction(actor, redaction, version=version_of(form))
    if redaction.target_kind is TargetKind.GUIDANCE:
        rename_paper(redaction.target_id)
    flash(gettext("墨消ししました。"))


def _changes(redaction: Redaction) -> list[tuple[str, list[tuple[bool, str]]]]:
    """Each field as it reads now, with what would go out of it, while that is to be decided."""
    thing = targets.find_thing(redaction.target_kind, redaction.target_id)
    if thing is None or redaction.state is not RedactionState.ASKED:
        return []
    return [(each.field, pieces_of(getattr(thing, each.field) or "", each.spans)) for each in redaction.fields]


def _targets() -> list[Target]:
    number = request.values.get("guidance", "")
    if number.isascii() and number.isdigit():
        return targets.targets_of_paper(int(number))
    if not request.values.get("issue"):
        raise NotFound
    return targets.targets_of_issue(request.values["issue"])


def _name_of(target: Target) -> str:
    label = target.kind.label(_locale())
    if target.kind is TargetKind.FILE:
        return f"{label} {target.thing.file_name}"
    if target.kind is TargetKind.POST:
        return f"{label} {target.thing.signature} #{target.thing.id}"
    return label


def _locale() -> str:
    return str(get_locale() or "ja")
