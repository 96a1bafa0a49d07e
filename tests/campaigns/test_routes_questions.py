"""The designer of questions and checks, and question sets in Excel files."""

import io

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from portal.campaigns.models import Campaign
from portal.campaigns.queries import list_checks, list_questions
from portal.campaigns.sheets import CHECK_COLUMNS, QUESTION_COLUMNS
from portal.core.db import db
from tests.factories.campaigns import make_campaign, make_survey
from tests.workbooks.files import declaring


@pytest.fixture
def survey(arrange):
    """A draft with one question."""
    with arrange():
        return make_survey()


@pytest.fixture
def paths(survey):
    """The pages of its questions."""
    base = f"/campaigns/{survey.id}"
    return {"list": f"{base}/questions", "new": f"{base}/questions/new", "check": f"{base}/checks/new"}


def questions_of(survey):
    return list_questions(db.session.get_one(Campaign, survey.id))


def test_a_question_of_each_kind_is_made_without_knowing_codes(office, survey, paths, arrange):
    new = paths["new"]
    page = office.get(new)
    assert page.form(new).submit(label="").status == 422
    refused = page.form(new).submit(label="受付の方法", kind="single", options="窓口")
    assert "2つ以上" in refused.error_of("options")
    page = refused.form(new).submit(options="窓口\n郵送\ne 電子申請", hint="例：主なもの", more="1")
    assert "「受付の方法」を保存しました" in page.main
    page = page.form(new).submit(label="その理由", kind="text", when1_code="q2", when1_how="is", when1_value="電子申請")
    assert "「受付の方法」が「電子申請」のとき" in page.main
    with arrange():
        found = {each.code: each for each in questions_of(survey)}
        assert found["q2"].options == [["o1", "窓口"], ["o2", "郵送"], ["e", "電子申請"]]
        assert found["q3"].shown_when == [["q2", "is", "e"]]
        keys = {code: each.id for code, each in found.items()}
    wrong = (
        office.get(new).form(new).submit(label="誤り", kind="text", when1_code="q2", when1_how="is", when1_value="来庁")
    )
    assert "窓口、郵送、電子申請" in wrong.error_of("when1_value")
    table = office.get(new).form(new).submit(label="件数", kind="table", rows="窓口\n郵送", columns="件数", unit="件")
    assert "2行×1列" in table.main
    total = office.get(new).form(new).submit(label="計", kind="calculated", formula="total(q9)")
    assert "「q9」はありません" in total.error_of("formula")
    assert "q5" in total.form(new).submit(formula="total(q4)").main
    # the label alone comes back, and its value stays when a choice is added before it
    edit = f"{paths['list']}/{keys['q2']}/edit"
    form = office.get(edit)
    assert form.soup.find(id="options").get_text().strip() == "窓口\n郵送\ne 電子申請"
    form.form(edit).submit(options="来庁予約\n窓口\n郵送\ne 電子申請")
    with arrange():
        options = {label: value for value, label in questions_of(survey)[1].options}
        assert (options["窓口"], options["郵送"], options["電子申請"]) == ("o1", "o2", "e")


def test_questions_move_and_go_unless_another_needs_them(office, survey, paths, arrange):
    new = paths["new"]
    office.get(new).form(new).submit(label="有無", kind="yes_no")
    office.get(new).form(new).submit(label="内容", kind="text", when1_code="q2", when1_how="is", when1_value="はい")
    with arrange():
        keys = {each.code: each.id for each in questions_of(survey)}
    kept = office.get(paths["list"]).form(f"{keys['q2']}/remove").submit()
    assert "「有無」は削除できません" in kept.main
    moved = office.get(paths["list"]).form(f"{keys['q3']}/move").submit(way="up")
    assert moved.main.index("内容") < moved.main.index("有無")
    assert "条件は、前にある設問" in office.get(f"/campaigns/{survey.id}").main
    renamed = office.get(f"{paths['list']}/{keys['q2']}/edit").form("/edit").submit(code="umu")
    assert "コードを変えられません" in renamed.error_of("code")
    gone = office.get(paths["list"]).form(f"{keys['q3']}/remove").submit()
    assert "「内容」を削除しました" in gone.main


def test_two_people_at_one_question_and_a_my_number(visit, members, survey, paths, arrange):
    office = visit(members["office"])
    with arrange():
        key = questions_of(survey)[0].id
    edit = f"{paths['list']}/{key}/edit"
    mine, theirs = office.get(edit), visit(members["colleague"]).get(edit)
    assert theirs.form(edit).submit(label="同僚の設問").status == 200
    stale = mine.form(edit).submit(label="わたしの設問")
    assert stale.status == 409
    assert "わたしの設問" in stale.text
    refused = office.get(edit).form(edit).submit(label="あなたの個人番号を記入してください。")
    assert "登録できません" in refused.error_of("label")
    refused = office.get(edit).form(edit).submit(hint="例：マイナンバー 123456789018")
    assert refused.error_of("hint")
    visit(members["other"]).get(paths["list"], status=403)


