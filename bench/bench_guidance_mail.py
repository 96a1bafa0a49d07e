"""Issuing to every local government and its 5,000 people: the request, the mails, the digests, the matrix."""

import argparse
import dataclasses
import smtplib
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from bench.bench_issue_guidance import ALL
from bench.sinking import sink
from bench.stage import stage
from portal.accounts.service import start_session
from portal.core import clock
from portal.core.calendar import is_business_day, japan_date
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.models import Membership, Organisation, Person
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.guidance.models import Guidance
from portal.guidance.states import Nature
from portal.jobs.tasks import tell_event
from portal.notifications import letters, mailer, outbox
from portal.notifications.digests import plan_digests
from portal.notifications.dispatch import list_unhandled
from portal.notifications.lots import size_of_lot
from portal.notifications.models import Delivery, DeliveryState, Digest
from tests.factories.guidance import issue, make_approved, make_chief
from tests.factories.people import actor_of
from tests.support.databases import find_postgresql
from tests.support.pages import Visitor
from tests.support.statements import recorded_statements

PEOPLE = 5_000
MARKER = "UPDATE digest SET state=CASE"


def people(count: int) -> None:
    """So many officials, spread over the local governments."""
    now = clock.now() - timedelta(days=300)
    bodies = db.session.scalars(
        sa.select(Organisation.id).where(Organisation.kind.in_(LOCAL_GOVERNMENTS)).order_by(Organisation.code)
    ).all()
    named = [{"email": f"official{n}@lg.example", "name": f"担当{n:05}", "created_at": now} for n in range(count)]
    ids = db.session.scalars(sa.insert(Person).returning(Person.id), named).all()
    db.session.execute(
        sa.insert(Membership),
        [
            {
                "person_id": person,
                "organisation_id": bodies[n % len(bodies)],
                "role": Role.LOCAL_STAFF,
                "title": "係長",
                "starts_at": now,
            }
            for n, person in enumerate(ids)
        ],
    )


def browser(app: Flask, member: Membership) -> Visitor:
    """A signed-in browser of this person."""
    client = app.test_client()
    with unit_of_work():
        secret, row = start_session(member.person_id)
        row.membership_id = member.id
    with client.session_transaction() as session:
        session.update(_user_id=secret, _fresh=True, seen=clock.now().timestamp(), csrf_token=uuid4().hex)
    return Visitor(app, client)


def post_issue(app: Flask, chief: Membership) -> float:
    """The seconds of the request that issues to everybody, after two looks at the page."""
    with unit_of_work():
        address = f"/guidance/{make_approved('総行住第78号', actor_of(chief), addressees=ALL).id}/issue"
    db.session.close()
    visitor = browser(app, chief)
    visitor.get(address)
    form = visitor.get(address).form(address)
    began = time.perf_counter()
    answer = form.submit(follow=False)
    took = time.perf_counter() - began
    if answer.status != 302:
        raise RuntimeError(f"not issued: {answer.status}")
    return took


def tell_all() -> tuple[float, int]:
    """Write every line and mail, as the worker does after the request; the seconds and how many mails."""
    began = time.perf_counter()
    with unit_of_work():
        waiting = list_unhandled()
    for event_id in waiting:
        while True:
            tell_event(event_id)
            if event_id not in _left():
                break
    took = time.perf_counter() - began
    with unit_of_work():
        return took, db.session.scalar(sa.select(sa.func.count(Delivery.id))) or 0


def _left() -> list[int]:
    with unit_of_work():
        return list_unhandled()


def send_all(model: type[Delivery] | type[Digest]) -> tuple[float, int]:
    """One worker sends everything that is due, lot by lot; the seconds and how many went out."""
    began, count, size = time.perf_counter(), 0, size_of_lot(model)
    while True:
        with unit_of_work():
            due = outbox.list_due(model)
        if not due:
            return time.perf_counter() - began, count
        for start in range(0, len(due), size):
            count += sum(mailer.send_mails(model, due[start : start + size]).values())


