"""The built-in template of the linkage inspection: procedures by the information they provide, survey form, checks.

The kinds of information are those that Mynaportal shows to people, grouped into the procedures that provide them. The
survey asks what the decision rules decide from (product.md §6). Everything here is a draft's beginning and is edited
like any other draft.
"""

from dataclasses import dataclass, field

from portal.campaigns.states import WHOLE_CODE, Comparison, QuestionKind, Severity
from portal.directory.roles import OrganisationKind

_PREFECTURE = (OrganisationKind.PREFECTURE,)
_CITIES = (OrganisationKind.DESIGNATED_CITY, OrganisationKind.CITY, OrganisationKind.SPECIAL_WARD)
_ALL_MUNICIPALITIES = (*_CITIES, OrganisationKind.TOWN, OrganisationKind.VILLAGE)
_LARGE = (OrganisationKind.PREFECTURE, OrganisationKind.DESIGNATED_CITY)
_WELFARE_OFFICES = (OrganisationKind.PREFECTURE, *_CITIES)


@dataclass(frozen=True, kw_only=True)
class ProcedureDraft:
    """A procedure as the template lays it down; ``ministry`` is the code of an organisation."""

    code: str
    name: str
    ministry: str
    information: tuple[str, ...]
    kinds: tuple[OrganisationKind, ...]
    includes_core_cities: bool = False
    is_always: bool = False
    is_prior: bool = False


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """A question as a template lays it down; see Question."""

    code: str
    kind: QuestionKind
    label: str
    section: str = ""
    hint: str = ""
    unit: str = ""
    is_required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    shown_when: tuple[tuple[str, Comparison, str], ...] = ()
    asks_reason_for: str = ""
    formula: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckDraft:
    """A check as a template lays it down; see Check."""

    question_code: str
    expression: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, kw_only=True)
class Template:
    """What a new campaign begins with."""

    procedures: tuple[ProcedureDraft, ...] = ()
    questions: tuple[QuestionDraft, ...] = ()
    checks: tuple[CheckDraft, ...] = field(default=())


MHLW, CFA, DIGITAL, MIC, MEXT = "mhlw", "cfa", "digital", "juumin", "mext"

PROCEDURES = (
    ProcedureDraft(
        code="disability", name="障害者手帳（身体・療育・精神）", ministry=MHLW,
        kinds=_LARGE, includes_core_cities=True,
        information=("障害者手帳",), is_always=True,
    ),
    ProcedureDraft(
        code="support_medical", name="自立支援医療", ministry=MHLW, kinds=(*_PREFECTURE, *_ALL_MUNICIPALITIES),
        information=("自立支援医療",),
    ),
    ProcedureDraft(
        code="disability_service", name="障害福祉サービス", ministry=MHLW, kinds=_ALL_MUNICIPALITIES,
        information=("障害福祉サービス等の支給決定", "特別障害者手当等"),
    ),
    ProcedureDraft(
        code="public_assistance", name="生活保護", ministry=MHLW, kinds=_WELFARE_OFFICES,
        information=("生活保護", "中国残留邦人等支援給付"),
    ),
    ProcedureDraft(
        code="care_insurance", name="介護保険", ministry=MHLW, kinds=_ALL_MUNICIPALITIES,
        information=("介護保険の資格・給付",),
    ),
    ProcedureDraft(
        code="intractable", name="難病・小児慢性特定疾病", ministry=MHLW, kinds=_LARGE, includes_core_cities=True,
        information=("難病患者への医療費助成", "小児慢性特定疾病医療費助成"),
    ),
    ProcedureDraft(
        code="vaccination", name="予防接種", ministry=MHLW, kinds=_ALL_MUNICIPALITIES, information=("予防接種",),
    ),
    ProcedureDraft(
        code="health_check", name="健康増進（検診）", ministry=MHLW, kinds=_ALL_MUNICIPALITIES,
        information=("がん検診・歯周疾患検診等",),
    ),
    ProcedureDraft(
        code="maternal_health", name="母子保健", ministry=CFA, kinds=_ALL_MUNICIPALITIES,
        information=("妊産婦健診・乳幼児健診", "妊娠の届出"),
    ),
    ProcedureDraft(
        code="child_allowance", name="児童手当", ministry=CFA, kinds=_ALL_MUNICIPALITIES, information=("児童手当",),
    ),
    ProcedureDraft(
        code="child_rearing", name="児童扶養手当・ひとり親家庭支援", ministry=CFA, kinds=_WELFARE_OFFICES,
        information=("児童扶養手当", "ひとり親家庭の支援給付"),
    ),
    ProcedureDraft(
        code="special_child", name="特別児童扶養手当", ministry=MHLW, kinds=_LARGE, information=("特別児童扶養手当",),
    ),
    ProcedureDraft(
        code="childcare", name="子ども・子育て支援（教育・保育）", ministry=CFA, kinds=_ALL_MUNICIPALITIES,
        information=("教育・保育の給付認定", "障害児通所支援"),
    ),
    ProcedureDraft(
        code="school_health", name="学校保健（医療費援助）", ministry=MEXT, kinds=(*_PREFECTURE, *_ALL_MUNICIPALITIES),
        information=("学校保健安全法による医療費援助",),
    ),
    ProcedureDraft(
        code="resident_tax", name="地方税（所得・個人住民税）", ministry=MIC, kinds=_ALL_MUNICIPALITIES,
        information=("個人住民税の課税・所得",),
    ),
    ProcedureDraft(
        code="household", name="住民基本台帳（世帯）", ministry=MIC,
        kinds=_ALL_MUNICIPALITIES, information=("世帯情報",),
    ),
    ProcedureDraft(
        code="health_insurance", name="健康保険証（国民健康保険・後期高齢者医療）", ministry=MHLW,
        kinds=_ALL_MUNICIPALITIES, information=("健康保険証の資格情報", "医療費・給付"), is_prior=True,
    ),
    ProcedureDraft(
        code="mutual_aid", name="共済（地方公務員）", ministry=MIC,
        kinds=(*_PREFECTURE, OrganisationKind.DESIGNATED_CITY),
        information=("共済年金・組合員資格",), is_prior=True,
    ),
    ProcedureDraft(
        code="bank_account", name="公金受取口座", ministry=DIGITAL, kinds=_ALL_MUNICIPALITIES,
        information=("公金受取口座の登録",), is_prior=True,
    ),
    ProcedureDraft(
        code="national", name="年金・雇用保険・労災保険（国の機関が点検）", ministry=MHLW,
        kinds=(OrganisationKind.MINISTRY,),
        information=("年金", "雇用保険", "労災保険"),
    ),
)  # fmt: skip