def test_a_check_explains_what_is_wrong_with_its_expression(office, survey, paths, arrange):
    new, check = paths["new"], paths["check"]
    office.get(new).form(new).submit(label="全体", kind="number")
    office.get(new).form(new).submit(label="誤り", kind="number")
    page = office.get(check)
    assert "q3" in page.main
    values = {"message": "全体を超えています。", "question_code": "q3"}
    refused = page.form(check).submit(expression="q3 <== q2", **values)
    assert "式を読み取れません。例：" in refused.error_of("expression")
    refused = refused.form(check).submit(expression="q3 <= q7")
    assert "「q7」はありません" in refused.error_of("expression")
    page = refused.form(check).submit(expression="q3 <= q2", severity="warning")
    assert "q3 <= q2 q3 全体を超えています。 理由が必要" in page.main
    with arrange():
        key = list_checks(db.session.get_one(Campaign, survey.id))[0].id
    edit = f"/campaigns/{survey.id}/checks/{key}/edit"
    first, second = office.get(edit), office.get(edit)
    assert first.form(edit).submit(message="多すぎます。").status == 200
    assert second.form(edit).submit(message="少なすぎます。").status == 409
    page = office.get(paths["list"]).form(f"/checks/{key}/remove").submit()
    assert "確認はありません" in page.main


