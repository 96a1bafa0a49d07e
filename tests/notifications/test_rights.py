"""Who may see what many readers' lines tell of: asked for all together, the same as asked one by one."""

from itertools import count

import pytest
import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.circulation import policy as circulation_policy
from portal.circulation.models import Circulation, PassedPaper
from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience
from portal.directory.absence_models import Absence
from portal.directory.actor import list_actors, list_actors_of
from portal.directory.models import Organisation, Person
from portal.directory.roles import Role
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance, Recipient
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.knowledge import edition_policy
from portal.knowledge import policy as knowledge_policy
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.models import QaEntry
from portal.liaison import policy as liaison_policy
from portal.liaison.models import Contact
from portal.notifications.models import Notification
from portal.notifications.rights import visible_lines, visible_to_readers
from tests.access.world import build_world
from tests.factories.absences import make_absence
from tests.factories.people import make_member, organisation_id
from tests.support.statements import recorded_statements

# For each kind of subject the select of those that a policy shows to an actor.
SHOWN = {
    "issue": (Issue, lambda actor: sa.select(Issue.id).where(issue_policy.viewable_by(actor))),
    "guidance": (Guidance, lambda actor: guidance_policy.viewable_by(actor).with_only_columns(Guidance.id)),
    "campaign": (Campaign, lambda actor: campaign_policy.viewable_by(actor).with_only_columns(Campaign.id)),
    "circulation": (Circulation, lambda actor: sa.select(Circulation.id).where(circulation_policy.viewable_by(actor))),
    "passed_paper": (
        PassedPaper,
        lambda actor: sa.select(PassedPaper.id).where(circulation_policy.passed_viewable_by(actor)),
    ),
    "contact": (Contact, lambda actor: sa.select(Contact.id).where(liaison_policy.viewable_by(actor))),
    "qa_entry": (QaEntry, lambda actor: sa.select(QaEntry.id).where(knowledge_policy.viewable_by(actor))),
    "qa_edition": (QaEdition, lambda actor: sa.select(QaEdition.id).where(edition_policy.viewable_by(actor))),
    "absence": (
        Absence,
        lambda actor: sa.select(Absence.id).where(
            sa.or_(Absence.membership_id == actor.membership_id, Absence.substitute_id == actor.membership_id)
        ),
    ),
}
BY_ROLE = {"reading_grant": {Role.ADMIN}, "inbound_mail": {Role.ADMIN, Role.SECRETARIAT}}
INSIDE = {Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.DIVISION, Role.LIAISON}
BODIES = ("152226", "151009", "150002", "011002")


@pytest.fixture
def readers(arrange) -> list[int]:
    """Everybody in a world of everything: of each role, one in two places, one who stands in, one who has left."""
    with arrange():
        viewers = build_world().viewers
        two_seats = db.session.get_one(Person, viewers["B"].person_id)
        make_member("juumin", Role.DIVISION, person=two_seats)
        make_absence(viewers["N"], viewers["n"])
        make_absence(viewers["M"])
        gone = make_member("152226", Role.LOCAL_STAFF, section="市民課", ends_at=clock.now())
        passed = db.session.scalars(sa.select(Recipient).where(Recipient.organisation_id == organisation_id("152226")))
        paper = passed.first()
        assert paper is not None
        db.session.add(_passed_on(viewers["T"], paper))
        db.session.flush()
        return [*(viewer.person_id for viewer in viewers.values()), gone.person_id]


def _passed_on(by, recipient: Recipient) -> PassedPaper:
    return PassedPaper(
        guidance_id=recipient.guidance_id,
        recipient_id=recipient.id,
        passed_by_person_id=by.person_id,
        to_name="税務課",
        signature="上越市 市民課",
        passed_at=clock.now(),
    )


