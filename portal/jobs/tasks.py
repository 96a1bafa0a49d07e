"""The tasks: each opens units of work and calls a service; every one may run twice or side by side without harm."""

import logging
from collections import Counter
from datetime import timedelta
from imaplib import IMAP4

import sqlalchemy as sa
from imap_tools.errors import ImapToolsError

from portal.accounts.models import SignInTry
from portal.attachments.service import delete_orphans
from portal.bundles.sending import list_due_targets, record_broken, send_target
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db, unit_of_work
from portal.drafts.service import list_promises_due, remind_of_answer
from portal.finder.feeding import catch_up, follow_events, is_behind
from portal.guidance.typed import forget_old_typed
from portal.inbound.fetching import fetch_mails
from portal.inbound.originals import delete_lost_originals
from portal.issues.service import close_answered, list_to_close
from portal.issuing.scheduling import list_due_plans
from portal.jobs.engine import Lane, Tasks, current_engine
from portal.jobs.forwarding import forward_overdue
from portal.jobs.inheritance import pass_on_matters
from portal.jobs.issuing import issue_due_guidance, tell_of_changes
from portal.jobs.models import Tick
from portal.jobs.proofs import make_campaign_proofs
from portal.jobs.reminders import send_reminders
from portal.jobs.renditions import make_renditions
from portal.jobs.reports import has_due_reports, make_reports
from portal.jobs.rosters import apply_rosters
from portal.jobs.watching import watch_targets
from portal.jobs.workbooks import drop_workbooks
from portal.liaison.service import list_fallen_due, remind_of_promise
from portal.notifications import outbox
from portal.notifications.dispatch import list_unhandled, record_failure, tell_next_step
from portal.notifications.lots import size_of_lot
from portal.notifications.mailer import is_paused, send_mails, stale_after
from portal.notifications.models import Delivery, DeliveryState, Digest
from portal.notifications.outbox import Sendable
from portal.proof.campaign_packing import list_due_proofs, remove_old_proofs
from portal.renditions.service import list_due_renditions

_log = logging.getLogger(__name__)
FEW = 20  # events
_FORM_KEYS = sa.table("used_form_key", sa.column("used_at"))
FORM_KEY_LIFE, TRY_LIFE, TICK_LIFE = timedelta(days=7), timedelta(days=90), timedelta(days=400)
MINUTE_TICK_LIFE = timedelta(days=2)
_PRINTING = frozenset({"make_renditions", "make_reports", "make_campaign_proofs"})  # after whatever else is heavy


def tell_events() -> None:
    """Tell every unhandled event, what just happened first, each by itself: one that fails stops no other.

    The mails of a few are queued before the next few are told, and the index follows when all are.
    """
    engine = current_engine()
    left: set[int] = set()
    while waiting := _list_to_tell(left):
        for event_id in waiting:
            if engine.stopping.is_set():
                return
            tell_event(event_id)
        left.update(waiting)
        queue_mails()
    queue_mails()
    catch_up(FEW)
    with unit_of_work():
        is_unreported = has_due_reports()
    if is_unreported:
        engine.enqueue_once("make_reports", priority=-1)


def _list_to_tell(left: set[int]) -> list[int]:
    """The next few events, but those that were tried and are left to another worker or to later.

    Whatever becomes of this worker, what they concern is noted to be indexed.
    """
    with unit_of_work():
        unhandled = list_unhandled(FEW + len(left))
        left.intersection_update(unhandled)
        waiting = [each for each in unhandled if each not in left][:FEW]
        follow_events(waiting)
    return waiting


def tell_event(event_id: int) -> None:
    """Tell one event, step by step; what fails is noted with its error and tried again later."""
    try:
        is_done = False
        while not is_done and not current_engine().stopping.is_set():
            with unit_of_work():
                is_done = tell_next_step(event_id)
            if not is_done:
                queue_mails()
    except Exception as error:
        _log.exception("Event %s could not be told", event_id)
        with unit_of_work():
            record_failure(event_id, f"{type(error).__name__}: {error}")


def queue_mails() -> None:
    """Queue what waits to be sent in lots, urgent mail before the rest. Nothing while a lot of them is queued."""
    engine = current_engine()
    if is_paused() or engine.count_queued(Lane.MAIL) > 100:
        return
    for model in (Delivery, Digest):
        size = size_of_lot(model)
        with unit_of_work():
            due = outbox.list_due(model)
            urgent = set(_urgent(due)) if model is Delivery else set()
        for ids, priority in (
            ([each for each in due if each in urgent], 10),
            ([each for each in due if each not in urgent], 0),
        ):
            for start in range(0, len(ids), size):
                engine.enqueue("send_lot", model.__tablename__, ids[start : start + size], priority=priority)


