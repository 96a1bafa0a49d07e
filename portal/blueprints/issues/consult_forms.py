"""Forms of consultations: what several ministries are asked at once, and what one of them replies to each question."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.attachments.inspection import MAX_BYTES
from portal.blueprints.issues.forms import ACCEPT, CONFIRMED, LONGEST, StepForm, TextForm
from portal.directory.models import Organisation
from portal.issues.consulting import Inquiry
from portal.issues.models import Consultation, SubQuestion
from portal.web.fields import CheckboxesField, CheckboxField, DateField, MultipleFileField, TextAreaField


class ConsultForm(StepForm):
    """One question to several ministries; each may have sub-questions and a due of its own."""

    ministry_ids = CheckboxesField(_l("照会する府省"), choices=[], coerce=int, validators=[InputRequired()])
    question = TextAreaField(
        _l("照会する内容（照会先に共通）"), validators=[InputRequired(), Length(max=LONGEST)], rows=8, markdown=True
    )
    due_on = DateField(_l("回答をお願いする日"), description=_l("空欄のときは5営業日後になります。"))
    attachments = MultipleFileField(_l("添付ファイル"), accept=ACCEPT, max_bytes=MAX_BYTES)
    my_number_confirmed = CheckboxField(CONFIRMED)

    def of(self, ministry_id: int | str) -> list[Any]:
        """The fields of one ministry."""
        return [self._fields[f"questions_{ministry_id}"], self._fields[f"due_on_{ministry_id}"]]

    def has_own(self, ministry_id: int | str) -> bool:
        """Whether anything of the ministry's own was filled in, or refused."""
        return any(field.data or field.errors for field in self.of(ministry_id))

    @property
    def inquiries(self) -> list[Inquiry]:
        """What each of the chosen ministries is asked."""
        return [
            Inquiry(
                ministry_id=key,
                questions=[line for line in (self.of(key)[0].data or "").splitlines() if line.strip()],
                due_on=self.of(key)[1].data or self.due_on.data,
            )
            for key in self.ministry_ids.data or []
        ]


def make_consult_form(ministries: Sequence[Organisation], names: Sequence[str], version: int) -> ConsultForm:
    """The form with the fields of each ministry."""
    fields: dict[str, Any] = {}
    for ministry in ministries:
        fields[f"questions_{ministry.id}"] = TextAreaField(
            _l("小問"),
            rows=4,
            validators=[Length(max=11_000)],
            description=_l("1行に1問ずつ書きます。番号は自動で付きます。"),
        )
        fields[f"due_on_{ministry.id}"] = DateField(
            _l("この府省の回答期限"), description=_l("空欄のときは共通の期限になります。")
        )
    form: ConsultForm = type("ConsultMinistriesForm", (ConsultForm,), fields)(data={"version": version})
    form.ministry_ids.choices = [(row.id, name) for row, name in zip(ministries, names, strict=True)]
    return form


class ReplyForm(TextForm):
    """What a ministry replies; with sub-questions one field for each that is open."""

    @property
    def answers(self) -> dict[int, str]:
        """What is answered to which sub-question."""
        return {
            int(name.removeprefix("answer_")): str(field.data or "")
            for name, field in self._fields.items()
            if name.startswith("answer_")
        }


def make_reply_form(consultation: Consultation) -> ReplyForm:
    """The form of a ministry's reply. Without sub-questions one text; else an answer to each, now or later."""
    open_now = [each for each in consultation.questions if each.replied_at is None]
    if not consultation.questions:
        return ReplyForm()
    fields = {f"answer_{each.id}": _answer(each) for each in open_now}
    fields["text"] = TextAreaField(_l("全体についての補足"), validators=[Length(max=LONGEST)], rows=4, markdown=True)
    form: ReplyForm = type("ReplyByQuestionForm", (ReplyForm,), fields)()
    form._fields = {  # the questions in their order before what comes with any reply
        name: form._fields[name] for name in sorted(form._fields, key=lambda name: not name.startswith("answer_"))
    }
    return form


def _answer(question: SubQuestion) -> TextAreaField:
    return TextAreaField(
        gettext("問%(n)sへの回答", n=question.position),
        description=question.text,
        validators=[Length(max=LONGEST)],
        rows=5,
        markdown=True,
    )