def _lines(person_ids: list[int]) -> list[Notification]:
    """For each person a line about everything there is, in each audience."""
    ids, about = count(1), []
    for kind, (model, _) in SHOWN.items():
        about += [(kind, subject_id, Audience.PUBLIC, {}) for subject_id in db.session.scalars(sa.select(model.id))]
    issues = [subject_id for kind, subject_id, *_ in about if kind == "issue"]
    about += [("issue", subject_id, Audience.INTERNAL, {}) for subject_id in issues]
    for ministry in ("digital", "mhlw"):
        asked = {"ministry_id": organisation_id(ministry)}
        about += [("issue", subject_id, Audience.CONSULT, asked) for subject_id in issues]
    campaigns = [subject_id for kind, subject_id, *_ in about if kind == "campaign"]
    for code in BODIES:
        body = {"body_id": organisation_id(code)}
        about += [("campaign", subject_id, Audience.PUBLIC, body) for subject_id in campaigns]
    about += [(kind, 1, Audience.INTERNAL, {}) for kind in BY_ROLE]
    return [
        Notification(
            id=next(ids), person_id=person_id, kind="something_happened", subject_kind=kind, subject_id=subject_id,
            audience=audience, facts=facts,
        )
        for person_id in person_ids
        for kind, subject_id, audience, facts in about
    ]  # fmt: skip


def _one_by_one(lines: list[Notification]) -> set[int]:
    """What the policies say to each actor of each reader, one after the other."""
    seen: set[int] = set()
    for person_id in {line.person_id for line in lines}:
        actors = list_actors(person_id)
        shown = {
            (actor, kind): set(db.session.scalars(select(actor)))
            for actor in actors
            for kind, (_, select) in SHOWN.items()
        }
        bodies = {body for actor in actors for body in db.session.scalars(_bodies_of(actor))}
        seen |= {
            line.id
            for line in lines
            if line.person_id == person_id
            and ("body_id" not in line.facts or line.facts["body_id"] in bodies)
            and any(_sees(actor, line, shown) for actor in actors)
        }
    return seen


def _bodies_of(actor) -> sa.Select[int]:
    return sa.select(Organisation.id).where(campaign_policy.bodies_viewable_by(actor))


def _sees(actor, line: Notification, shown) -> bool:
    if line.audience is not Audience.PUBLIC and actor.role not in INSIDE:
        is_asked = actor.role is Role.MINISTRY and actor.organisation_id == line.facts.get("ministry_id")
        if not (line.audience is Audience.CONSULT and is_asked):
            return False
    if line.subject_kind in BY_ROLE:
        return actor.role in BY_ROLE[line.subject_kind]
    return line.subject_id in shown[actor, line.subject_kind]


def test_asked_for_all_together_is_as_asked_one_by_one(arrange, readers):
    with arrange():
        lines = _lines(readers)
        seen = visible_to_readers(lines)
        wanted = _one_by_one(lines)
        differing = [line for line in lines if line.id in seen ^ wanted]
        assert not differing, [(line.person_id, line.subject_kind, line.audience) for line in differing[:5]]
        for kind in [*SHOWN, *BY_ROLE]:
            of_kind = {line.id for line in lines if line.subject_kind == kind}
            assert of_kind & seen, f"nobody sees any {kind}"
            assert of_kind - seen, f"everybody sees every {kind}"
        one = [line for line in lines if line.person_id == readers[0]]
        assert visible_lines(list_actors(readers[0]), one) == seen & {line.id for line in one}


def test_no_more_statements_for_everybody_than_for_few(arrange, readers):
    with arrange():
        lines = _lines(readers)
        counts = []
        for some in (readers[:8], readers):
            with recorded_statements(db.engine) as sent:
                visible_to_readers([line for line in lines if line.person_id in some])
            counts.append(len(sent))
        assert counts[0] == counts[1] == 3 + len(SHOWN) + 1  # actors, each kind, bodies


def test_everybodys_actors_are_found_as_one_by_one(arrange, readers):
    with arrange():
        assert list_actors_of(readers) == {person_id: list_actors(person_id) for person_id in readers}
