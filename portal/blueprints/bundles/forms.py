"""Forms of bundles, replies to many and splitting; those of the answers ask whom they are meant for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.issues.forms import ProvisionalAnswerForm, QuoteForm, ReasonForm, TextForm
from portal.bundles.states import Scope
from portal.core.events import Audience
from portal.issues.states import Leak, Urgency
from portal.web.fields import (
    CheckboxField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")


class ScopeFields(PortalForm):
    """Whom an answer on a bundled issue is meant for: to be chosen, never assumed. ``meant`` carries the preview."""

    version = HiddenField()
    scope = RadioField(_l("だれに伝えますか"), choices=[], coerce=Scope, validators=[InputRequired()])
    meant = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_overtaken = False

    @property
    def status(self) -> int:
        """409 when the bundle is no longer what was previewed."""
        return 409 if self.is_overtaken else super().status


class OfficialForm(ScopeFields, TextForm):
    """An official answer."""

    draft_version = HiddenField()


class ProvisionalForm(ScopeFields, ProvisionalAnswerForm):
    """A provisional answer."""

    draft_version = HiddenField()


class ReturnForm(ScopeFields, ReasonForm):
    """A request for information."""


class QuotingForm(ScopeFields, QuoteForm):
    """An answer that quotes what is published."""

    draft_version = HiddenField()


class TieForm(PortalForm):
    """The numbers of issues that ask the same."""

    numbers = TextAreaField(
        _l("束ねる課題・照会の番号"),
        validators=[InputRequired(), Length(max=12_000)],
        rows=6,
        description=_l(
            "1行に1件ずつ書きます（例：R8-L-000123）。最初の番号が束の代表になります。"
            "既に束に入っているものがあれば、その束に加えます。"
        ),
    )


class BulkForm(PortalForm):
    """A text for many issues. Whom it is shown to comes first."""

    audience = RadioField(
        _l("だれに見せる文ですか"),
        choices=[(Audience.PUBLIC, _l("団体に公開する返信")), (Audience.INTERNAL, _l("内部メモ（本部のみ）"))],
        coerce=Audience,
        validators=[InputRequired()],
        hints={
            "public": _l("それぞれの団体と、共有している都道府県、本部に見えます。ほかの団体への返信は見えません。"),
            "internal": _l("本部だけに見えます。"),
        },
    )
    numbers = TextAreaField(
        _l("送る課題・照会の番号"),
        validators=[InputRequired(), Length(max=12_000)],
        rows=4,
        description=_l("1行に1件ずつ書きます（例：R8-L-000123）。一覧で選んで開くと、選んだものが入ります。"),
    )
    text = TextAreaField(
        _l("本文"),
        validators=[InputRequired(), Length(max=20_000)],
        rows=10,
        description=_l(
            "{団体名}、{番号}、{期限}、{氏名}と書いた所には、課題・照会ごとの団体の名前、番号、期限、提出した人の氏名が入ります。"
        ),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
    frozen = HiddenField()
    offered = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_overtaken = False

    @property
    def status(self) -> int:
        """409 when what was previewed is no longer what would be sent."""
        return 409 if self.is_overtaken else super().status


class SplitForm(PortalForm):
    """The new issue that part of another becomes."""

    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int, validators=[InputRequired()])
    sub_topic_id = SelectField(_l("細目"), choices=[], coerce=int, blank=_l("選択しない"), validators=[Optional()])
    title = TextField(
        _l("件名"), validators=[InputRequired(), Length(max=120)], description=_l("分ける内容が分かる一文で書きます。")
    )
    body = TextAreaField(
        _l("状況・確認したいこと"),
        validators=[InputRequired(), Length(max=20_000)],
        rows=12,
        markdown=True,
        description=_l("引用した文のうち、分ける部分だけを残します。この文は提出した団体に見えます。"),
    )
    impact_count = IntegerField(
        _l("対象件数"),
        validators=[Optional()],
        unit=_l("件"),
        width="medium",
        description=_l("分からなければ空欄のままで構いません。"),
    )
    leak = RadioField(_l("個人情報の漏えいの有無"), enum=Leak, validators=[InputRequired()])
    urgency = RadioField(_l("緊急度"), enum=Urgency, validators=[InputRequired()])
    my_number_confirmed = CheckboxField(_CONFIRMED)
