"""Questions on a paper: choosing the place to ask about, and all questions with the state of their issues."""

from flask import Blueprint, render_template, request

from portal.attachments.queries import list_attachments
from portal.blueprints.questions.forms import PlaceForm
from portal.blueprints.questions.panels import address_of
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.guidance import policy as guidance_policy
from portal.guidance.queries import get_guidance
from portal.guidance.records import get_with_own_recipient
from portal.guidance.states import ISSUED_STATES
from portal.questions import policy, queries
from portal.questions.paragraphs import list_paragraphs
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("questions", __name__, url_prefix="/guidance")
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/<int:guidance_id>/question")
@access.requires(guidance_policy.can_answer)
def ask(guidance_id: int) -> str:
    """Choose the paragraph, or name the place in a file; both lead to the form of an issue."""
    actor = current_actor()
    guidance, recipient = get_with_own_recipient(actor, guidance_id)
    if not policy.can_ask(actor, guidance, recipient):
        raise Forbidden(_NOT_NOW)
    files = list_attachments("guidance", [guidance.id])[guidance.id]
    form = PlaceForm(formdata=None, data={"guidance": guidance.id})
    form.file.choices = [(file.id, file.file_name) for file in files]
    if not files:
        del form.file
    paragraphs = [(each, address_of(guidance, each.key)) for each in list_paragraphs(guidance.body)]
    return render_template("questions/ask.html", guidance=guidance, form=form, paragraphs=paragraphs)


@bp.get("/<int:guidance_id>/questions")
@access.requires(guidance_policy.can_list)
def index(guidance_id: int) -> str:
    """The questions on an issued paper, by paragraph, as far as the actor may see their issues."""
    actor = current_actor()
    guidance = get_guidance(actor, guidance_id)
    if guidance.state not in ISSUED_STATES:
        raise NotFound
    page = queries.list_questions(actor, guidance, cursor=request.args.get("cursor"))
    return render_template(
        "questions/index.html", guidance=guidance, page=page, answers=queries.list_answers(page.items)
    )
