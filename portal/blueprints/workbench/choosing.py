"""One step for several issues chosen in the queue: a look at which can take it, then doing it."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.issues import sentences
from portal.blueprints.issues.composing import locale
from portal.blueprints.workbench.forms import StepForAllForm, TextForAllForm
from portal.blueprints.workbench.offering import ELSEWHERE
from portal.blueprints.workbench.routes import bp
from portal.core.errors import NotFound
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.web import access
from portal.web.access import current_actor, return_path
from portal.web.attempt import attempting
from portal.web.typed import typed_id
from portal.workbench import bulk
from portal.workbench.bulk import Choice, Outcome
from portal.workbench.states import TEXTED, BulkAction

__all__ = ["bp"]

_NAMED = 10  # how many refusals are told one by one
_SEES = {BulkAction.RETURN: Audience.PUBLIC, BulkAction.NOTE: Audience.INTERNAL}


@bp.route("/chosen", methods=["GET", "POST"])
@access.signed_in
def chosen() -> Response | tuple[str, int]:
    """The chosen issues: which can take the step, which not and why; then the step itself."""
    asked, numbers = request.values.get("action", ""), request.args.getlist("issue")[: bulk.MOST]
    if request.method == "GET" and not numbers:
        flash(gettext("課題・照会を選んでから、操作を選んでください。"), "warning")
        return redirect(_back())
    if asked in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[asked], issue=numbers))
    return _step(current_actor(), _action(asked), numbers)


def _step(actor: Actor, action: BulkAction, numbers: Sequence[str]) -> Response | tuple[str, int]:
    if action not in bulk.list_steps(actor):
        raise NotFound
    form = TextForAllForm() if action in TEXTED else StepForAllForm()
    if isinstance(form, TextForAllForm) and action is BulkAction.RETURN:
        form.text.label.text = gettext("補足してほしい内容")
    versions = _seen()
    if form.validate_on_submit():
        with attempting(form):
            confirmed = isinstance(form, TextForAllForm) and bool(form.my_number_confirmed.data)
            text = form.text.data or "" if isinstance(form, TextForAllForm) else ""
            outcome = bulk.apply_step(actor, action, versions, text=text, confirmed=confirmed)
            _report(action, outcome)
            return redirect(_back())
    choices = bulk.list_choices(actor, action, numbers or list(versions))
    return _page(action, form, choices, versions)


def _page(
    action: BulkAction,
    form: StepForAllForm | TextForAllForm,
    choices: Sequence[Choice],
    versions: Mapping[str, int | None],
) -> tuple[str, int]:
    able = [choice for choice in choices if choice.obstacle is None]
    sees = _SEES.get(action)
    return render_template(
        "workbench/chosen.html",
        action=action,
        form=form,
        able=able,
        unable=[choice for choice in choices if choice.obstacle is not None],
        versions={
            choice.issue.number: versions.get(choice.issue.number or "", choice.issue.version) for choice in able
        },
        sees=_sees(sees) if sees else "",
        sentences=sentences,
        back=_back(),
    ), form.status


def _sees(audience: Audience) -> str:
    """Who will see one text that goes to several issues."""
    if audience is Audience.INTERNAL:
        return str(gettext("本部（事務局・幹事課・担当リエゾン）だけに見えます。団体・都道府県・府省には見えません。"))
    return str(gettext("それぞれの団体と、課題・照会を共有している都道府県、本部（照会先の府省を含む）に見えます。"))


def _report(action: BulkAction, outcome: Outcome) -> None:
    label = action.label(locale())
    if outcome.done:
        flash(gettext("%(n)s件を処理しました：%(step)s", n=len(outcome.done), step=label))
    if outcome.refused:
        why = [f"{number} {gettext(message, **dict(params))}" for number, message, params in outcome.refused[:_NAMED]]
        more = gettext("ほか%(n)s件", n=len(outcome.refused) - _NAMED) if len(outcome.refused) > _NAMED else ""
        flash(
            gettext(
                "%(n)s件は処理しませんでした：%(why)s",
                n=len(outcome.refused),
                why=" ／ ".join([*why, more]).strip(" ／"),
            ),
            "warning",
        )


def _seen() -> dict[str, int | None]:
    """What the page listed: each number with the version that stood there."""
    pairs = (value.rpartition(":") for value in request.form.getlist("chosen")[: bulk.MOST])
    return {number: typed_id(version) for number, _, version in pairs if number}


def _action(value: str) -> BulkAction:
    try:
        return BulkAction(value)
    except ValueError as error:
        raise NotFound from error


def _back() -> str:
    return return_path(request.values.get("next")) or url_for("issues.index")
