"""The page of reminders: what comes, what was sent, one by hand, other days."""

from portal.addressing.rule import AddresseeRule
from portal.directory.roles import Role
from tests.factories.guidance import make_drafter, make_issued
from tests.factories.people import make_member


def test_the_office_sees_plans_and_reminds(arrange, visit):
    with arrange():
        address = f"/guidance/{make_issued(addressees=AddresseeRule(include=('152226', '152048'))).id}/reminders"
        drafter, official = make_drafter(), make_member("152226", Role.LOCAL_STAFF)
    page = visit(drafter).get(address)
    assert "未回答 2団体" in page.main
    days = [option.get_text() for option in page.soup.select("[name=contact] option")]
    assert days[0] == "知らせない"
    assert days[20:23] == ["期限の1営業日前", "期限の日", "期限の1営業日後"]
    assert page.soup.select_one("[name=contact] option[selected]").get_text() == "期限の2営業日前"
    page = page.form("/reminders/send").submit()
    assert "未回答の2団体に督促を送ります。" in page.text
    assert "起案した課室からの督促" in page.main
    assert "本日の督促は送信済みです。" in page.main
    assert "いま督促を送る" not in page.main
    bad = page.form(address).submit(contact="5", head="1")
    assert bad.status == 422
    assert "前の段階より後の日にしてください。" in bad.main
    page = bad.form(address).submit(contact="-3", head="1", prefecture="", liaison="")
    assert "督促の予定を変更しました。" in page.text
    assert "都道府県" not in [row.get_text() for row in page.soup.select("table td:first-child")]
    visit(official).get(address, status=404)