def send_plainly(url: str, written: Iterator[letters.Letter]) -> tuple[float, int]:
    """The same mails through smtplib over one connection, written as they go; nothing remembered."""
    parts = urlsplit(url)
    began, count = time.perf_counter(), 0
    with smtplib.SMTP(parts.hostname or "", parts.port or 0) as server:
        for letter in written:
            server.sendmail(letter.sender, [letter.recipient], letter.content)
            count += 1
    return time.perf_counter() - began, count


def written_again() -> Iterator[letters.Letter]:
    """Every mail that went out, rendered once more in the same lots."""
    with unit_of_work():
        went_out = sa.select(Delivery).where(Delivery.state == DeliveryState.SENT)
        rows = db.session.scalars(went_out.order_by(Delivery.id)).all()
        for start in range(0, len(rows), size_of_lot(Delivery)):
            lot = rows[start : start + size_of_lot(Delivery)]
            gathered = letters.gather(lot)
            for row in lot:
                yield letters.write_letter(row, gathered)


def main() -> None:
    """All four measures on both engines, each with its goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--digests", action="store_true", help="nothing but the digests")
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        if engine == "postgresql" and find_postgresql() is None:
            print("PostgreSQL's server is not installed")
            continue
        print(f"{engine}, {chosen.people} people", flush=True)
        with stage(engine) as app, sink() as url:
            app.config["PORTAL_SETTINGS"] = dataclasses.replace(app.config["PORTAL_SETTINGS"], smtp_url=url)
            with unit_of_work():
                chief = make_chief()
                people(chosen.people)
            if not chosen.digests:
                measure_mails(app, chief)
                announce_access(write=True)
            measure_digests(chief, chosen.people)


def measure_mails(app: Flask, chief: Membership) -> None:
    """A paper to everybody: its request, the telling in the background, the mails, the matrix."""
    print(f"issue to 1,788 bodies: the request {post_issue(app, chief):.2f} s (goal 1 s)")
    announce_access(write=True)
    took, mails = tell_all()
    print(f"telling: {mails} mails written down in {took:.1f} s, in the background")
    took, sent = send_all(Delivery)
    rate = sent / took
    plain_took, plain = send_plainly(app.config["PORTAL_SETTINGS"].smtp_url, written_again())
    print(
        f"mails: {sent} in {took:.1f} s (goal 60 s), {rate:.0f}/s; plain smtplib with the same rendering "
        f"{plain / plain_took:.0f}/s: {100 * rate * plain_took / plain:.0f} % (goal 50 %)"
    )
    page = browser(app, chief).get(f"/guidance/{_last_guidance()}/recipients")
    print(f"matrix of 1,788 × 4 facts: {len(page.statements)} statements for its first page (goal 15)", flush=True)


def measure_digests(chief: Membership, count: int) -> None:
    """Everybody's digest of one paper: planned in one statement, written and handed over lot by lot.

    A lot costs a fixed number of statements whoever reads it; each group's final dots wait for one marker.
    """
    with unit_of_work():
        db.session.execute(sa.update(Delivery).values(state=DeliveryState.DROPPED))
        actor = actor_of(chief)
        issue(actor, make_approved("総行住第79号", actor, addressees=ALL, nature=Nature.INFORMATION, reply_due_on=None))
    tell_all()
    morning = clock.now() + timedelta(days=1)
    while not is_business_day(japan_date(morning)):
        morning += timedelta(days=1)
    with unit_of_work():
        plan_digests(morning)
    with unit_of_work():
        due = outbox.list_due(Digest)
    for lot in (due[:10], due[10:310]):
        with recorded_statements(db.engine) as texts:
            mailer.send_mails(Digest, lot)
        print(f"a lot of {len(lot)} digests: {_told_apart(texts)}")
    with recorded_statements(db.engine) as texts:
        took, sent = send_all(Digest)
    print(
        f"digests: {sent} of {count} people in {took:.1f} s (goal 90 s), {sent / took:.0f}/s; {_told_apart(texts)}: "
        f"{len(texts) / sent:.2f} a digest",
        flush=True,
    )


def _told_apart(texts: list[str]) -> str:
    markers = sum(text.startswith(MARKER) for text in texts)
    return f"{len(texts) - markers} statements and {markers} markers"


def _last_guidance() -> int:
    with unit_of_work():
        return db.session.scalars(sa.select(sa.func.max(Guidance.id))).one()


if __name__ == "__main__":
    main()
