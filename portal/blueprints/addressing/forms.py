"""Forms of addressees: the rule as it is tried, its keeping, and lists of bodies."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.web.fields import CheckboxesField, CheckboxField, HiddenField, TextAreaField, TextField
from portal.web.forms import FilterForm, PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
_CODES = _l("団体コード6桁を空白か改行で区切ります。多いときは宛先リストにまとめてください。")


class RuleForm(FilterForm):
    """Every part of a rule; asked by its address, so that a tried rule changes nothing."""

    kinds = CheckboxesField(_l("種別"), choices=[])
    core_cities = CheckboxField(_l("中核市を加える"))
    received = CheckboxesField(_l("過去の通知等の宛先だった団体"), choices=[], coerce=int)
    unanswered = CheckboxesField(_l("過去の通知等に未対応の団体"), choices=[], coerce=int)
    prefectures = CheckboxesField(_l("都道府県の区域で限る"), choices=[], description=_l("選ばなければ全国です。"))
    populations = CheckboxesField(
        _l("人口区分で限る"), choices=[], description=_l("市区町村だけを限ります。選ばなければ限りません。")
    )
    lists = CheckboxesField(_l("宛先リストの団体を加える"), choices=[], coerce=int)
    include = TextAreaField(_l("個別に加える団体のコード"), validators=[Length(max=3000)], rows=3, description=_CODES)
    exclude_lists = CheckboxesField(_l("宛先リストの団体を除く"), choices=[], coerce=int)
    exclude = TextAreaField(_l("除く団体のコード"), validators=[Length(max=3000)], rows=3, description=_CODES)
    duties = CheckboxesField(
        _l("関係する担当区分"),
        choices=[],
        description=_l(
            "各団体でこの担当区分をもつ人に知らせます。いない団体では総合窓口に知らせます。選ばなければ全員です。"
        ),
    )


class KeepRuleForm(PortalForm):
    """Keep the tried rule; the version that was seen goes along."""

    version = HiddenField()


class ListForm(PortalForm):
    """A list of bodies."""

    version = HiddenField()
    name = TextField(
        _l("リストの名称"),
        validators=[InputRequired(), Length(max=60)],
        width="long",
        description=_l("例：先行実施団体、標準化の移行困難団体"),
    )
    note = TextField(_l("説明"), validators=[Length(max=300)])
    codes = TextAreaField(
        _l("団体のコード"),
        validators=[InputRequired(), Length(max=20000)],
        rows=12,
        description=_l("団体コード6桁を空白か改行で区切ります。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
