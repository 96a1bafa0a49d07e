"""Search: over everything that one may see, beside an issue, and while a question is being written."""

from flask import Blueprint, render_template, request, url_for

from portal.blueprints.search.facets import list_facets, read_narrowing
from portal.campaigns.models import Campaign
from portal.finder.finding import find
from portal.finder.showing import Entry, list_entries
from portal.finder.similar import find_answers, find_similar_issues
from portal.issues import policy
from portal.issues.models import Issue
from portal.issues.queries import get_issue
from portal.knowledge.models import QaEntry
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("search", __name__, url_prefix="/search")


@bp.get("")
@access.signed_in
def index() -> str:
    """What holds the words, best first, with ways to narrow it."""
    actor, typed, chosen = current_actor(), request.args.get("q", "").strip()[:200], read_narrowing()
    results = find(actor, typed, chosen, request.args.get("cursor"))
    return render_template(
        "search/index.html",
        typed=typed,
        results=results,
        entries=list_entries(actor, results),
        facets=list_facets(results.facets, chosen),
        is_narrowed=chosen != type(chosen)(),
        url_of=_url_of,
        can_ask=policy.can_create(actor),
    )


@bp.get("/similar/<string:number>")
@access.requires(policy.can_compare)
def similar(number: str) -> str:
    """Issues like this one, as a page or (``part``) as what stands beside the issue."""
    actor = current_actor()
    issue = get_issue(actor, number)
    template = "search/_similar.html" if "part" in request.args else "search/similar.html"
    return render_template(template, issue=issue, similar=find_similar_issues(actor, issue))


@bp.get("/answers")
@access.requires(policy.can_create)
def answers() -> str:
    """What is published already on the words of a title: a part of the page on which it is being typed."""
    return render_template("search/_answers.html", answers=find_answers(current_actor(), request.args.get("title", "")))


def _url_of(entry: Entry) -> str:
    if isinstance(entry.thing, Issue):
        return url_for("issues.show", number=entry.thing.number)
    if isinstance(entry.thing, QaEntry):
        return url_for("knowledge.show", entry_id=entry.thing.id)
    if isinstance(entry.thing, Campaign):
        return url_for("campaigns.show", campaign_id=entry.thing.id)
    return url_for("guidance.show", guidance_id=entry.thing.id)
