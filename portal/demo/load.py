"""Loading of the whole demonstration, once."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, unit_of_work
from portal.core.events import EventRecord
from portal.core.memory import uncollected
from portal.demo.absences import add_absences
from portal.demo.addressing import add_lists
from portal.demo.answers import add_answers
from portal.demo.bundles import add_bundle
from portal.demo.campaigns import add_campaigns
from portal.demo.circulation import add_circulation
from portal.demo.collections import add_collections
from portal.demo.contacts import add_contacts
from portal.demo.drafting import add_drafting
from portal.demo.drafts import prepare_an_answer
from portal.demo.endings import add_endings
from portal.demo.extensions import add_extensions
from portal.demo.forwarding import add_supplement
from portal.demo.papers import add_papers
from portal.demo.people import PASSWORD, add_people
from portal.demo.questions import add_questions
from portal.demo.reports import add_reports
from portal.demo.reports_of_campaigns import add_reports_of_campaigns
from portal.demo.revisions import add_revisions
from portal.demo.targets import stop_a_clock
from portal.demo.workbench import add_workbench
from portal.directory.models import Person
from portal.notifications.dispatch import tell_next_step
from portal.notifications.models import Delivery, DeliveryState, MailMode, Notification

_TOLD, _READ = timedelta(days=6), timedelta(days=4)  # how far back inboxes reach, and what has been read by now
SHOWN_ACCOUNTS = (
    ("152226@lg.example", "上越市 団体管理者", "manager of Joetsu City"),
    ("152226-staff@lg.example", "上越市 団体担当者", "staff of Joetsu City"),
    ("150002@lg.example", "新潟県 団体管理者", "manager of Niigata Prefecture"),
    ("liaison15@mic.example", "新潟県のリエゾン", "liaison of Niigata (liaison01 … liaison60)"),
    ("mynumber@mic.example", "マイナンバー制度支援室 係長", "division, member"),
    ("mynumber-head@mic.example", "マイナンバー制度支援室 室長", "division, head"),
    ("juumin@mic.example, juumin-head@…", "住民制度課", "division"),
    ("secretariat@mic.example", "事務局", "secretariat"),
    ("chief@mic.example", "事務局の長", "secretariat's head, approver"),
    ("digital@ministry.example", "デジタル庁 (mhlw, cfa, nta, mext)", "ministry"),
    ("chijikai@assoc.example", "全国知事会ほか地方六団体", "association"),
    ("executive@mic.example", "本部幹部", "executive"),
    ("auditor@mic.example", "監査担当", "auditor"),
    ("admin@mic.example", "システム管理者", "administrator"),
    ("<code>@lg.example", "全1,788団体の管理者 (<code>-staff 担当者)", "every local government"),
)


def is_loaded() -> bool:
    """Whether the demonstration is there already."""
    return db.session.scalar(sa.select(Person.id).where(Person.email == "admin@mic.example")) is not None


@uncollected()
def load_demo() -> bool:
    """Load everything unless it is there; return whether anything was loaded. One transaction."""
    with unit_of_work():
        if is_loaded():
            return False
        add_people()
        add_papers()
        add_drafting()
        add_revisions()
        add_supplement()
        add_extensions()
        add_circulation()
        add_endings()
        add_lists()
        add_reports()
        add_bundle()
        stop_a_clock()
        add_answers()
        add_questions()
        prepare_an_answer()
        add_collections()
        add_contacts()
        add_campaigns()
        add_reports_of_campaigns()
        add_absences()
        add_workbench()
        _fill_inboxes()
    return True


def _fill_inboxes() -> None:
    """Tell people of the last days in their inboxes; nobody is mailed about what happened before the loading."""
    db.session.flush()
    now = clock.now()
    recent = db.session.scalars(
        sa.select(EventRecord.id).where(EventRecord.occurred_at > now - _TOLD).order_by(EventRecord.id)
    ).all()
    for event_id in recent:
        while not tell_next_step(event_id):
            pass
    db.session.execute(
        sa.update(EventRecord).where(EventRecord.handled_at.is_(None)).values(handled_at=EventRecord.occurred_at)
    )
    db.session.execute(sa.update(Delivery).values(state=DeliveryState.DROPPED))
    db.session.execute(sa.update(Notification).values(mode=MailMode.OFF))
    db.session.execute(
        sa.update(Notification).where(Notification.created_at < now - _READ).values(read_at=Notification.created_at)
    )


def accounts_table() -> str:
    """The accounts of the demonstration with their one password, to be printed."""
    lines = [f"  {address:36} {english} / {japanese}" for address, japanese, english in SHOWN_ACCOUNTS]
    return "\n".join(["Demonstration accounts, all with the password " + PASSWORD, *lines])
