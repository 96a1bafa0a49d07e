"""Forms of the liaison's day: the tick, the phone note, the hearing, promises, the body's correction."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.core.events import Audience
from portal.liaison.content import LONGEST_LINE, LONGEST_NOTE, LONGEST_PROMISE, LONGEST_TEXT
from portal.liaison.states import CallOutcome, Direction, Means
from portal.web.fields import CheckboxField, DateField, HiddenField, RadioField, SelectField, TextAreaField, TextField
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
_AUDIENCES = [(Audience.PUBLIC.value, _l("団体に見せる")), (Audience.INTERNAL.value, _l("本部のみ"))]
_AUDIENCE_HINTS = {
    "public": _l("団体の相手の方に、内容の確認をお願いします。"),
    "internal": _l("団体には見えません。確認もお願いしません。"),
}
PROMISES = (1, 2, 3)


class CallForm(PortalForm):
    """How a call of the day sheet went; each button is an outcome."""

    next = HiddenField()
    outcome = TextField(_l("電話の結果"), validators=[Length(max=32)])
    again_on = DateField(_l("再架電する日"), single=True)

    @property
    def chosen(self) -> CallOutcome | None:
        """The outcome of the button that was pressed."""
        return next((each for each in CallOutcome if each.value == self.outcome.data), None)


class _PartnerForm(PortalForm):
    """With whom of the body it was, when, and what it was about."""

    partner = SelectField(
        _l("相手"), choices=[], coerce=int, blank=_l("名簿にない人（下に入力）"), validators=[Optional()]
    )
    counterpart = TextField(
        _l("相手の氏名・所属"),
        validators=[Length(max=LONGEST_LINE)],
        width="long",
        description=_l("名簿から選んだときは入力不要です。例：市民課 窓口の方"),
    )
    contacted_on = DateField(_l("日付"), single=True, validators=[InputRequired()])
    contacted_time = TextField(
        _l("時刻"), validators=[InputRequired(), Length(max=10)], width="short", description=_l("例：14:05")
    )
    about = SelectField(_l("関連する課題・照会、通知等"), choices=[], blank=_l("なし"), default="")
    audience = RadioField(
        _l("公開範囲"),
        choices=_AUDIENCES,
        default=Audience.PUBLIC.value,
        validators=[InputRequired()],
        hints=_AUDIENCE_HINTS,
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class PhoneNoteForm(_PartnerForm):
    """A call in two or three lines."""

    direction = RadioField(
        _l("どちらからの電話か"), enum=Direction, default=Direction.OUTGOING, validators=[InputRequired()]
    )
    text = TextAreaField(
        _l("メモ"),
        validators=[InputRequired(), Length(max=LONGEST_NOTE)],
        rows=4,
        description=_l("2、3行で書きます。例：点検の様式3の数え方を尋ねられた。金曜までに調べて折り返す。"),
    )
    promised_on = DateField(_l("折り返しを約束した日"), single=True)
    promise = TextField(
        _l("約束した内容"),
        validators=[Length(max=LONGEST_PROMISE)],
        width="long",
        description=_l("日を入れたときに書きます。空欄のときは「折り返しの連絡」になります。"),
    )


class HearingForm(_PartnerForm):
    """A hearing: what was seen and said, and what was promised."""

    means = RadioField(_l("方法"), enum=Means, default=Means.VISIT, validators=[InputRequired()])
    place = TextField(
        _l("場所"), validators=[Length(max=LONGEST_LINE)], width="long", description=_l("例：上越市役所 第2会議室")
    )
    participants = TextAreaField(
        _l("出席者"),
        validators=[Length(max=LONGEST_NOTE)],
        rows=3,
        description=_l("団体側と本部側を1行に1人ずつ書きます。"),
    )
    situation = TextAreaField(
        _l("状況"),
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
        rows=8,
        markdown=True,
        description=_l("体制、進み具合、困っていることの背景。例：## 点検の体制（改行）- 職員3人で対応"),
    )
    problem_points = TextAreaField(
        _l("課題"),
        validators=[Length(max=LONGEST_TEXT)],
        rows=6,
        markdown=True,
        description=_l("1件を「- 」で始めます。後で1件ずつ課題・照会にできます。例：- 手帳の番号が重複している"),
    )
    request_points = TextAreaField(
        _l("要望"),
        validators=[Length(max=LONGEST_TEXT)],
        rows=6,
        markdown=True,
        description=_l("1件を「- 」で始めます。例：- 様式の締切りを月末にしてほしい"),
    )
    promise_1 = TextField(_l("約束1の内容"), validators=[Length(max=LONGEST_PROMISE)], width="long")
    promised_on_1 = DateField(_l("約束1の期日"), single=True)
    promised_by_1 = TextField(_l("約束1の担当"), validators=[Length(max=100)], width="medium")
    promise_2 = TextField(_l("約束2の内容"), validators=[Length(max=LONGEST_PROMISE)], width="long")
    promised_on_2 = DateField(_l("約束2の期日"), single=True)
    promised_by_2 = TextField(_l("約束2の担当"), validators=[Length(max=100)], width="medium")
    promise_3 = TextField(_l("約束3の内容"), validators=[Length(max=LONGEST_PROMISE)], width="long")
    promised_on_3 = DateField(_l("約束3の期日"), single=True)
    promised_by_3 = TextField(_l("約束3の担当"), validators=[Length(max=100)], width="medium")
    internal_text = TextAreaField(
        _l("本部内の所見"),
        validators=[Length(max=LONGEST_TEXT)],
        rows=4,
        markdown=True,
        description=_l("団体には見えません。この欄があることも分かりません。"),
    )

    def promise_fields(self, number: int) -> tuple[Any, Any, Any]:
        """The three fields of a promise."""
        return self[f"promise_{number}"], self[f"promised_on_{number}"], self[f"promised_by_{number}"]


class PromiseForm(PortalForm):
    """One more promise."""

    promise = TextField(_l("約束した内容"), validators=[InputRequired(), Length(max=LONGEST_PROMISE)], width="long")
    promised_on = DateField(_l("期日"), validators=[InputRequired()], single=True)
    promised_by = TextField(
        _l("担当"), validators=[Length(max=100)], width="medium", description=_l("空欄のときは記録した人になります。")
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class CorrectionForm(PortalForm):
    """What the body says instead."""

    text = TextAreaField(
        _l("訂正・補足する内容"),
        validators=[InputRequired(), Length(max=LONGEST_NOTE)],
        rows=5,
        description=_l("リエゾンの記録はそのまま残り、この内容が並べて残ります。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
