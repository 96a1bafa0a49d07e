"""Forms of decisions: the conditions of the list, an override, another version, the exceptions."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.decisions.overriding import LONGEST_REASON
from portal.decisions.rules.table import RULES
from portal.decisions.states import DECIDABLE, Outcome
from portal.web.fields import CheckboxField, HiddenField, RadioField, SelectField, TextAreaField
from portal.web.forms import FilterForm, PortalForm
from portal.web.locale import language


class DecisionFilterForm(FilterForm):
    """What narrows the list."""

    outcome = SelectField(_l("判定結果"), enum=Outcome, blank=_l("すべて"), default=None, validators=[Optional()])
    procedure = SelectField(
        _l("事務"), choices=[], coerce=int, blank=_l("すべて"), default=None, validators=[Optional()]
    )
    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])
    overridden = CheckboxField(_l("個別に決定したものだけ"))

    def offer(self, prefectures: list[tuple[str, str]], procedures: Sequence[tuple[int, str]]) -> None:
        """The choices; who sees one prefecture alone is not asked which."""
        self.procedure.choices = list(procedures)
        if prefectures:
            self.prefecture.choices = prefectures
        else:
            del self.prefecture


class TargetFilterForm(FilterForm):
    """What narrows the list of targets."""

    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])


class OverrideForm(PortalForm):
    """Decided otherwise than by the rule, and why."""

    seen = HiddenField()
    outcome = RadioField(_l("決定"), choices=[], coerce=Outcome, validators=[InputRequired()])
    reason = TextAreaField(
        _l("理由"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
        rows=4,
        description=_l("団体、都道府県、リエゾンにも表示されます。"),
    )
    my_number_confirmed = CheckboxField(_l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました"))

    def offer(self, now: Outcome, by_rule: Outcome | None = None) -> None:
        """Every outcome that a person may choose but the one that stands; what is unanswered is never exempt."""
        refused = {now, Outcome.EXEMPT} if by_rule is Outcome.UNDETERMINED else {now}
        offered = [each for each in Outcome if each in DECIDABLE and each not in refused]
        self.outcome.choices = [(each, each.label(language())) for each in offered]
        if by_rule is Outcome.UNDETERMINED:
            self.outcome.description = gettext("回答がないため、点検不要にすることはできません。")


class TryRuleForm(FilterForm):
    """Which version to try."""

    rule = RadioField(_l("判定基準"), choices=[(rule.name, _l(rule.title)) for rule in RULES.values()])


class ChooseRuleForm(PortalForm):
    """The version that was tried is chosen."""

    version = HiddenField()
    rule = HiddenField()
    confirmed = CheckboxField(_l("変わる判定を確認しました"), validators=[InputRequired()])


class ExceptionsForm(PortalForm):
    """The bodies that linkage with the resident register does not exempt."""

    version = HiddenField()
    codes = TextAreaField(
        _l("例外とする団体のコード"),
        validators=[Length(max=15_000)],
        rows=6,
        description=_l("団体コード6桁を空白か改行で区切ります。空にすると例外はなくなります。"),
    )
