"""Forms of corrections, new editions and joined papers."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FieldList
from wtforms.validators import InputRequired, Length, Optional

from portal.revisions.correcting import MOST_ERRATA, CorrectionContent, ErratumContent
from portal.web.fields import CheckboxField, HiddenField, MultipleFileField, SelectField, TextAreaField, TextField
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
_ROWS, _MORE = 4, 4


class CorrectionForm(PortalForm):
    """The reason and the lines of 正誤表; there are always some blank ones."""

    version = HiddenField()
    reason = TextAreaField(
        _l("訂正の理由"),
        validators=[InputRequired(), Length(max=500)],
        rows=2,
        description=_l("宛先の団体に表示されます。例：期限の記載に誤りがあったため"),
    )
    places = FieldList(TextField(_l("箇所")), max_entries=MOST_ERRATA)
    wrongs = FieldList(TextAreaField(_l("誤"), rows=2), max_entries=MOST_ERRATA)
    rights = FieldList(TextAreaField(_l("正"), rows=2), max_entries=MOST_ERRATA)
    files = MultipleFileField(
        _l("差し替えるファイル・追加するファイル"),
        description=_l("元のファイルはそのまま残り、訂正の資料として並べて表示されます。"),
    )
    asks_receipt = CheckboxField(
        _l("宛先の団体に、もう一度受領を求める"),
        description=_l("これまでの受領の記録は残ります。軽い誤記の訂正では求めないでください。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        filled = max(len(self.places), len(self.wrongs), len(self.rights))
        wanted = filled + _MORE if self.wants_rows or not self.is_submitted() else filled
        for column in (self.places, self.wrongs, self.rights):
            while len(column) < min(max(wanted, _ROWS), MOST_ERRATA):
                column.append_entry("")

    @property
    def wants_rows(self) -> bool:
        """Whether the button for more lines was pressed: nothing is stored then."""
        return "more" in request.form

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The fields line by line."""
        return list(zip(self.places, self.wrongs, self.rights, strict=True))

    @property
    def content(self) -> CorrectionContent:
        """What was typed."""
        return CorrectionContent(
            reason=self.reason.data or "",
            asks_receipt=bool(self.asks_receipt.data),
            errata=[
                ErratumContent(place=place.data or "", wrong=wrong.data or "", right=right.data or "")
                for place, wrong, right in self.lines
            ],
        )


class ReturnCorrectionForm(PortalForm):
    """Why a correction goes back."""

    version = HiddenField()
    reason = TextAreaField(_l("差し戻す理由"), validators=[InputRequired(), Length(max=500)], rows=4)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class BeginEditionForm(PortalForm):
    """What the next edition takes over."""

    keeps_files = CheckboxField(_l("別添・様式のファイルを引き継ぐ"), default=True)
    keeps_due = CheckboxField(
        _l("回答期限を引き継ぐ"),
        description=_l(
            "引き継がないときは、新しい版は期限なしで始まります。旧版の期限は、新しい版の発出とともに効力を失います。"
        ),
    )


class AbsorbForm(PortalForm):
    """A paper that the draft is to replace too."""

    chosen = SelectField(_l("加える通知等"), choices=[], blank=_l("選択してください"), validators=[Optional()])
    absorbed = TextField(
        _l("一覧にない通知等の文書番号"), validators=[Length(max=50)], description=_l("例：総行住第78号")
    )
