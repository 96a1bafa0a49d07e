"""庁内展開: a body gives its procedures to its own sections, and they say when they are ready."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import own, policy, sections
from portal.answering.extending import due_of
from portal.answering.question_sets import load_question_set
from portal.blueprints.answering.forms import AssignForm
from portal.blueprints.answering.routes import bp, called, own_part
from portal.campaigns.queries import list_questions
from portal.directory.queries import list_sections
from portal.web import access
from portal.web.access import local_path
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.route("/<int:campaign_id>/answers/sections", methods=["GET", "POST"])
@access.requires(policy.is_body)
def assign(campaign_id: int) -> _Page:
    """Give procedures, or parts of them, to sections; below, what each section has."""
    actor, campaign, participation = own_part(campaign_id)
    lines = own.list_own_lines(actor, campaign)
    open_lines = {each.entry.id: each for each in lines if each.is_open}
    only = list(open_lines) if len(open_lines) == 1 else []
    form = AssignForm(data={"entry_ids": request.args.getlist("entry", type=int) or only})
    form.entry_ids.choices = [(each.entry.id, called(campaign, each.entry)) for each in open_lines.values()]
    form.parts.choices = [(each, each) for each in dict.fromkeys(q.section for q in list_questions(campaign)) if each]
    form.section_ids.choices = [(each.id, each.name) for each in list_sections(actor.organisation_id)]
    if form.validate_on_submit():
        with attempting(form):
            added = sections.assign_sections(
                actor,
                campaign,
                [open_lines[each].entry for each in form.entry_ids.data or []],
                section_ids=form.section_ids.data or [],
                parts=form.parts.data or ("",),
                due_on=form.due_on.data,
                note=form.note.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(n)s件を所属に割り当てました。", n=added) if added else gettext("割当てを改めました。"))
            return redirect(url_for("answering.assign", campaign_id=campaign_id))
    return render_template(
        "answering/assign.html",
        campaign=campaign,
        due_on=due_of(campaign, participation),
        form=form,
        lines=[each for each in lines if each.assignments],
        sections=own.count_by_section(lines),
        can_assign=bool(open_lines) and policy.can_assign_all(actor, campaign, [e.entry for e in open_lines.values()]),
    ), form.status


@bp.post("/<int:campaign_id>/answers/sections/<int:assignment_id>/ready")
@access.requires(policy.is_body)
def mark_ready(campaign_id: int, assignment_id: int) -> Response:
    """The section's answers are entered."""
    actor, campaign, _ = own_part(campaign_id)
    assignment = own.get_assignment(actor, campaign, assignment_id)
    sections.mark_ready(actor, campaign, assignment)
    flash(gettext("入力完了としました。管理者に表示されます。"))
    missing = load_question_set(campaign).problems_in(assignment.entry, assignment.part)
    if missing:
        flash(gettext("足りない設問が%(n)s件あります。このままでは提出できません。", n=len(missing)), "warning")
    return _back(campaign_id)


@bp.post("/<int:campaign_id>/answers/sections/<int:assignment_id>/reopen")
@access.requires(policy.is_body)
def reopen_part(campaign_id: int, assignment_id: int) -> Response:
    """The section goes on."""
    actor, campaign, _ = own_part(campaign_id)
    sections.reopen_part(actor, campaign, own.get_assignment(actor, campaign, assignment_id))
    flash(gettext("入力完了を取り消しました。"))
    return _back(campaign_id)


@bp.post("/<int:campaign_id>/answers/sections/<int:assignment_id>/withdraw")
@access.requires(policy.is_body)
def withdraw_assignment(campaign_id: int, assignment_id: int) -> Response:
    """The section is not to answer it any more."""
    actor, campaign, _ = own_part(campaign_id)
    sections.withdraw_assignment(actor, campaign, own.get_assignment(actor, campaign, assignment_id))
    flash(gettext("割当てを取り消しました。入力済みの回答は残ります。"))
    return _back(campaign_id)


def _back(campaign_id: int) -> Response:
    return redirect(local_path(request.form.get("back")) or url_for("answering.assign", campaign_id=campaign_id))
