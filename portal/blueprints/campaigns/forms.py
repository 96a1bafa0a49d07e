"""Forms of campaigns: their content, procedures, questions and checks, and the steps to publication."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.campaigns.states import CampaignKind, Comparison, QuestionKind, Severity
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import PortalForm

CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
CONDITIONS = (1, 2, 3)
_FOR_TABLES = _l("表では必須")
_FOR_PUBLICATION = _l("公開までに必要")
_CHOICES = _l("1行に1つ書きます。「値 名称」の形で値を決めることもできます。例：電子申請　　例：a 窓口での届出")


class ContentForm(PortalForm):
    """Everything that is said of a campaign; ``seen`` is what stood there when the writer began."""

    seen = HiddenField()
    title = TextField(
        _l("件名"), validators=[InputRequired(), Length(max=200)], description=_l("例：紐付けの実態調査（第2回）")
    )
    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int)
    purpose = TextAreaField(
        _l("目的"),
        validators=[Length(max=4000)],
        rows=4,
        needed=_FOR_PUBLICATION,
        description=_l("何のために尋ね、回答を何に使うかを書きます。"),
    )
    ministry_ids = CheckboxesField(_l("依頼元の府省"), choices=[], coerce=int)
    legal_basis = TextField(
        _l("法的根拠"), validators=[Length(max=300)], description=_l("例：地方自治法第245条の4に基づく技術的助言")
    )
    document_number = TextField(
        _l("依頼の文書番号"),
        validators=[Length(max=50)],
        width="medium",
        description=_l("通知等として発出した依頼の番号。団体の回答書に引用されます。例：総行住第99号"),
    )
    requested_on = DateField(_l("依頼の文書の日付"))
    contact = TextAreaField(
        _l("照会先"),
        validators=[Length(max=1000)],
        rows=3,
        needed=_FOR_PUBLICATION,
        description=_l("担当係、担当者、電話番号、メールアドレス。"),
    )
    survey_due_on = DateField(_l("回答期限"), needed=_FOR_PUBLICATION)
    interim_on = DateField(_l("中間報告の日"))
    final_on = DateField(_l("最終報告の日"))
    rule = SelectField(_l("判定の基準"), choices=[], blank=_l("判定しない"), validators=[Optional()])
    juki_exceptions = TextAreaField(
        _l("住基自動連携でも点検する団体のコード"),
        validators=[Length(max=10000)],
        rows=2,
        description=_l("団体コード6桁を空白か改行で区切ります。通常は空欄です。"),
    )
    is_drill = CheckboxField(
        _l("訓練として行う"), description=_l("画面に「訓練」と表示し、集計にも含めません。操作の練習に使います。")
    )
    again_reason = TextAreaField(
        _l("改めて調査する理由"),
        validators=[Length(max=1000)],
        rows=2,
        description=_l("同じテーマの調査が1年以内にあるときに必要です。団体にも表示されます。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class NewCampaignForm(ContentForm):
    """The same of one that is not there yet."""

    kind = HiddenField()
    previous = HiddenField()


class SurveyForm(PortalForm):
    """A light survey on one page; its questions are fields of their own (see surveys.py)."""

    title = TextField(
        _l("件名"), validators=[InputRequired(), Length(max=200)], description=_l("例：標準化の移行時期の調査")
    )
    purpose = TextAreaField(_l("目的"), validators=[InputRequired(), Length(max=4000)], rows=2)
    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int)
    scope = RadioField(_l("対象（団体）"), choices=[], validators=[InputRequired()])
    survey_due_on = DateField(_l("回答期限"), validators=[InputRequired()])
    contact = TextAreaField(_l("照会先"), validators=[InputRequired(), Length(max=1000)], rows=2)
    is_drill = CheckboxField(_l("訓練として行う"))
    my_number_confirmed = CheckboxField(CONFIRMED)


class ProcedureForm(PortalForm):
    """A procedure 事務."""

    seen = HiddenField()
    name = TextField(_l("事務の名称"), validators=[InputRequired(), Length(max=100)], description=_l("例：児童手当"))
    ministry_id = SelectField(_l("所管"), choices=[], coerce=int, blank=_l("指定しない"), validators=[Optional()])
    kinds = CheckboxesField(
        _l("この事務を行う団体の種別"), choices=[], description=_l("選ばなければ、対象の団体の全てが行う事務です。")
    )
    includes_core_cities = CheckboxField(_l("中核市を加える"))
    is_always = CheckboxField(
        _l("必ず個別データを点検する事務"), description=_l("2023年8月の基準では、取得方法にかかわらず点検します。")
    )
    is_prior = CheckboxField(
        _l("先行して点検済の事務"), description=_l("別の点検で確認しているため、判定では除きます。")
    )
    information = TextAreaField(
        _l("マイナポータルで確認できる情報"),
        validators=[Length(max=2000)],
        rows=3,
        description=_l("1行に1つ書きます。"),
    )
    code = TextField(
        _l("コード"),
        validators=[Length(max=32)],
        width="medium",
        description=_l("空欄なら自動で付きます。様式や集計で事務を指すときに使います。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class QuestionForm(PortalForm):
    """One question; the conditions are fields of their own (when1_code …)."""

    seen = HiddenField()
    label = TextField(
        _l("設問"),
        validators=[InputRequired(), Length(max=200)],
        description=_l("例：申請の受付方法を選んでください。"),
    )
    kind = RadioField(
        _l("回答の形"),
        validators=[InputRequired()],
        enum=QuestionKind,
        default=QuestionKind.TEXT,
        hints={
            "number": _l("0以上の整数。全角や桁区切りでも入力できます。"),
            "date": _l("「令和8年11月30日」「R8.11.30」でも入力できます。"),
            "table": _l("行と列に整数を入力します。必須のときは、全ての欄に入力します。"),
            "calculated": _l("ほかの設問の数から計算します。団体は入力しません。"),
        },
    )
    options = TextAreaField(
        _l("選択肢"), validators=[Length(max=20000)], rows=5, needed=_l("選ぶ形では必須"), description=_CHOICES
    )
    rows = TextAreaField(
        _l("表の行"), validators=[Length(max=20000)], rows=4, needed=_FOR_TABLES, description=_l("1行に1つ書きます。")
    )
    columns = TextAreaField(
        _l("表の列"), validators=[Length(max=20000)], rows=3, needed=_FOR_TABLES, description=_l("1行に1つ書きます。")
    )
    unit = TextField(
        _l("単位"),
        validators=[Length(max=20)],
        width="short",
        description=_l("数、表、自動計算の単位です。例：件、人、％"),
    )
    formula = TextField(
        _l("計算式"),
        validators=[Length(max=300)],
        needed=_l("自動計算では必須"),
        description=_l(
            "設問のコードと + - * / を使います。表の合計は total(コード) です。"
            '例：q2 + q3　　例：total(q4)　　例：total(q4, "c1")（列の合計）'
        ),
    )
    asks_reason_for = SelectField(
        _l("理由を尋ねる回答"),
        choices=[("yes", _l("はい")), ("no", _l("いいえ"))],
        blank=_l("尋ねない"),
        validators=[Optional()],
        description=_l("「はい・いいえ」の設問で、理由も書いてもらうときに選びます。"),
    )
    is_required = CheckboxField(_l("必ず回答してもらう"), default=True)
    hint = TextAreaField(
        _l("説明・記入例"),
        validators=[Length(max=500)],
        rows=2,
        description=_l("設問の下に表示されます。例：3月末日現在"),
    )
    section = TextField(
        _l("区分"),
        validators=[Length(max=100)],
        width="long",
        description=_l("設問の上に付ける見出しです。同じ区分の設問の次に並びます。"),
    )
    procedure_id = SelectField(
        _l("尋ねる事務"), choices=[], coerce=int, blank=_l("すべての事務"), validators=[Optional()]
    )
    when1_code = SelectField(_l("条件1：設問"), choices=[], blank=_l("条件なし"), validators=[Optional()])
    when1_how = SelectField(_l("条件1：比べ方"), enum=Comparison, default=Comparison.IS)
    when1_value = TextField(_l("条件1：値"), validators=[Length(max=100)], width="medium")
    when2_code = SelectField(_l("条件2：設問"), choices=[], blank=_l("条件なし"), validators=[Optional()])
    when2_how = SelectField(_l("条件2：比べ方"), enum=Comparison, default=Comparison.IS)
    when2_value = TextField(_l("条件2：値"), validators=[Length(max=100)], width="medium")
    when3_code = SelectField(_l("条件3：設問"), choices=[], blank=_l("条件なし"), validators=[Optional()])
    when3_how = SelectField(_l("条件3：比べ方"), enum=Comparison, default=Comparison.IS)
    when3_value = TextField(_l("条件3：値"), validators=[Length(max=100)], width="medium")
    code = TextField(
        _l("コード"),
        validators=[Length(max=31)],
        width="medium",
        description=_l("空欄なら自動で付きます（q1、q2…）。計算や確認、様式で設問を指すときに使います。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class CheckForm(PortalForm):
    """A check within or across answers."""

    seen = HiddenField()
    question_code = SelectField(
        _l("表示する設問"), choices=[], description=_l("満たさないとき、この設問に文が出ます。")
    )
    expression = TextField(
        _l("満たすべき式"),
        validators=[InputRequired(), Length(max=300)],
        description=_l('設問のコードを使います。例：q3 <= q2　　例：q2 > 0 or q1 == "no"　　例：total(q4) == q2'),
    )
    message = TextField(
        _l("満たさないときに表示する文"),
        validators=[InputRequired(), Length(max=300)],
        description=_l("例：誤りの件数が、全体の件数を超えています。"),
    )
    severity = RadioField(
        _l("扱い"), enum=Severity, default=Severity.ERROR, hints={"warning": _l("理由を入力すれば提出できます。")}
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class StepForm(PortalForm):
    """A step without words of its own; carries the version that was seen."""

    version = HiddenField()


class SeenForm(PortalForm):
    """Keep what was tried, over what was seen."""

    seen = HiddenField()


class AskAgainForm(StepForm):
    """Ask for the publication of a campaign that asks what was asked within a year: say why."""

    again_reason = TextAreaField(
        _l("改めて調査する理由"),
        validators=[InputRequired(_l("改めて調査する理由を入力してください。")), Length(max=1000)],
        rows=3,
        description=_l("団体にも表示します。"),
    )


class SendBackForm(StepForm):
    """Send it back to its author."""

    reason = TextAreaField(_l("差し戻す理由"), validators=[InputRequired(), Length(max=1000)], rows=4)


class ExtendForm(StepForm):
    """A later due for all."""

    due_on = DateField(_l("新しい回答期限"), validators=[InputRequired()])
    reason = TextAreaField(
        _l("延ばす理由"), validators=[InputRequired(), Length(max=1000)], rows=3, description=_l("団体にも表示します。")
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class SheetForm(PortalForm):
    """A question set as an Excel file."""

    sheet = FileField(_l("設問のExcelファイル"), requirement=False, accept=(".xlsx",), max_bytes=2 * 1024 * 1024)
    my_number_confirmed = CheckboxField(CONFIRMED)


class KeepSheetForm(PortalForm):
    """What was read from a file, to be kept as it was shown; ``seen`` is the set that it replaces."""

    rows = HiddenField()
    seen = HiddenField()


KINDS_OF_START = {
    CampaignKind.INSPECTION.value: CampaignKind.INSPECTION,
    CampaignKind.SURVEY.value: CampaignKind.SURVEY,
}