def book(questions, checks=(), name="設問"):
    """A workbook of these rows under the columns of the form."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for title, columns, rows in ((name, QUESTION_COLUMNS, questions), ("確認", CHECK_COLUMNS, checks)):
            sheet = made.add_worksheet(title)
            sheet.write_row(0, 0, [heading for _, heading, _ in columns])
            for number, row in enumerate(rows, start=1):
                for place, (key, _, _) in enumerate(columns):
                    sheet.write(number, place, row.get(key, ""))
    return ("設問.xlsx", out.getvalue())


def test_the_set_goes_out_and_comes_back_the_same(office, arrange):
    with arrange():
        draft = make_campaign()
    path = f"/campaigns/{draft.id}/questions"
    sent = office.client.get(f"{path}.xlsx")
    held = CalamineWorkbook.from_filelike(io.BytesIO(sent.data))
    assert held.sheet_names == ["設問", "確認", "書き方"]
    rows = held.get_sheet_by_name("設問").to_python()
    assert rows[3][:4] == ["routes", "番号の取得", "番号をどのように取得していますか。", "いくつでも選ぶ"]
    upload = f"{path}/import"
    page = office.get(upload).form(upload).submit(sheet=("設問.xlsx", sent.data))
    assert "変わらない設問 11問" in page.main
    assert "変わる設問 0問" in page.main
    done = page.form(f"{upload}/keep").submit()
    assert "設問11問を取り込みました" in done.main
    assert office.client.get(f"{path}.xlsx").status_code == 200
    with arrange():
        assert [each.code for each in list_questions(db.session.get_one(Campaign, draft.id))][:3] == [
            "handled",
            "duty",
            "routes",
        ]


def test_a_set_is_shown_before_it_replaces_the_other_all_or_nothing(office, survey, paths, arrange):
    upload = f"{paths['list']}/import"
    rows = [
        {"label": "実施していますか。", "kind": "はい・いいえ", "is_required": "○", "code": "done"},
        {"label": "件数", "kind": "数", "unit": "件", "shown_when": "done = はい", "code": "n"},
        {"label": "方法", "kind": "一つ選ぶ", "options": "紙\nx 電子", "is_required": "○"},
    ]
    checks = [{"expression": "n > 0", "question_code": "n", "message": "0件です。", "severity": "理由が必要"}]
    page = office.get(upload).form(upload).submit(sheet=book(rows, checks))
    assert "加わる設問 2問" in page.main  # done and n; q1 is changed: the third row takes its code
    assert "変わる設問 1問" in page.main
    stale = office.get(upload).form(upload).submit(sheet=book(rows, checks))
    done = page.form(f"{upload}/keep").submit()
    assert "設問3問を取り込みました" in done.main
    assert "「実施していますか」が「はい」のとき" in done.main
    assert stale.form(f"{upload}/keep").submit().status == 409
    with arrange():
        found = {each.code: each for each in questions_of(survey)}
        assert list(found) == ["done", "n", "q1"]
        assert found["q1"].options == [["o1", "紙"], ["x", "電子"]]
        assert found["n"].is_required is False


def test_each_wrong_cell_is_named(office, survey, paths, arrange):
    upload = f"{paths['list']}/import"
    rows = [
        {"label": "一", "kind": "三択"},
        {"label": "", "kind": "数"},
        {"label": "三", "kind": "一つ選ぶ", "options": "のみ", "code": "A-1"},
        {"label": "四", "kind": "数", "shown_when": "zzz = 1"},
        {"label": "個人番号を記入", "kind": "文章"},
        {"label": "六", "kind": "自動計算", "formula": "q99 +"},
    ]
    page = office.get(upload).form(upload).submit(sheet=book(rows, [{"expression": "x <", "message": "あ"}]))
    assert page.status == 422
    assert "何も取り込んでいません" in page.main
    for cell, words in [("D2", "次のどれか"), ("C3", "設問を入力"), ("A4", "英小文字"), ("M5", "前にありません")]:
        assert f"設問 {cell} " in page.main, cell
        assert words in page.main, cell
    assert "設問 C6 個人番号" in page.main
    assert "設問 K7 式を読み取れません" in page.main
    assert "確認 A2 式を読み取れません" in page.main
    with arrange():
        assert [each.code for each in questions_of(survey)] == ["q1"]


def test_what_is_no_such_file_is_refused(office, paths):
    upload = f"{paths['list']}/import"
    page = office.get(upload)
    assert "ファイルを選んでください" in page.form(upload).submit().error_of("sheet")
    assert "「設問」という名前のシートがありません" in page.form(upload).submit(sheet=book([], name="別")).error_of(
        "sheet"
    )
    broken = page.form(upload).submit(sheet=("設問.xlsx", b"PK\x03\x04 broken"))
    assert broken.status == 422
    assert page.form(upload).submit(sheet=("設問.csv", "設問\r\n".encode())).error_of("sheet")
    held = page.form(upload).submit(sheet=book([{"label": "例 123456789018 個人番号", "kind": "文章"}]))
    assert held.status == 422
    assert "123456789018" not in held.main
    forged = page.visitor.post_with_token(f"{upload}/keep", {"rows": "[]", "seen": "x"})
    assert forged.status == 422


def test_a_workbook_that_declares_a_document_type_is_refused(office, paths):
    upload = f"{paths['list']}/import"
    name, content = book([{"label": "件数", "kind": "数"}])
    hostile = declaring(content, "xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')
    assert "外部の定義" in office.get(upload).form(upload).submit(sheet=(name, hostile)).error_of("sheet")


def test_tables_and_exports_are_for_those_who_build(visit, members, survey, paths):
    visit(members["manager"]).get(f"/campaigns/{survey.id}/questions.xlsx", status=404)


def test_a_question_joins_its_section_unless_a_condition_stands_in_the_way(office, survey, paths, arrange):
    new = paths["new"]
    for values in (
        {"label": "数", "kind": "number", "section": "備え"},
        {"label": "課題", "kind": "text", "section": "その他"},
        {"label": "有無", "kind": "yes_no", "section": "備え"},
        {"label": "理由", "section": "備え", "when1_code": "q3", "when1_how": "filled"},
    ):
        assert office.get(new).form(new).submit(**values).status == 200
    with arrange():
        assert [each.label for each in questions_of(survey)][1:] == ["数", "有無", "課題", "理由"]
        key = questions_of(survey)[0].id
    edit = f"{paths['list']}/{key}/edit"
    office.get(edit).form(edit).submit(section="その他")
    with arrange():
        assert [each.code for each in questions_of(survey)] == ["q2", "q4", "q3", "q1", "q5"]


def test_a_table_counts_only_by_its_total(office, survey, paths):
    new, check = paths["new"], paths["check"]
    office.get(new).form(new).submit(label="種別", kind="table", rows="学校\n公民館", columns="数")
    office.get(new).form(new).submit(label="全体", kind="number")
    values = {"message": "合いません。", "question_code": "q3"}
    bare = office.get(check).form(check).submit(expression="q2 <= q3", **values)
    assert "total(q2)" in bare.error_of("expression")
    wrong = bare.form(check).submit(expression="total(q3) > 0")
    assert "表ではない" in wrong.error_of("expression")
    assert "total(q2) == q3" in wrong.form(check).submit(expression="total(q2) == q3").main
    formula = office.get(new).form(new).submit(label="計", kind="calculated", formula="q2 + q3")
    assert "total(q2)" in formula.error_of("formula")


@pytest.fixture
def asked(office, paths):
    """A number (q2), choices (q3), a date (q4) and what is calculated (q5) behind the first question."""
    new = paths["new"]
    for values in (
        {"label": "職員数", "kind": "number"},
        {"label": "周知の手段", "kind": "multiple", "options": "広報紙\nホームページ"},
        {"label": "開始日", "kind": "date"},
        {"label": "倍", "kind": "calculated", "formula": "q2 * 2"},
    ):
        office.get(new).form(new).submit(**values)


@pytest.mark.parametrize(
    "wrongly",
    [
        ("q2", "has", "3", "が次以上、が次と等しい"),
        ("q3", "is", "広報紙", "に次を含む、に次を含まない、に回答がある"),
        ("q4", "is", "令和8年4月1日", "に回答がある"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_a_condition_compares_as_its_question_is_answered(office, paths, survey, wrongly):
    new = paths["new"]
    code, how, value, known = wrongly
    wrong = office.get(new).form(new).submit(label="理由", when1_code=code, when1_how=how, when1_value=value)
    assert wrong.status == 422
    assert known in wrong.error_of("when1_how")
    second = {"when2_code": code, "when2_how": how, "when2_value": value}
    assert office.get(new).form(new).submit(label="理由", **second).error_of("when2_how")
    assert "50以上のとき" in wrong.form(new).submit(when1_code="q5", when1_how="at_least", when1_value="５０").main
    preview = f"/campaigns/{survey.id}/preview"
    assert office.get(preview).form(preview).submit(q_q2="12").status == 200


def test_a_number_is_compared_with_a_number(office, paths, asked):
    new = paths["new"]
    wrong = office.get(new).form(new).submit(label="理由", when1_code="q2", when1_how="is", when1_value="多数")
    assert "数字" in wrong.error_of("when1_value")
    assert "「1200」のとき" in wrong.form(new).submit(when1_value="１，２００").main


def test_nothing_is_calculated_from_itself(office, paths, asked, arrange, survey):
    new = paths["new"]
    assert office.get(new).form(new).submit(label="計", kind="calculated", formula="q5 + 1").status == 200
    with arrange():
        key = next(each.id for each in questions_of(survey) if each.code == "q5")
    edit = f"{paths['list']}/{key}/edit"
    assert "自身に戻って" in office.get(edit).form(edit).submit(formula="q6 + 1").error_of("formula")


def test_what_no_longer_fits_a_condition_is_named_before_publication(office, paths, asked, arrange, survey):
    new = paths["new"]
    office.get(new).form(new).submit(label="内訳", when1_code="q2", when1_how="at_least", when1_value="1")
    with arrange():
        key = next(each.id for each in questions_of(survey) if each.code == "q2")
    edit = f"{paths['list']}/{key}/edit"
    office.get(edit).form(edit).submit(kind="text")
    assert "「内訳」の条件が、比べる設問の形や選択肢に合いません" in office.get(f"/campaigns/{survey.id}").main


def test_conditions_and_reasons_of_a_sheet_fit_their_questions(office, paths):
    upload = f"{paths['list']}/import"
    rows = [
        {"label": "職員数", "kind": "数", "code": "n"},
        {"label": "手段", "kind": "いくつでも選ぶ", "options": "紙\n電子", "code": "m"},
        {"label": "三", "kind": "文章", "shown_when": "n 含む 3"},
        {"label": "四", "kind": "文章", "shown_when": "m = 紙"},
        {"label": "五", "kind": "数", "asks_reason_for": "はい"},
    ]
    page = office.get(upload).form(upload).submit(sheet=book(rows))
    assert page.status == 422
    assert "次のどれかで比べてください：>=、=、<>、回答あり" in page.main
    assert "次のどれかで比べてください：含む、含まない、回答あり" in page.main
    assert "「はい・いいえ」の設問だけ" in page.main


def test_expressions_are_typed_as_people_write_and_name_columns_that_are_there(office, paths):
    new, check = paths["new"], paths["check"]
    office.get(new).form(new).submit(label="月別", kind="table", rows="9月\n10月", columns="申請\n交付")
    office.get(new).form(new).submit(label="全体", kind="number")
    assert "c1＝申請／c2＝交付" in office.get(new).main
    made = office.get(new).form(new).submit(label="割合", kind="calculated", formula="ｑ３ × １００ ÷ total(q2)")
    assert made.status == 200
    values = {"message": "合いません。", "question_code": "q3"}
    wrong = office.get(check).form(check).submit(expression='total(q2, "申請") ≦ q3', **values)
    assert "c1、c2" in wrong.error_of("expression")
    assert "合いません" in wrong.form(check).submit(expression='total(q2, "c1") ≦ ｑ３').main


def test_what_a_kind_has_not_is_not_dropped_without_a_word(office, paths):
    new = paths["new"]
    refused = office.get(new).form(new).submit(label="受付の方法", options="窓口\n郵送")
    assert "使わない欄" in refused.error_of("options")
    assert "「受付の方法」を保存しました" in refused.form(new).submit(kind="single").main
    assert "使わない欄" in office.get(new).form(new).submit(label="御意見", unit="件").error_of("unit")
    light = "/campaigns/new/survey"
    values = {"title": "調査", "purpose": "把握", "label_0": "方法", "options_0": "窓口\n郵送", "contact": "係"}
    assert "選択肢があるとき" in office.get(light).form(light).submit(**values).error_of("kind_0")
