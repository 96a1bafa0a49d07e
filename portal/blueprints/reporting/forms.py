"""Forms of reports."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.core.i18n import N_
from portal.reporting.reports import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE, ReportTexts
from portal.reporting.states import ReportKind
from portal.web.fields import CheckboxField, DateField, HiddenField, RadioField, SelectField, TextAreaField, TextField
from portal.web.forms import FilterForm, PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
_MARKDOWN = _l("Markdownで書けます。")


class DraftReportForm(PortalForm):
    """What a report is to tell, and as of when."""

    kind = RadioField(_l("報告の種類"), enum=ReportKind, validators=[InputRequired()], default=ReportKind.INTERIM)
    as_of = DateField(
        _l("基準日"),
        validators=[InputRequired()],
        description=_l(
            "この日までの進捗を集計し、数字を固定します。後から登録された進捗は、集計し直すまで含まれません。"
        ),
    )
    previous_on = DateField(
        _l("増加を数える起点の日"),
        validators=[Optional()],
        description=_l("空欄のときは、前回公表した報告の基準日（なければ前回の進捗の基準日）からの増加を数えます。"),
    )
    reason = TextAreaField(
        _l("訂正の理由"),
        validators=[InputRequired(N_("訂正の理由を入力してください。")), Length(max=LONGEST_REASON)],
        rows=3,
        description=_l("公表した報告は変わりません。訂正した報告と、この理由が並べて表示されます。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class EditReportForm(PortalForm):
    """The texts of a report."""

    version = HiddenField()
    title = TextField(_l("表題"), validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    intro = TextAreaField(
        _l("はじめに"),
        validators=[Length(max=LONGEST_TEXT)],
        rows=6,
        description=_l("目的、経緯など。Markdownで書けます。"),
    )
    findings = TextAreaField(_l("結果と評価"), validators=[Length(max=LONGEST_TEXT)], rows=10, description=_MARKDOWN)
    next_steps = TextAreaField(_l("今後の対応"), validators=[Length(max=LONGEST_TEXT)], rows=6, description=_MARKDOWN)
    my_number_confirmed = CheckboxField(_CONFIRMED)

    @property
    def texts(self) -> ReportTexts:
        """What was typed."""
        return ReportTexts(
            title=self.title.data or "",
            intro=self.intro.data or "",
            findings=self.findings.data or "",
            next_steps=self.next_steps.data or "",
        )


class StepForm(PortalForm):
    """A step without a text of its own."""

    version = HiddenField()


class FiguresForm(FilterForm):
    """As of when figures are counted, and since when they are called new."""

    as_of = DateField(_l("基準日"), validators=[Optional()])
    since = DateField(_l("増加を数える起点の日"), validators=[Optional()])


class LateForm(FilterForm):
    """Which bodies are listed."""

    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])


class PublicationForm(FilterForm):
    """Which bodies are listed."""

    missing = CheckboxField(_l("まだ公表していない誤りのある団体だけ"))