def send_lot(table: str, ids: list[int]) -> None:
    """Send these mails or digests; one that another worker took or that needs no sending is passed over."""
    engine = current_engine()
    model: Sendable = Digest if table == Digest.__tablename__ else Delivery
    if is_paused():
        return
    outcomes: Counter[DeliveryState] = send_mails(model, ids, engine.stopping.is_set)
    if outcomes:
        _log.info("%s: %s", table, ", ".join(f"{count} {state.value}" for state, count in outcomes.items()))


def sweep() -> None:
    """Find what no task is under way for: events not told, mails not sent, claims of dead workers, due replies."""
    engine = current_engine()
    with unit_of_work():
        outbox.recover(stale_after())
        waiting = {
            "tell_events": bool(list_unhandled(1)),
            "send_bulk_replies": bool(list_due_targets(1)),
            "issue_due_guidance": bool(list_due_plans(1)),
            "catch_up": is_behind(),
            "make_renditions": bool(list_due_renditions(1)),
            "make_reports": has_due_reports(),
            "make_campaign_proofs": bool(list_due_proofs(1)),
        }
    for name in [name for name, is_waiting in waiting.items() if is_waiting]:
        engine.enqueue_once(name, priority=-1 if name in _PRINTING else 0)
    if not waiting["tell_events"] and engine.count_queued(Lane.MAIL) == 0:
        queue_mails()


def send_bulk_replies() -> None:
    """Send every reply to many whose time has come, target by target: one that fails stops no other."""
    engine = current_engine()
    with unit_of_work():
        due = list_due_targets()
    for target_id in due:
        if engine.stopping.is_set():
            return
        try:
            with unit_of_work():
                send_target(target_id)
        except Exception:
            _log.exception("Target %s of a reply to many could not be sent to", target_id)
            with unit_of_work():
                record_broken(target_id)


def close_answered_issues() -> None:
    """Close what was answered fourteen days ago and nobody closed, each issue in its own transaction."""
    with unit_of_work():
        waiting = list_to_close(clock.now())
    for issue_id in waiting:
        try:
            with unit_of_work():
                close_answered(issue_id)
        except Exception:
            _log.exception("Issue %s could not be closed", issue_id)


def fetch_replies() -> None:
    """Take the answers that came by mail; a server that cannot be reached is tried again a minute later."""
    engine = current_engine()
    try:
        count = fetch_mails(engine.stopping.is_set)
    except (OSError, IMAP4.error, ImapToolsError) as error:
        _log.warning("The mailbox of replies cannot be read: %s", error)
        return
    if count:
        _log.info("%s mails taken in", count)
        engine.enqueue("tell_events")


def take_effect() -> None:
    """Bring into effect what was to take effect by now: rosters, mergers, planned issues, papers held too long."""
    apply_rosters()
    pass_on_matters()
    issue_due_guidance()
    forward_overdue()
    tell_of_changes()


def remind_of_promises() -> None:
    """Have liaisons told of promises to bodies that fell due, each in its own transaction."""
    with unit_of_work():
        waiting = list_fallen_due(japan_date(clock.now()))
    for promise_id in waiting:
        try:
            with unit_of_work():
                remind_of_promise(promise_id)
        except Exception:
            _log.exception("Promise %s could not be told of", promise_id)
    _remind_of_answers()


def _remind_of_answers() -> None:
    """Have divisions told of official answers that are promised for the next business day, today, or a day gone."""
    with unit_of_work():
        due = list_promises_due(japan_date(clock.now()))
    for each in due:
        try:
            with unit_of_work():
                remind_of_answer(each)
        except Exception:
            _log.exception("The promised answer to issue %s could not be told of", each.issue_id)


def clean_up() -> None:
    """Drop form keys of last week, sign-in tries of last season, ticks of last year, old typing and files that nothing
    names.
    """
    now = clock.now()
    with unit_of_work():
        db.session.execute(sa.delete(_FORM_KEYS).where(_FORM_KEYS.c.used_at < sa.literal(now - FORM_KEY_LIFE)))
        db.session.execute(sa.delete(SignInTry).where(SignInTry.tried_at < now - TRY_LIFE))
        db.session.execute(sa.delete(Tick).where(Tick.due_at < now - TICK_LIFE))
        db.session.execute(sa.delete(Tick).where(Tick.job == "fetch_replies", Tick.due_at < now - MINUTE_TICK_LIFE))
        forget_old_typed()
        remove_old_proofs()
        delete_lost_originals()
        delete_orphans()


def _urgent(ids: list[int]) -> list[int]:
    return list(db.session.scalars(sa.select(Delivery.id).where(Delivery.id.in_(ids), Delivery.is_urgent)))


TASKS: Tasks = {
    Lane.TELLING: (tell_events, issue_due_guidance, send_bulk_replies),
    Lane.MAIL: (send_lot,),
    Lane.HEAVY: (
        catch_up,
        make_renditions,
        make_reports,
        make_campaign_proofs,
        close_answered_issues,
        remind_of_promises,
        send_reminders,
        fetch_replies,
        take_effect,
        watch_targets,
        drop_workbooks,
        clean_up,
    ),
}
