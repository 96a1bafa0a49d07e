"""Forms of guidance."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.directory.roles import OrganisationKind
from portal.guidance.states import BodyClass, DeliveryRoute, GuidanceKind, GuidanceState, Nature, ResponseState
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm

_FOR_REVIEW = _l("確認・合議までに必須")
CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")


class GuidanceForm(PortalForm):
    """Everything that a drafter writes."""

    version = HiddenField()
    kind = SelectField(_l("種別"), enum=GuidanceKind)
    nature = RadioField(_l("性格"), validators=[InputRequired()], enum=Nature)
    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int, blank=_l("選択してください"), validators=[Optional()])
    title = TextField(
        _l("件名"),
        validators=[InputRequired(), Length(max=200)],
        description=_l("例：マイナンバー情報の紐付けに関する総点検の実施について（依頼）"),
    )
    sender_id = SelectField(_l("発信者の組織"), choices=[], coerce=int)
    sender_title = TextField(
        _l("発信者名"),
        validators=[Length(max=100)],
        width="long",
        description=_l("文書に記載する発信者です。例：総務省自治行政局住民制度課長"),
    )
    document_number = TextField(
        _l("文書番号"),
        validators=[Length(max=50)],
        width="medium",
        description=_l("例：総行住第78号。通知は決裁までに必要です。事務連絡には付けられません。"),
    )
    origin_ministry_id = SelectField(
        _l("所管府省"), choices=[], coerce=int, blank=_l("総務省のみ"), validators=[Optional()]
    )
    addressee_line = TextAreaField(
        _l("宛名"),
        needed=_FOR_REVIEW,
        validators=[Length(max=200)],
        rows=2,
        description=_l("例：各都道府県知事・各市区町村長　殿（課あては「御中」）"),
    )
    seal_omitted = CheckboxField(_l("発信者名の下に「（公印省略）」と記載する"))
    asks_passing_on = CheckboxField(_l("管内市区町村への周知をお願いする一文を記載する"))
    body = TextAreaField(
        _l("本文"),
        needed=_FOR_REVIEW,
        validators=[Length(max=50000)],
        rows=18,
        markdown=True,
        description=_l("前文の後に「記」だけの行を置くと中央に、「以上」だけの行は右に寄せて印刷されます。"),
    )
    legal_basis = TextAreaField(_l("法的根拠"), validators=[Length(max=200)], rows=2)
    contact = TextAreaField(
        _l("照会先"),
        needed=_FOR_REVIEW,
        validators=[Length(max=500)],
        rows=4,
        description=_l("担当係、担当者、電話番号、メールアドレス"),
    )
    required_action = TextAreaField(
        _l("団体がすること"),
        needed=_FOR_REVIEW,
        validators=[Length(max=300)],
        rows=2,
        description=_l("一文で書きます。例：点検結果を様式1により報告すること"),
    )
    reply_due_on = DateField(_l("回答期限"))
    short_due_reason = TextAreaField(
        _l("短い期限とする理由"),
        validators=[Length(max=500)],
        rows=2,
        description=_l("期限まで3営業日に満たない場合に、決裁者が確認します。"),
    )
    difference = TextAreaField(
        _l("前回との差"),
        needed=_FOR_REVIEW,
        validators=[Length(max=300)],
        rows=2,
        description=_l("前回の通知等から変わった点。初めてのときは「新規」"),
    )
    concerned_sections = TextField(
        _l("関係する課"),
        needed=_FOR_REVIEW,
        validators=[Length(max=200)],
        description=_l("例：住民基本台帳担当課、番号制度担当課"),
    )
    files = MultipleFileField(_l("別添・様式を追加する"))
    route = SelectField(
        _l("送り方"),
        enum=DeliveryRoute,
        default=DeliveryRoute.DIRECT,
        validators=[Optional()],
        description=_l(
            "県経由では、都道府県が鑑文を付けて管内に転送します。1営業日たっても転送されないときは、自動で届けます。"
        ),
    )
    kinds = CheckboxesField(_l("宛先の種別"), choices=[])
    prefectures = CheckboxesField(_l("都道府県の区域で限る"), choices=[], description=_l("選ばなければ全国です。"))
    core_cities = CheckboxField(_l("中核市を加える"))
    include = TextAreaField(
        _l("個別に加える団体のコード"),
        validators=[Length(max=15000)],
        rows=3,
        description=_l("団体コード6桁を空白か改行で区切ります。"),
    )
    exclude = TextAreaField(
        _l("除く団体のコード"),
        validators=[Length(max=15000)],
        rows=3,
        description=_l("団体コード6桁を空白か改行で区切ります。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class StepForm(PortalForm):
    """A step without words of its own; carries the version that was seen."""

    version = HiddenField()


class SendForReviewForm(StepForm):
    """Whom to ask before the approval."""

    check = CheckboxField(_l("決裁の前に、同じ所属の別の人の照査を求める"))
    organisations = CheckboxesField(
        _l("合議先"), choices=[], coerce=int, description=_l("選んだ所属の長が、決裁の前に異議の有無を登録します。")
    )


class ApproveForm(StepForm):
    """Approval: the number, and the reason of a short due date."""

    document_number = TextField(
        _l("文書番号"), validators=[Length(max=50)], width="medium", description=_l("例：総行住第78号")
    )
    short_due_reason = TextAreaField(_l("短い期限とする理由"), validators=[Length(max=500)], rows=3)
    overruled_reason = TextAreaField(_l("異議があっても決裁する理由"), validators=[Length(max=1000)], rows=3)
    my_number_confirmed = CheckboxField(CONFIRMED)


class IssueForm(StepForm):
    """Issue: the fingerprint of the addressees that were seen."""

    fingerprint = HiddenField()
    seen = HiddenField()
    short_due_reason = TextAreaField(_l("短い期限とする理由"), validators=[Length(max=500)], rows=3)
    my_number_confirmed = CheckboxField(CONFIRMED)


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=1000)], rows=4)
    my_number_confirmed = CheckboxField(CONFIRMED)


def section_example(kind: OrganisationKind) -> str:
    """The hint at the section that receives, as bodies of this kind name theirs."""
    examples = {
        OrganisationKind.PREFECTURE: gettext("例：市町村課"),
        OrganisationKind.ASSOCIATION: gettext("例：総務部"),
        OrganisationKind.MINISTRY: gettext("例：総務課"),
    }
    return str(examples.get(kind) or gettext("例：市民課"))


class ReceiveForm(PortalForm):
    """Receipt by a section under the body's own number."""

    section_name = TextField(_l("受領する所属"), validators=[InputRequired(), Length(max=100)], width="long")
    receipt_number = TextField(
        _l("収受番号"),
        validators=[Length(max=50)],
        width="medium",
        description=_l(
            "団体の文書管理の番号。後の取り違えを防ぐために記録します。未定なら空欄で受領し、後で追記できます。"
        ),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class RespondForm(PortalForm):
    """What the body did."""

    state = RadioField(
        _l("対応の状況"),
        validators=[InputRequired()],
        choices=[],
        coerce=ResponseState,
        hints={
            "not_applicable": _l("該当しない理由を書きます。"),
            "done": _l("対応した内容を書くか、資料を添付します。"),
            "replied": _l("回答の内容を書くか、様式を添付します。"),
            "partial": _l("回答していない部分とその理由、残りの予定日を書きます。"),
            "pending": _l("まだ回答できない理由と、予定日を書きます。"),
        },
    )
    text = TextAreaField(_l("内容・理由"), validators=[Length(max=4000)], rows=6)
    expected_on = DateField(_l("（残りの）回答の予定日"), description=_l("一部回答・回答保留のときに入力します。"))
    files = MultipleFileField(_l("資料・様式"))
    my_number_confirmed = CheckboxField(CONFIRMED)


class GuidanceFilterForm(FilterForm):
    """What to list."""

    words = SearchField(_l("件名・文書番号"), validators=[Length(max=100)])
    kind = SelectField(_l("種別"), enum=GuidanceKind, blank=_l("すべて"), validators=[Optional()])
    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int, blank=_l("すべて"), validators=[Optional()])
    sender_id = SelectField(_l("発信者"), choices=[], coerce=int, blank=_l("すべて"), validators=[Optional()])
    state = SelectField(_l("状態"), enum=GuidanceState, blank=_l("発出済"), validators=[Optional()])
    waiting = SelectField(_l("自団体の状況"), choices=[], blank=_l("すべて"), validators=[Optional()])


class RecipientFilterForm(FilterForm):
    """Which recipients to list."""

    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), validators=[Optional()])
    body_class = SelectField(_l("団体の種別"), enum=BodyClass, blank=_l("すべて"), validators=[Optional()])
    fact = SelectField(_l("状況"), choices=[], blank=_l("すべて"), validators=[Optional()])
