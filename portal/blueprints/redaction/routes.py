"""Redaction: asking, what it would change, and the decision of a second person."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.redaction.forms import APPROVE, AskRedactionForm, DecideRedactionForm
from portal.core.errors import NotFound
from portal.guidance.models import Guidance
from portal.notifications.service import reading_of_subject, rename_paper
from portal.redaction import policy, queries, service, targets
from portal.redaction.models import Redaction
from portal.redaction.passages import pieces_of
from portal.redaction.states import RedactionCause, RedactionState, TargetKind
from portal.redaction.targets import FIELDS, Target
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note

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
def show(redaction_id: int) -> _Page:
    """One redaction with what it changes; the decision for whoever may make it."""
    actor = current_actor()
    redaction = queries.get_redaction(actor, redaction_id)
    note(reading_of_subject(actor, "redaction", redaction.id))
    passages = service.passages_of(redaction)
    elsewhere = queries.list_papers_with(passages, redaction.guidance_id)
    form = _decide_form(redaction, elsewhere)
    if form.validate_on_submit():
        with attempting(form):
            _decide(redaction, form)
            return redirect(url_for("redaction.show", redaction_id=redaction_id))
    return render_template(
        "redaction/show.html",
        form=form,
        redaction=redaction,
        can_decide=policy.can_decide(actor, redaction),
        names=FIELDS[redaction.target_kind],
        changes=_changes(redaction) if passages else [],
        elsewhere=elsewhere,
    ), form.status


def _decide_form(redaction: Redaction, elsewhere: Sequence[Guidance]) -> DecideRedactionForm:
    ids = [each.id for each in elsewhere]
    form = DecideRedactionForm(data={"version": redaction.version, "also": ids})
    form.also.choices = [
        (each.id, f"{each.document_number or each.kind.label(_locale())}　{each.title}") for each in elsewhere
    ]
    if not ids:
        del form.also
    return form


def _decide(redaction: Redaction, form: DecideRedactionForm) -> None:
    actor = current_actor()
    if form.decision.data != APPROVE:
        service.refuse_redaction(actor, redaction, reason=form.reason.data or "", version=version_of(form))
        flash(gettext("墨消しを行わないこととしました。"))
        return
    others = form.also.data or [] if "also" in form else []
    service.approve_redaction(actor, redaction, version=version_of(form), also_papers=others)
    for key in [*([redaction.target_id] if redaction.target_kind is TargetKind.GUIDANCE else []), *others]:
        rename_paper(key)
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
