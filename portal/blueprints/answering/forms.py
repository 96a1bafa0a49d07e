"""Forms of answering, compiling, later dues of several bodies and the official reply."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.answering.matrix import BodyFilter, MatrixFilter
from portal.blueprints.campaigns.question_fields import NEEDED_TO_SUBMIT
from portal.campaigns.models import Question
from portal.campaigns.queries import ProcedureName
from portal.core.errors import Invalid
from portal.directory.queries import Prefecture
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    HiddenField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm
from portal.web.places import prefecture_choices

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
WHOLE = "whole"


class NotApplicableForm(PortalForm):
    """The procedure does not concern the body, and why."""

    reason = TextAreaField(_l("該当しない理由"), validators=[InputRequired(), Length(max=1000)], rows=4)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class PutOffForm(PortalForm):
    """When the answer is to come, and why not now."""

    until = DateField(_l("回答の予定日"), validators=[InputRequired()])
    reason = TextAreaField(_l("保留する理由"), validators=[InputRequired(), Length(max=1000)], rows=4)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ReplyForm(PortalForm):
    """The number and date of the official reply, and where the body published."""

    version = HiddenField()
    reply_number = TextField(
        _l("回答の文書番号"), validators=[Length(max=50)], width="medium", description=_l("例：上市第1024号")
    )
    reply_on = DateField(_l("回答日"))
    published_on = DateField(_l("結果を公表した日"))
    published_url = TextField(
        _l("公表したページのURL"),
        validators=[Length(max=500)],
        width="long",
        description=_l("例：https://www.example.lg.jp/"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class AssignForm(PortalForm):
    """Procedures, or parts of them, for sections of the body."""

    entry_ids = CheckboxesField(_l("事務"), validators=[InputRequired()], choices=[], coerce=int)
    parts = CheckboxesField(
        _l("設問の区分"), choices=[], description=_l("選ばないときは、事務の全ての設問を割り当てます。")
    )
    section_ids = CheckboxesField(_l("割り当てる所属"), validators=[InputRequired()], choices=[], coerce=int)
    due_on = DateField(_l("庁内の期限"))
    note = TextAreaField(_l("連絡事項"), validators=[Length(max=1000)], rows=3)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ProcedureFilterForm(FilterForm):
    """One procedure, or all of them."""

    procedure = SelectField(
        _l("事務"), choices=[], coerce=int, blank=_l("すべて"), default=None, validators=[Optional()]
    )

    def offer_procedures(self, procedures: Sequence[ProcedureName]) -> None:
        """The choices."""
        self.procedure.choices = list(procedures)


class MatrixFilterForm(ProcedureFilterForm):
    """The conditions of bodies × procedures."""

    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])
    which = SelectField(_l("状態"), enum=BodyFilter, blank=_l("すべて"), default=None, validators=[Optional()])

    def offer(self, prefectures: Sequence[Prefecture], procedures: Sequence[ProcedureName]) -> None:
        """The choices; who sees one prefecture alone is not asked which."""
        self.offer_procedures(procedures)
        if len(prefectures) > 1:
            self.prefecture.choices = prefecture_choices(prefectures)
        else:
            del self.prefecture

    def wanted(self) -> MatrixFilter:
        """What is asked for, without what cannot be read."""
        if self.is_submitted():
            self.validate()
        return MatrixFilter(
            prefecture=self.asked("prefecture"), which=self.asked("which"), procedure_id=self.asked("procedure")
        )


class ReasonsForm(PortalForm):
    """A text for each of several questions, and for the whole: why something is sent back, or right all the same."""

    my_number_confirmed = CheckboxField(_CONFIRMED)

    def reasons(self) -> dict[str, str]:
        """The texts by question code, under "" for the whole."""
        found = {
            name.removeprefix("reason_"): str(field.data or "")
            for name, field in self._fields.items()
            if name.startswith("reason_")
        }
        return found | ({"": str(self[WHOLE].data or "")} if WHOLE in self._fields else {})

    def fill(self, reasons: Mapping[str, str]) -> None:
        """On a first look: what was said before."""
        if not self.is_submitted():
            for code, text in reasons.items():
                if f"reason_{code}" in self._fields:
                    self[f"reason_{code}"].data = text

    def lay(self, invalid: Invalid) -> None:
        """At the text of the question that is named."""
        name = WHOLE if invalid.field == "reason" else f"reason_{invalid.field}"
        invalid.field = name if name in self._fields else None
        super().lay(invalid)


def make_return_form(questions: Sequence[Question]) -> ReasonsForm:
    """A form to send answers back: one reason for each question, one for the whole."""
    fields: dict[str, Any] = {
        f"reason_{each.code}": TextAreaField(_l("差し戻す理由"), validators=[Length(max=1000)], rows=2)
        for each in questions
    }
    fields[WHOLE] = TextAreaField(_l("全体を差し戻す理由"), validators=[Length(max=1000)], rows=3)
    made: type[ReasonsForm] = type("ReturnForm", (ReasonsForm,), fields)
    return made()


def make_justify_form(codes: Sequence[str]) -> ReasonsForm:
    """A form to say why answers that fail a check are right all the same."""
    fields: dict[str, Any] = {
        f"reason_{code}": TextAreaField(
            _l("この回答でよい理由"), validators=[Length(max=1000)], rows=2, needed=NEEDED_TO_SUBMIT
        )
        for code in codes
    }
    made: type[ReasonsForm] = type("JustifyForm", (ReasonsForm,), fields)
    return made()
