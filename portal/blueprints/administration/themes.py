"""Administration of themes, sub-topics and the routing table."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.administration.theme_forms import NewThemeForm, SubTopicForm, ThemeForm, TopicForm
from portal.directory.queries import list_divisions
from portal.themes import policy, queries, service
from portal.themes.service import TopicFacts
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]


@access.requires(policy.can_inspect_themes)
def themes() -> str:
    """Themes and sub-topics in their order, each with the division that it leads to."""
    return render_template(
        "administration/themes.html",
        themes=queries.list_themes(with_inactive=True),
        routes=queries.list_routes(),
        can_change=policy.can_administer_themes(current_actor()),
    )


@access.requires(policy.can_administer_themes)
def new_theme() -> Answer:
    """Add a theme."""
    form = NewThemeForm()
    _offer_divisions(form)
    if form.validate_on_submit():
        with attempting(form):
            service.add_theme(
                current_actor(),
                code=form.code.data or "",
                letter=form.letter.data or "",
                facts=_facts(form),
                division_id=form.division_id.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("テーマを追加しました。"))
            return redirect(url_for("administration.themes"))
    return render_template("administration/new_theme.html", form=form), form.status


@access.requires(policy.can_administer_themes)
def edit_theme(theme_id: int) -> Answer:
    """Change a theme and its route."""
    theme = queries.get_theme(theme_id)
    route = queries.division_for(theme.id)
    form = ThemeForm(obj=theme, data={"division_id": route.id if route else None})
    _offer_divisions(form)
    if form.validate_on_submit():
        with attempting(form):
            service.change_theme(
                current_actor(),
                theme,
                version=form.seen,
                facts=_facts(form),
                division_id=form.division_id.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("変更しました。"))
            return redirect(url_for("administration.themes"))
    return render_template("administration/edit_theme.html", form=form, theme=theme), form.status


@access.requires(policy.can_administer_themes)
def move_theme(theme_id: int) -> Response:
    """Move a theme one place up or down."""
    service.move_theme(current_actor(), queries.get_theme(theme_id), up=request.form.get("direction") == "up")
    return redirect(url_for("administration.themes"))


@access.requires(policy.can_administer_themes)
def new_sub_topic(theme_id: int) -> Answer:
    """Add a sub-topic to a theme."""
    theme, form = queries.get_theme(theme_id), SubTopicForm()
    _offer_divisions(form)
    if form.validate_on_submit():
        with attempting(form):
            service.add_sub_topic(
                current_actor(),
                theme,
                facts=_facts(form),
                division_id=form.division_id.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("小分類を追加しました。"))
            return redirect(url_for("administration.themes"))
    return render_template("administration/new_sub_topic.html", form=form, theme=theme), form.status


@access.requires(policy.can_administer_themes)
def edit_sub_topic(sub_topic_id: int) -> Answer:
    """Change a sub-topic and its route."""
    sub_topic = queries.get_sub_topic(sub_topic_id)
    own = queries.list_routes().get((sub_topic.theme_id, sub_topic.id))
    form = SubTopicForm(obj=sub_topic, data={"division_id": own.id if own else None})
    _offer_divisions(form)
    if form.validate_on_submit():
        with attempting(form):
            service.change_sub_topic(
                current_actor(),
                sub_topic,
                version=form.seen,
                facts=_facts(form),
                division_id=form.division_id.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("変更しました。"))
            return redirect(url_for("administration.themes"))
    return render_template("administration/edit_sub_topic.html", form=form, sub_topic=sub_topic), form.status


@access.requires(policy.can_administer_themes)
def move_sub_topic(sub_topic_id: int) -> Response:
    """Move a sub-topic one place up or down."""
    service.move_sub_topic(
        current_actor(), queries.get_sub_topic(sub_topic_id), up=request.form.get("direction") == "up"
    )
    return redirect(url_for("administration.themes"))


def _offer_divisions(form: ThemeForm | SubTopicForm) -> None:
    form.division_id.choices = [(division.id, division.name) for division in list_divisions()]


def _facts(form: TopicForm) -> TopicFacts:
    return TopicFacts(name=form.name.data or "", name_en=form.name_en.data or "", is_active=form.is_active.data)
