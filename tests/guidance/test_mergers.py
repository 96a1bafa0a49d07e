"""A body that merges after it was addressed: what headquarters reads of it."""

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.directory.models import OrganisationSuccession
from portal.jobs.inheritance import pass_on_matters
from tests.factories.guidance import make_chief, make_issued
from tests.factories.people import organisation

OLD, HEIR = "152021", "152226"


def test_the_row_of_a_body_that_merged_says_who_carries_it_on(app, arrange, visit):
    with arrange():
        chief = make_chief()
        paper = make_issued(addressees=AddresseeRule(include=(OLD, HEIR))).id
        db.session.add(
            OrganisationSuccession(
                predecessor_id=organisation(OLD).id,
                successor_id=organisation(HEIR).id,
                effective_on=japan_date(clock.now()),
            )
        )
    with app.app_context():
        pass_on_matters()
    rows = visit(chief).get(f"/guidance/{paper}/recipients").soup.select("#bodies-head ~ * table a")
    old, heir = (next(row["href"] for row in rows if row.text == name) for name in ("長岡市", "上越市"))
    page = visit(chief).get(old)
    assert "該当なし" in page.main
    assert "合併したため、合併後の団体が引き継ぎました。" in page.main
    assert "まだ対応の登録はありません。" in visit(chief).get(heir).main
