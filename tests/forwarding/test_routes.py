"""A paper via the prefecture on the pages: the prefecture hands it on, the municipality reads paper and note."""

from portal.addressing.rule import AddresseeRule
from portal.directory.roles import Role
from portal.guidance.states import DeliveryRoute
from tests.factories.guidance import make_approved, make_drafter, make_issued
from tests.factories.people import actor_of, make_member


def test_a_prefecture_hands_on_and_later_adds_to_it(arrange, visit):
    with arrange():
        rule = AddresseeRule(include=("150002", "152226"))
        paper = f"/guidance/{make_issued(addressees=rule, route=DeliveryRoute.VIA_PREFECTURE).id}"
        prefecture = make_member("150002", Role.LOCAL_STAFF, section="市町村課")
        city = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        office = make_drafter()
    visit(city).get(paper, status=404)
    assert "転送済0・自動転送0・転送待ち1" in visit(office).get(paper).main
    page = visit(prefecture).get(paper)
    assert "管内の1団体が、この通知等の転送を待っています。" in page.main
    form = visit(prefecture).get(f"{paper}/forward").form(f"{paper}/forward")
    bad = form.submit(note="個人番号は123456789018です")
    assert bad.status == 422
    page = bad.form(f"{paper}/forward").submit(note="県分は別に照会します。", files=[("県様式.csv", b"a,b\n1,2\n")])
    assert "管内の1団体に転送しました。" in page.text

    assert "転送済1・自動転送0・転送待ち0" in visit(office).get(paper).main
    seen = visit(city).get(paper)
    assert "県分は別に照会します。" in seen.main
    assert "県の鑑文" in seen.main
    link = next(each["href"] for each in seen.soup.find_all("a") if "/forwardings/" in each["href"])
    assert visit(city).get(link).response.data == b"a,b\n1,2\n"

    page = visit(prefecture).get(f"{paper}/forward")
    assert "管内に補足を送る" in page.h1
    bad = page.form(f"{paper}/forward").submit(note="")
    assert "補足の内容を入力するか、ファイルを添付してください。" in bad.main
    page = bad.form(f"{paper}/forward").submit(note="期限にご注意ください。")
    assert "管内の市区町村に補足を送りました。" in page.text
    assert "県の補足" in visit(city).get(paper).main


def test_whoever_issues_is_told_which_prefectures_the_paper_passes_by(arrange, visit):
    with arrange():
        chief = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        rule = AddresseeRule(include=("152226", "200000", "202011"))
        paper = make_approved("総行住第1号", actor_of(chief), addressees=rule, route=DeliveryRoute.VIA_PREFECTURE)
    page = visit(chief).get(f"/guidance/{paper.id}/issue").main
    assert "都道府県を経由せず、発出と同時に届きます：新潟県" in page
    assert "長野県" not in page.split("発出と同時に届きます")[1][:12]
    assert "Niigata Prefecture" in visit(chief, locale="en").get(f"/guidance/{paper.id}/issue").main
