"""The administration: its addresses, and the page that lists what a role may administer."""

from flask import Blueprint, render_template

from portal.blueprints.administration import imports, liaisons, organisations, people, rosters, targets, themes
from portal.blueprints.administration.parts import list_parts
from portal.directory import policy
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("administration", __name__, url_prefix="/administration")
_BOTH = ["GET", "POST"]


@bp.get("")
@access.requires(policy.can_administer)
def index() -> str:
    """What this role may administer."""
    return render_template("administration/index.html", entries=list_parts(current_actor()))


bp.add_url_rule("/people", "people", people.people)
bp.add_url_rule("/people/<int:person_id>", "person", people.person)
bp.add_url_rule("/people/<int:person_id>/edit", "edit_person", people.edit_person, methods=_BOTH)
bp.add_url_rule("/people/<int:person_id>/invite", "invite", people.invite, methods=["POST"])
bp.add_url_rule("/people/<int:person_id>/memberships/new", "grant", people.grant, methods=_BOTH)
bp.add_url_rule("/memberships/<int:membership_id>/edit", "edit_membership", people.edit_membership, methods=_BOTH)
bp.add_url_rule("/memberships/<int:membership_id>/end", "end_membership", people.end_membership, methods=_BOTH)

bp.add_url_rule("/liaisons", "liaisons", liaisons.liaisons)
bp.add_url_rule("/liaisons/<string:code>", "post", liaisons.post, methods=_BOTH)
bp.add_url_rule("/assignments/<int:assignment_id>/end", "end_assignment", liaisons.end_assignment, methods=_BOTH)

bp.add_url_rule("/organisations", "organisations", organisations.organisations)
bp.add_url_rule("/organisations/new", "new_organisation", organisations.new_organisation, methods=_BOTH)
bp.add_url_rule(
    "/organisations/<string:code>/edit", "edit_organisation", organisations.edit_organisation, methods=_BOTH
)
bp.add_url_rule(
    "/organisations/<string:code>/merge", "merge_organisation", organisations.merge_organisation, methods=_BOTH
)
bp.add_url_rule("/organisations/<string:code>/people/new", "new_member", people.new_member, methods=_BOTH)
bp.add_url_rule("/organisations/<string:code>/sections", "sections", organisations.sections, methods=_BOTH)
bp.add_url_rule(
    "/organisations/<string:code>/sections/<int:section_id>/edit",
    "edit_section",
    organisations.edit_section,
    methods=_BOTH,
)

bp.add_url_rule("/targets", "targets", targets.targets)
bp.add_url_rule("/targets/edit", "edit_targets", targets.edit_targets, methods=_BOTH)
bp.add_url_rule("/closed-days/new", "new_closed_day", targets.new_closed_day, methods=_BOTH)
bp.add_url_rule(
    "/closed-days/<int:closed_day_id>/remove", "remove_closed_day", targets.remove_closed_day, methods=["POST"]
)

bp.add_url_rule("/themes", "themes", themes.themes)
bp.add_url_rule("/themes/new", "new_theme", themes.new_theme, methods=_BOTH)
bp.add_url_rule("/themes/<int:theme_id>/edit", "edit_theme", themes.edit_theme, methods=_BOTH)
bp.add_url_rule("/themes/<int:theme_id>/move", "move_theme", themes.move_theme, methods=["POST"])
bp.add_url_rule("/themes/<int:theme_id>/sub-topics/new", "new_sub_topic", themes.new_sub_topic, methods=_BOTH)
bp.add_url_rule("/sub-topics/<int:sub_topic_id>/edit", "edit_sub_topic", themes.edit_sub_topic, methods=_BOTH)
bp.add_url_rule("/sub-topics/<int:sub_topic_id>/move", "move_sub_topic", themes.move_sub_topic, methods=["POST"])

bp.add_url_rule("/imports/<any(people, populations):kind>", "upload", imports.upload, methods=_BOTH)
bp.add_url_rule("/imports/<int:import_id>", "show_import", imports.show_import, methods=_BOTH)
bp.add_url_rule(
    "/imports/<any(people, populations):kind>/form.<any(csv, xlsx):ending>", "import_form", imports.import_form
)

bp.add_url_rule("/rosters", "rosters", rosters.rosters, methods=_BOTH)
bp.add_url_rule("/rosters/<int:roster_id>", "show_roster", rosters.show_roster, methods=_BOTH)
bp.add_url_rule("/rosters/<int:roster_id>/cancel", "cancel_roster", rosters.cancel_roster, methods=["POST"])
