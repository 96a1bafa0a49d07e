"""The commands of the worker and of the digest."""

import logging
from datetime import datetime

import click
from flask import current_app

from portal.core import clock
from portal.core.calendar import JAPAN, japan_date, long_date
from portal.core.db import unit_of_work
from portal.jobs.consumer import run_worker
from portal.notifications.digests import NotABusinessDay, count_digests_on, list_digests_on, plan_digests
from portal.notifications.mailer import send_mails, stale_after
from portal.notifications.models import DeliveryState, Digest
from portal.notifications.outbox import recover


@click.command("worker")
def worker() -> None:
    """Tell events, send mail and keep the hours, until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("digest")
@click.option("--at", "at", help="The instant as of which to tell, such as 2026-11-24T08:30+09:00; now by default.")
def digest(at: str | None) -> None:
    """Send the digest of a business day to everyone who has not had it; doing it again sends nothing twice.

    What a run that was killed left behind is settled once its claim is stale, by this command or by the worker.
    """
    as_of = _instant(at) if at else clock.now()
    day = japan_date(as_of)
    try:
        with unit_of_work():
            recover(stale_after())
            planned = plan_digests(as_of)
    except NotABusinessDay:
        click.echo(f"{day} ({long_date(day)}) is not a business day: nothing is sent.")
        return
    with unit_of_work():
        waiting = list_digests_on(day)
    outcomes = send_mails(Digest, waiting)
    with unit_of_work():
        totals = count_digests_on(day)
    click.echo(f"{day}: {planned} digests planned, {outcomes[DeliveryState.SENT]} sent now.")
    for state in DeliveryState:
        if totals.get(state):
            click.echo(f"  {state.value}: {totals[state]}")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"not an instant: {text}", param_hint="--at") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=JAPAN)
