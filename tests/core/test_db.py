"""Rows added in bulk are as the model reads and writes them, on either engine."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert_rows, read_texts
from portal.decisions.models import Decision
from portal.decisions.states import Cause, Outcome
from tests.factories.inspections import entry_of, make_inspection


def _row(entry, **fields):
    return {
        "campaign_id": entry.campaign_id, "entry_id": entry.id, "procedure_id": entry.procedure_id, "rule": "r",
        "row": 5, "by_rule": Outcome.EXEMPT, "outcome": Outcome.REQUIRED, "facts": {"method": "窓口\tで\\"},
        "cause": Cause.OVERRIDE, "reason": "", "decided_at": clock.now(), **fields,
    }  # fmt: skip


def test_rows_added_in_bulk_read_as_if_each_had_been_added(app, arrange):
    with arrange():
        entry = entry_of(make_inspection(("152226",), ("児童手当",)), "152226")
        db.session.execute(sa.delete(Decision))
        past = clock.now()
        insert_rows(Decision.__table__, [_row(entry, superseded_at=past), _row(entry, superseded_at=None)])
        insert_rows(Decision.__table__, [])

        old, new = db.session.scalars(sa.select(Decision).order_by(Decision.id))
        assert (old.superseded_at, new.superseded_at) == (past, None)
        assert (new.row, new.by_rule, new.outcome, new.cause) == (5, Outcome.EXEMPT, Outcome.REQUIRED, Cause.OVERRIDE)
        assert new.facts == {"method": "窓口\tで\\"}
        assert new.decided_signature == ""
        assert new.decided_at >= past


def test_many_json_columns_read_as_text_are_decoded_at_once():
    assert read_texts(['{"a": [1, "あ"]}', None, "[]"]) == [{"a": [1, "あ"]}, None, []]
    assert read_texts([]) == []
