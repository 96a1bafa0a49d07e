"""Numbers in a report equal an independent recount from the raw snapshots: a second, naive count stands here."""

import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from portal.campaigns.models import Entry, Participation, Procedure
from portal.core.db import db
from portal.directory.models import Organisation
from portal.inspections.models import Snapshot
from portal.reporting.counting import count_figures
from portal.reporting.marking import digest_of
from portal.reporting.reports import recount_report
from tests.factories.inspections import day, entry_of
from tests.factories.reporting import CODES, add_snapshot, make_counted, make_report, make_writer

REPORTED = st.lists(
    st.tuples(
        st.sampled_from(CODES), st.sampled_from([1, 2]), st.integers(0, 9), st.integers(0, 30), st.integers(0, 30)
    ),
    max_size=12,
)


def _raw(campaign, as_of):
    """The newest of each entry by a walk over every row in the order of entry: a later one of its date stands."""
    newest: dict[int, Snapshot] = {}
    for row in db.session.scalars(sa.select(Snapshot).order_by(Snapshot.as_of, Snapshot.id)):
        if row.campaign_id == campaign.id and row.as_of <= as_of:
            newest[row.entry_id] = row
    return newest


def _recount(campaign, as_of, since, pick):
    """Sums by whatever ``pick`` takes from (entry, body, organisation)."""
    now, before = _raw(campaign, as_of), _raw(campaign, since)
    found: dict[str, dict[str, int]] = {}
    for entry in db.session.scalars(sa.select(Entry).where(Entry.campaign_id == campaign.id)):
        organisation = db.session.get_one(Organisation, entry.organisation_id)
        line = found.setdefault(
            pick(entry, organisation), dict.fromkeys(("entries", "target", "mislinks", "new", "done"), 0)
        )
        row, old = now.get(entry.id), before.get(entry.id)
        line["entries"] += 1
        if row is not None:
            line["target"] += row.target
            line["mislinks"] += row.mislinks
            line["new"] += row.mislinks - (old.mislinks if old else 0)
            line["done"] += row.stage.value == "done"
    return found


def _shown(rows):
    names = ("entries", "target", "mislinks", "new")
    return {row["key"]: {**{name: row[name] for name in names}, "done": row["stages"]["done"]} for row in rows}


def test_every_table_equals_an_independent_recount(app, arrange):
    with arrange():
        campaign = make_counted()

    @settings(max_examples=8, phases=[Phase.generate])
    @given(REPORTED, st.integers(0, 9), st.integers(1, 5))
    def check(reported, back, span):
        as_of, since = day(back), day(back + span)
        with app.app_context(), db.session.begin_nested() as kept:
            for code, position, before, target, mislinks in reported:
                add_snapshot(
                    entry_of(campaign, code, position), day(before),
                    target=target + mislinks, extracted=target + mislinks, matched=target + mislinks,
                    mislinks=mislinks, corrected=mislinks // 2,
                    published_on=day(before) if mislinks % 2 else None,
                )  # fmt: skip
            facts = count_figures(campaign, as_of, since)
            tables = facts["tables"]
            assert _shown(tables["procedure"]) == _recount(campaign, as_of, since, lambda e, o: str(e.procedure_id))
            assert _shown(tables["prefecture"]) == _recount(campaign, as_of, since, lambda e, o: o.prefecture_code)
            assert _shown(tables["kind"]) == _recount(campaign, as_of, since, lambda e, o: o.kind.value)
            assert _shown([facts["total"]]) == _recount(campaign, as_of, since, lambda e, o: "total")
            assert facts["causes"]["input"] == facts["total"]["mislinks"]
            kept.rollback()

    check()


def test_a_correction_of_the_same_date_stands_in_the_place_of_what_it_corrects(app, arrange):
    with arrange():
        campaign = make_counted()
        add_snapshot(entry_of(campaign), day(5), mislinks=50)
        add_snapshot(entry_of(campaign), day(5), mislinks=40)

        assert count_figures(campaign, day(5), None)["total"]["mislinks"] == 40
        assert count_figures(campaign, day(6), None)["total"]["mislinks"] == 0


def test_what_is_entered_later_changes_a_draft_only_when_it_is_counted_anew(app, arrange):
    with arrange():
        campaign = make_counted()
        report = make_report(campaign)
        first = report.digest
        add_snapshot(entry_of(campaign), day(5), mislinks=50)

        assert recount_report(make_writer(), campaign, report)
        assert report.digest != first
        assert not recount_report(make_writer(), campaign, report)


def test_figures_are_the_same_in_whatever_order_the_rows_lie(app, arrange):
    with arrange():
        campaign = make_counted()
        for code in CODES:
            add_snapshot(entry_of(campaign, code), day(5), mislinks=50)
        first = digest_of(count_figures(campaign, day(), None))
        entry_of(campaign, CODES[0]).pending_reason = "確認中"  # PostgreSQL writes a changed row behind the others
        db.session.flush()
        if db.session.get_bind().dialect.name == "postgresql":
            for way in ("indexscan", "bitmapscan"):  # and then reads them as they lie
                db.session.execute(sa.text(f"SET LOCAL enable_{way} = off"))

        assert digest_of(count_figures(campaign, day(), None)) == first


def test_names_and_procedures_are_those_of_the_campaign(app, arrange):
    with arrange():
        campaign = make_counted()
        facts = count_figures(campaign, day(), None)
        procedures = db.session.scalars(sa.select(Procedure.name).where(Procedure.campaign_id == campaign.id)).all()
        bodies = db.session.scalar(
            sa.select(sa.func.count()).select_from(Participation).where(Participation.campaign_id == campaign.id)
        )

        assert [row["label"] for row in facts["tables"]["procedure"]] == list(procedures)
        assert facts["addressed"] == bodies == len(CODES)