_HANDLED = (("handled", Comparison.IS, "yes"),)
_LOOKUP = (*_HANDLED, ("routes", Comparison.HAS, "d"))

QUESTIONS = (
    QuestionDraft(
        code="handled", kind=QuestionKind.YES_NO, label="この事務を行っていますか。", section="事務の有無",
        hint="指定管理や委託により行っている場合も「はい」と回答してください。",
    ),
    QuestionDraft(
        code="duty", kind=QuestionKind.YES_NO, label="本人に番号の届出義務がありますか。", section="番号の取得",
        shown_when=_HANDLED,
    ),
    QuestionDraft(
        code="routes", kind=QuestionKind.MULTIPLE, label="番号をどのように取得していますか。", section="番号の取得",
        hint="当てはまるものを全て選んでください。", shown_when=_HANDLED,
        options=(
            ("a", "a 本人確認書類により確認した届出"), ("b", "b 書類による確認のない届出"),
            ("c", "c 住基システムとの自動連携"), ("d", "d J-LIS照会"), ("e", "e その他"),
        ),
    ),
    QuestionDraft(
        code="other_route", kind=QuestionKind.TEXT, label="「その他」の内容", section="番号の取得",
        shown_when=(*_HANDLED, ("routes", Comparison.HAS, "e")),
    ),
    QuestionDraft(
        code="attributes", kind=QuestionKind.MULTIPLE, label="J-LIS照会に用いている情報", section="J-LIS照会",
        shown_when=_LOOKUP,
        options=(("name", "氏名"), ("birth", "生年月日"), ("sex", "性別"), ("address", "住所")),
    ),
    QuestionDraft(
        code="address_complete", kind=QuestionKind.YES_NO, label="住所は全部を用いていますか。", section="J-LIS照会",
        hint="都道府県・市区町村名まで等、一部のみの場合は「いいえ」です。",
        shown_when=(*_LOOKUP, ("attributes", Comparison.HAS, "address")),
    ),
    QuestionDraft(
        code="identified", kind=QuestionKind.YES_NO, label="照会の結果について、本人を特定していますか。",
        section="J-LIS照会", shown_when=_LOOKUP,
        hint="基本4情報の全部で照会している場合も回答してください。",
    ),
    QuestionDraft(
        code="method", kind=QuestionKind.TEXT, label="特定の方法", section="J-LIS照会",
        hint="例：窓口で提示された住民票の写しと照合している。",
        shown_when=(*_LOOKUP, ("identified", Comparison.IS, "yes")),
    ),
    QuestionDraft(
        code="subjects", kind=QuestionKind.NUMBER, label="番号を紐付けている件数", section="件数", unit="件",
        shown_when=_HANDLED,
    ),
    QuestionDraft(
        code="mislinks", kind=QuestionKind.NUMBER, label="判明している紐付け誤りの件数", section="件数", unit="件",
        hint="ない場合は0を入力してください。", shown_when=_HANDLED,
    ),
    QuestionDraft(
        code="contact", kind=QuestionKind.TEXT, label="担当課・電話番号", section="連絡先", shown_when=_HANDLED,
    ),
)  # fmt: skip

CHECKS = (
    CheckDraft(
        question_code="mislinks", expression="mislinks <= subjects",
        message="紐付け誤りの件数が、紐付けている件数を超えています。",
    ),
    CheckDraft(
        question_code="subjects", expression="subjects > 0", severity=Severity.WARNING,
        message="事務を行っていて件数が0件です。理由を入力してください。",
    ),
)  # fmt: skip

INSPECTION = Template(procedures=PROCEDURES, questions=QUESTIONS, checks=CHECKS)

# A survey has one procedure, which stands for the body as a whole; what it asks is its author's.
WHOLE = ProcedureDraft(code=WHOLE_CODE, name="団体全体", ministry="", information=(), kinds=())
SURVEY = Template(procedures=(WHOLE,), questions=())
