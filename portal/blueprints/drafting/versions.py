"""The versions of a draft: what changed, and an earlier one again."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.blueprints.drafting.forms import VersionsForm
from portal.blueprints.drafting.routes import bp, open_drafting
from portal.blueprints.guidance.composing import version_of
from portal.blueprints.guidance.forms import GuidanceForm, StepForm
from portal.guidance import policy as guidance_policy
from portal.guidance import service
from portal.guidance.versions import compare_versions, content_of_version, get_versions, newest_number
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_ADDRESSEES = _l("宛先の条件")


@bp.get("/<int:guidance_id>/versions")
@access.requires(guidance_policy.can_draft)
def compare(guidance_id: int) -> str:
    """What changed between two versions, field by field; without a question between the last two."""
    _, guidance, _ = open_drafting(guidance_id)
    form = VersionsForm()
    newest = newest_number(guidance)
    new = min(form.new.data or newest, newest)
    old = min(form.old.data or max(1, new - 1), newest)
    form.old.data, form.new.data = old, new
    before, after = get_versions(guidance, [old, new])
    return render_template(
        "drafting/compare.html",
        guidance=guidance,
        form=form,
        before=before,
        after=after,
        changes=compare_versions(before, after),
        names=_names(),
    )


@bp.route("/<int:guidance_id>/versions/<int:number>", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def version(guidance_id: int, number: int) -> _Page:
    """One version as the paper it would be; it may become the newest again."""
    actor, guidance, _ = open_drafting(guidance_id)
    (shown,) = get_versions(guidance, [number])
    form = StepForm(data={"version": guidance.version})
    if form.validate_on_submit():
        with attempting(form):
            service.save_draft(
                actor,
                guidance,
                content_of_version(shown),
                version=version_of(form),
                restored_from=number,
                my_number_confirmed=True,
            )
            flash(gettext("第%(n)s版の内容に戻しました。", n=number))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    is_newest = number == newest_number(guidance)
    return render_template(
        "drafting/version.html",
        guidance=guidance,
        shown=shown,
        paper=content_of_version(shown),
        form=form,
        can_restore=guidance_policy.can_edit(actor, guidance) and not is_newest,
    ), form.status


def _names() -> dict[str, str]:
    """The labels of the fields, as the form of the draft has them."""
    form = GuidanceForm()
    return {"addressees": _ADDRESSEES, **{field.name: field.label.text for field in form}}
