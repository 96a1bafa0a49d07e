"""The composition root: the only place where the portal's parts are put together."""

from typing import Any

from flask import Flask, Response, redirect, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import IntegrityError
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli
from portal.attachments.storage import DirectoryStore, use_store
from portal.blueprints.absences.routes import bp as absences_bp
from portal.blueprints.accounts.profile import bp as accounts_bp
from portal.blueprints.addressing.lists import bp as addressing_bp
from portal.blueprints.administration.routes import bp as administration_bp
from portal.blueprints.answering.matrix import bp as answering_bp
from portal.blueprints.audit.routes import bp as audit_bp
from portal.blueprints.bundles.splitting import bp as bundles_bp
from portal.blueprints.campaigns.reviewing import bp as campaigns_bp
from portal.blueprints.circulation.desk import bp as circulation_bp
from portal.blueprints.decisions.targets import bp as decisions_bp
from portal.blueprints.directory.routes import bp as directory_bp
from portal.blueprints.drafting.numbers import bp as drafting_bp
from portal.blueprints.drafts.reply_templates import bp as drafts_bp
from portal.blueprints.extensions.routes import bp as extensions_bp
from portal.blueprints.feeds.routes import bp as feeds_bp
from portal.blueprints.forwarding.routes import bp as forwarding_bp
from portal.blueprints.guidance.recipients import bp as guidance_bp
from portal.blueprints.guides.routes import bp as guides_bp
from portal.blueprints.handover.routes import bp as handover_bp
from portal.blueprints.home.routes import bp as home_bp
from portal.blueprints.inbound.routes import bp as inbound_bp
from portal.blueprints.inspections.routes import bp as inspections_bp
from portal.blueprints.issues.answers import bp as issues_bp
from portal.blueprints.issuing.routes import bp as issuing_bp
from portal.blueprints.knowledge.composing import bp as knowledge_bp
from portal.blueprints.liaison.contacts import bp as liaison_bp
from portal.blueprints.mailbox.routes import bp as mailbox_bp
from portal.blueprints.notifications.deliveries import bp as deliveries_bp
from portal.blueprints.notifications.routes import bp as notifications_bp
from portal.blueprints.proof.routes import bp as proof_bp
from portal.blueprints.questions.routes import bp as questions_bp
from portal.blueprints.redaction.routes import bp as redaction_bp
from portal.blueprints.reminders.campaigns import bp as reminders_bp
from portal.blueprints.reporting.figures import bp as reporting_bp
from portal.blueprints.revisions.editions import bp as revisions_bp
from portal.blueprints.search.routes import bp as search_bp
from portal.blueprints.styleguide.routes import bp as styleguide_bp
from portal.blueprints.takeover.routes import bp as takeover_bp
from portal.blueprints.workbench.keeping import bp as workbench_bp
from portal.blueprints.workbooks.routes import bp as workbooks_bp
from portal.config import Settings
from portal.core.db import announce_access, db, engine_options, unit_of_work
from portal.jobs.engine import init_jobs
from portal.jobs.tasks import TASKS
from portal.web import access, form_keys
from portal.web.access import init_access
from portal.web.errors import init_errors
from portal.web.filters import register_filters
from portal.web.frame import init_frame
from portal.web.headers import init_headers
from portal.web.locale import CountingBabel, init_language, language
from portal.web.static_files import init_static_files
from portal.web.templating import PortalEnvironment

csrf = CSRFProtect()
babel = CountingBabel()


class Portal(Flask):
    """Flask with one transaction round each request and one effect for each form key."""

    jinja_environment = PortalEnvironment

    def preprocess_request(self) -> Any:
        """Say whether the request may write before anything reads the database."""
        announce_access(write=access.writes())
        return super().preprocess_request()

    def dispatch_request(self) -> Response:
        """Returning commits, raising rolls back; a form key that was used leads to where it led."""
        key = request.form.get("form_key") if request.method == "POST" else None
        try:
            with unit_of_work():
                return self._dispatch_once(key) if key else self.make_response(super().dispatch_request())
        except IntegrityError:
            location = form_keys.find_location(key, _person_id()) if key else None
            if location is None:
                raise
            return self.make_response(redirect(location))

    def _dispatch_once(self, key: str) -> Response:
        location = form_keys.find_location(key, _person_id())
        if location is not None:
            return self.make_response(redirect(location))
        person_id = _person_id()
        response = self.make_response(super().dispatch_request())
        if 300 <= response.status_code < 400:
            form_keys.use(key, person_id, response.location or "")
        return response


def _person_id() -> int | None:
    return current_user.row.person_id if current_user.is_authenticated else None


def create_app(settings: Settings) -> Flask:
    """The portal, ready to serve, for these settings."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    use_store(DirectoryStore(settings.data_dir / "files"))
    app = Portal(__name__, template_folder="../templates", static_folder="static")
    app.config.update(_configuration(settings))
    app.teardown_request(lambda _error: announce_access(write=True))  # what the thread does next is no page that reads
    db.init_app(app)
    babel.init_app(app, locale_selector=language)
    init_language(app)
    csrf.init_app(app)
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    init_static_files(app, looks_again=settings.environment == "development")
    init_access(app)
    init_headers(app, https=settings.base_url.startswith("https://"))
    init_errors(app)
    init_frame(app)
    register_filters(app)
    init_jobs(app, settings, TASKS)
    csrf.exempt("portal.blueprints.notifications.routes.stop")  # RFC 8058: mail programs post without having a token
    cli.register_commands(app)
    _register_blueprints(app)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    """What Flask and its extensions are told."""
    return {
        "PORTAL_SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_ENGINES": {"default": {"url": settings.engine_url, **engine_options(settings.engine_url)}},
        "BABEL_DEFAULT_LOCALE": "ja",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "BABEL_TRANSLATION_DIRECTORIES": "../translations",
        "MAX_CONTENT_LENGTH": 220 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "portal",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": True,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
    }


_BLUEPRINTS = (
    absences_bp,
    handover_bp,
    home_bp,
    guides_bp,
    issues_bp,
    bundles_bp,
    drafts_bp,
    guidance_bp,
    addressing_bp,
    issuing_bp,
    drafting_bp,
    feeds_bp,
    questions_bp,
    reminders_bp,
    proof_bp,
    forwarding_bp,
    circulation_bp,
    takeover_bp,
    redaction_bp,
    extensions_bp,
    revisions_bp,
    directory_bp,
    administration_bp,
    accounts_bp,
    knowledge_bp,
    liaison_bp,
    answering_bp,
    audit_bp,
    notifications_bp,
    deliveries_bp,
    inbound_bp,
    campaigns_bp,
    decisions_bp,
    inspections_bp,
    reporting_bp,
    search_bp,
    workbench_bp,
    workbooks_bp,
)


def _register_blueprints(app: Flask) -> None:
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    if not app.config["PORTAL_SETTINGS"].is_production:
        app.register_blueprint(mailbox_bp)
        app.register_blueprint(styleguide_bp)
