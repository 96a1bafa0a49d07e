"""Administration of who looks after which post."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.administration.forms import AssignForm, EndForm
from portal.core import clock
from portal.core.errors import NotFound
from portal.directory import assignment_queries, assignments, people_queries, policy, queries
from portal.directory.authorize import authorize
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]


@access.requires(policy.can_inspect_assignments)
def liaisons() -> str:
    """The 67 posts with their liaisons, those without a primary first."""
    rows = assignment_queries.list_posts()
    return render_template("administration/liaisons.html", rows=rows, vacant=sum(row.primary is None for row in rows))


@access.requires(policy.can_inspect_assignments)
def post(code: str) -> Answer:
    """A post with its whole history, and the form that puts somebody in charge."""
    actor, shown = current_actor(), queries.get_organisation(code)
    if shown.post_id != shown.id:
        raise NotFound
    if request.method == "POST":
        authorize(policy.can_assign_liaisons, actor)
    form = AssignForm() if policy.can_assign_liaisons(actor) else None
    if form is not None:
        form.membership_id.choices = [
            (row.id, f"{row.person.name}（{row.title}）" if row.title else row.person.name)
            for row in people_queries.list_liaisons()
            if row.person_id != actor.person_id
        ]
        if form.validate_on_submit():
            with attempting(form):
                assignments.assign_liaison(
                    actor,
                    shown,
                    membership_id=form.membership_id.data,
                    rank=form.rank.data,
                    starts_on=form.starts_on.data,
                    last_day=form.last_day.data,
                )
                flash(gettext("担当を割り当てました。"))
                return redirect(url_for("administration.post", code=code))
    return render_template(
        "administration/post.html",
        form=form,
        post=shown,
        now=clock.now(),
        history=assignment_queries.list_assignments(shown.id),
    ), form.status if form else 200


@access.requires(policy.can_assign_liaisons)
def end_assignment(assignment_id: int) -> Answer:
    """End a liaison's charge of a post."""
    actor, assignment = current_actor(), assignment_queries.get_assignment(assignment_id)
    form = EndForm(obj=assignment)
    if form.validate_on_submit():
        with attempting(form):
            assignment.check_version(form.seen)
            assignments.end_assignment(actor, assignment, last_day=form.last_day.data)
            flash(gettext("担当割当を終了しました。"))
            return redirect(url_for("administration.post", code=assignment.post.code))
    return render_template("administration/end_assignment.html", form=form, assignment=assignment), form.status
