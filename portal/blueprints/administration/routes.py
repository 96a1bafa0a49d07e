"""The administration: its addresses, and the page that lists what a role may administer."""

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import gettext

from portal.blueprints.administration import imports, liaisons, organisations, people, themes
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.themes.policy import can_inspect_themes
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("administration", __name__, url_prefix="/administration")
_BOTH = ["GET", "POST"]


@dataclass(frozen=True)
class Entry:
    """One part of the administration."""

    url: str
    label: str
    text: str


@bp.get("")
@access.requires(policy.can_administer)
def index() -> str:
    """What this role may administer."""
    return render_template("administration/index.html", entries=_entries(current_actor()))


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
    "/organisations/<string:code>/edit", "edit_organisation", organisations.edit_organisation, methods=_BOTH)
bp.add_url_rule(
    "/organisations/<string:code>/merge", "merge_organisation", organisations.merge_organisation, methods=_BOTH)
bp.add_url_rule("/organisations/<string:code>/people/new", "new_member", people.new_member, methods=_BOTH)
bp.add_url_rule("/organisations/<string:code>/sections", "sections", organisations.sections, methods=_BOTH)
bp.add_url_rule(
    "/organisations/<string:code>/sections/<int:section_id>/edit", "edit_section", organisations.edit_section,
    methods=_BOTH)

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
    "/imports/<any(people, populations):kind>/form.<any(csv, xlsx):ending>", "import_form", imports.import_form)


def _entries(actor: Actor) -> list[Entry]:
    parts = [
        (policy.can_administer(actor), "administration.people", None, gettext("人と所属"),
         gettext("人の追加と招待、所属・役割・担当区分の変更、所属の終了")),
        (policy.can_import_people(actor), "administration.upload", "people", gettext("名簿の取込み"),
         gettext("CSVまたはExcelのファイルから、人と所属をまとめて登録・変更")),
        (policy.can_inspect_assignments(actor), "administration.liaisons", None, gettext("リエゾンの担当割当"),
         gettext("都道府県と指定都市の主担当・副担当と、その履歴")),
        (policy.can_administer_organisations(actor), "administration.organisations", None, gettext("団体"),
         gettext("団体の名称・人口・設置日と廃止日、合併の記録")),
        (policy.can_import_populations(actor), "administration.upload", "populations",
         gettext("人口の取込み"), gettext("ファイルから地方公共団体の人口を更新")),
        (can_inspect_themes(actor), "administration.themes", None, gettext("テーマと割振り"),
         gettext("テーマと小分類、その順番、割振り先の担当課")),
        (actor.role in {Role.ADMIN, Role.AUDITOR, Role.LOCAL_MANAGER}, "audit.index", None, gettext("操作記録"),
         gettext("いつ、だれが、何を行ったかの記録")),
        (actor.role in {Role.ADMIN, Role.SECRETARIAT}, "deliveries.index", None, gettext("メールの配信状況"),
         gettext("送れなかったメールと、届いたか分からないメール")),
    ]
    return [
        Entry(url_for(endpoint, kind=kind), label, text)
        for allowed, endpoint, kind, label, text in parts if allowed and endpoint in current_app.view_functions
    ]
