"""Reports: what is refused, what never changes once published, and what two people do at once."""

from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.models import Organisation
from portal.directory.roles import MUNICIPALITIES, OrganisationKind, Role
from portal.reporting import policy, reports
from portal.reporting.marking import digest_of, for_public
from portal.reporting.models import Report, ReportText
from portal.reporting.reading import read_amounts
from portal.reporting.reports import ReportTexts
from portal.reporting.states import ReportKind, ReportState
from tests.factories.inspections import day, entry_of
from tests.factories.people import actor_of, make_member
from tests.factories.reporting import (
    CODES,
    add_snapshot,
    make_counted,
    make_head,
    make_published,
    make_ready,
    make_report,
    make_writer,
)


@pytest.fixture
def campaign(arrange):
    with arrange():
        made = make_counted()
        for code in CODES:
            add_snapshot(entry_of(made, code), day(5), mislinks=60)
        return made


def test_the_figures_are_frozen_with_their_hash(app, arrange, campaign):
    with arrange():
        report = make_report(campaign)

        assert report.figures["total"]["mislinks"] == 300
        assert report.digest == digest_of(report.figures)
        assert report.previous_on == day(5)


def test_a_date_in_the_future_is_refused(app, arrange, campaign):
    with arrange(), pytest.raises(Invalid) as refused:
        make_report(campaign, as_of=day(-1))

    assert refused.value.field == "as_of"


def test_what_counts_as_new_begins_before_the_date(app, arrange, campaign):
    with arrange(), pytest.raises(Invalid) as refused:
        make_report(campaign, previous_on=day())

    assert refused.value.field == "previous_on"


def test_new_figures_are_counted_since_the_last_published_report(app, arrange, campaign):
    with arrange():
        make_published(campaign, as_of=day(4))
        for code in CODES:
            add_snapshot(entry_of(campaign, code), day(2), mislinks=80)

        report = make_report(campaign, ReportKind.FINAL)

        assert report.previous_on == day(4)
        assert report.figures["total"]["new"] == 100


def test_a_my_number_in_a_text_is_refused(app, arrange, campaign):
    with arrange():
        report = make_report(campaign)
        with pytest.raises(Invalid) as refused:
            reports.edit_report(
                make_writer(), campaign, report, ReportTexts(title="報告", findings="個人番号は123456789018です。")
            )

    assert refused.value.field == "findings"


def test_every_text_that_once_stood_is_kept(app, arrange, campaign):
    with arrange():
        report = make_report(campaign)
        for text in ("一", "二"):
            reports.edit_report(make_writer(), campaign, report, ReportTexts(title="報告", intro=text))

        kept = db.session.scalars(sa.select(ReportText.intro).order_by(ReportText.number)).all()

    assert list(kept)[1:] == ["一", "二"]


def test_whoever_wrote_it_does_not_publish_it(app, arrange, campaign):
    with arrange():
        report, head = make_report(campaign), make_head()
        reports.edit_report(head, campaign, report, ReportTexts(title="報告"))
        reports.ask_publication(make_writer(), campaign, report)

        with pytest.raises(Forbidden):
            reports.publish_report(head, campaign, report)
        reports.publish_report(make_head(), campaign, report)

        assert report.state is ReportState.PUBLISHED
        kinds = db.session.scalars(sa.select(EventRecord.kind).where(EventRecord.kind.like("report_%"))).all()
        assert sorted(kinds) == ["report_drafted", "report_edited", "report_publication_asked", "report_published"]


def test_a_draft_waits_for_its_publication_once_it_is_asked_for_and_not_after_a_change(app, arrange, campaign):
    with arrange():
        report, head, writer = make_report(campaign), make_head(), make_writer()
        waits = sa.select(Report.id).where(policy.publishable_by(head))
        assert not policy.can_publish(head, report)
        assert db.session.scalars(waits).all() == []
        reports.ask_publication(writer, campaign, report)
        assert policy.can_publish(head, report)
        assert db.session.scalars(waits).all() == [report.id]
        with pytest.raises(Forbidden):
            reports.ask_publication(writer, campaign, report)

        reports.recount_report(writer, campaign, report)

        assert not policy.can_publish(head, report)
        assert db.session.scalars(waits).all() == []


def test_figures_counted_before_another_report_was_published_are_counted_anew_first(app, arrange, campaign):
    with arrange():
        second = make_ready(campaign, kind=ReportKind.FINAL)
        make_published(campaign, as_of=day(4))

        with pytest.raises(Invalid):
            reports.publish_report(make_head(), campaign, second)
        reports.recount_report(make_writer(), campaign, second)
        reports.ask_publication(make_writer(), campaign, second)
        reports.publish_report(make_head(), campaign, second)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report SET title = 'x'",
        "UPDATE report SET state = 'draft'",
        "UPDATE report SET digest = 'x'",
        "DELETE FROM report",
        "UPDATE report_text SET intro = 'x'",
        "DELETE FROM report_text",
    ],
)
def test_a_published_report_changes_by_no_path(app, arrange, campaign, statement):
    with arrange():
        make_published(campaign)

    announce_access(write=True)
    with app.app_context(), pytest.raises(sa.exc.DBAPIError), unit_of_work():
        db.session.execute(sa.text(statement))


def test_two_people_who_publish_at_once_make_one_publication(app, arrange, campaign):
    with arrange():
        number = make_ready(campaign).number
        heads = [make_head(), make_head()]
    start, outcomes = Barrier(2), []

    def publish(head):
        announce_access(write=True)
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    found = db.session.scalars(sa.select(Report).where(Report.number == number)).one()
                    reports.publish_report(head, db.session.get_one(Campaign, campaign.id), found)
                outcomes.append("published")
            except DomainError as refused:
                outcomes.append(type(refused))

    threads = [Thread(target=publish, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(map(str, outcomes)) == sorted(map(str, ["published", Conflict]))
    with arrange():
        published = sa.select(sa.func.count()).where(EventRecord.kind == "report_published")
        assert db.session.scalar(published) == 1


def test_a_draft_is_given_up_with_its_texts(app, arrange, campaign):
    with arrange():
        report = make_report(campaign)
        reports.discard_report(make_writer(), campaign, report)

        assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ReportText)) == 0


def test_the_published_edition_holds_nothing_of_what_is_left_out(app, arrange, campaign):
    with arrange():
        add_snapshot(entry_of(campaign, "152226", 2), day(4), mislinks=3, causes={"merge": 3})
        facts = make_report(campaign).figures
        public = for_public(facts)

    assert facts["causes"]["merge"] == 3
    assert public["causes"]["merge"] is None
    assert "found" not in public
    assert all(row["corrected"] is None for rows in public["tables"].values() for row in rows)


def test_a_small_change_of_records_between_two_reports_is_left_out(app, arrange, campaign):
    with arrange():
        make_published(campaign, as_of=day(2))
        add_snapshot(entry_of(campaign, "152226"), day(1), mislinks=60, target=1003, extracted=1003, matched=1003)
        add_snapshot(entry_of(campaign, "152048"), day(1), mislinks=60, confirmed=60, mismatched=66, pending=6)
        facts = make_report(campaign, as_of=day()).figures
        public = for_public(facts)

    assert facts["total"]["target"] == 5003
    assert public["total"]["target"] is None  # with the report before it would say that one body has three more
    assert public["total"]["pending"] is None
    assert public["total"]["mislinks"] == 300  # which did not change


def test_a_correction_after_a_report_does_not_change_what_that_report_is_taken_to_have_shown(app, arrange, campaign):
    with arrange():
        made = make_published(campaign, as_of=day(2))
        add_snapshot(entry_of(campaign, "152226"), day(5), mislinks=60, target=1003, extracted=1003, matched=1003)

        amounts = read_amounts(campaign, made.as_of, made.counted_at)
        assert sum(target for target, _ in amounts.values()) == made.figures["total"]["target"] == 5000
        assert for_public(make_report(campaign, as_of=day(2)).figures)["total"]["target"] is None


def test_the_total_of_very_many_bodies_is_shown_though_one_alone_found_few(app, arrange):
    with arrange():
        places = sa.select(Organisation.code).where(
            Organisation.prefecture_code.in_(("01", "02", "03", "04", "05")), Organisation.kind.in_(MUNICIPALITIES)
        )
        codes = tuple(db.session.scalars(places))
        campaign = make_counted(codes)
        few = db.session.scalars(
            places.where(Organisation.prefecture_code == "02", Organisation.kind == OrganisationKind.TOWN).limit(1)
        ).one()
        for code in codes:
            add_snapshot(entry_of(campaign, code), day(1), mislinks=4 if code == few else 0)
        public = for_public(make_report(campaign).figures)

    assert public["total"]["mislinks"] == 4
    by_place = {row["key"]: row["mislinks"] for row in public["tables"]["prefecture"]}
    assert by_place == {"01": None, "02": None, "03": None, "04": None, "05": 0}  # 北海道 knows its own
    assert all(count is None for count in public["causes"].values())
    assert {row["mislinks"] for row in public["tables"]["procedure"]} == {4, 0}


VIEWERS = [
    ("admin", "hq", Role.ADMIN),
    ("secretariat", "secretariat", Role.SECRETARIAT),
    ("executive", "hq", Role.EXECUTIVE),
    ("division", "juumin", Role.DIVISION),
    ("liaison", "hq", Role.LIAISON),
    ("body", "152226", Role.LOCAL_MANAGER),
    ("other body", "011002", Role.LOCAL_MANAGER),
    ("prefecture", "150002", Role.LOCAL_STAFF),
    ("association", "chijikai", Role.ASSOCIATION),
    ("ministry", "mhlw", Role.MINISTRY),
    ("auditor", "hq", Role.AUDITOR),
]


@pytest.mark.parametrize("viewer", [each[1:] for each in VIEWERS], ids=[each[0] for each in VIEWERS])
def test_the_three_twins_of_the_policy_agree(app, arrange, campaign, viewer):
    with arrange():
        published, draft = make_published(campaign), make_report(campaign)
        member = make_member(*viewer)
        actor = actor_of(member)
        visible = {report.id for report in db.session.scalars(policy.viewable_by(actor))}
        sees_campaign = campaign.id in {each.id for each in db.session.scalars(campaign_policy.viewable_by(actor))}
        for report in (published, draft):
            can = policy.can_view(actor, report, sees_campaign=sees_campaign)
            viewers = {each.id for each in db.session.scalars(policy.viewers_of(report, campaign))}
            assert can == (report.id in visible) == (member.id in viewers)
