"""Forms of the administration: people, memberships, assignments and organisations."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.directory.roles import MUNICIPALITIES, AssignmentRank, OrganisationKind, Role
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    TelephoneField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm

_FROM = _l("空欄の場合は、今すぐ有効になります。")


class ConfirmedForm(PortalForm):
    """A form with texts: the box that says that digits are no My Number shows itself when it was asked for."""

    my_number_confirmed = CheckboxField(_l("12桁の番号は個人番号（マイナンバー）ではありません"))


class VersionedForm(ConfirmedForm):
    """A form that changes a row: it carries the version that was seen."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that was seen; something unreadable counts as stale."""
        text = str((self.version.raw_data or [""])[0])
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class PeopleFilterForm(FilterForm):
    """Whom to look for."""

    q = SearchField(_l("氏名・よみ・メールアドレス・団体"), validators=[Optional(), Length(max=100)], width="long")
    role = SelectField(_l("役割"), enum=Role, blank=_l("すべて"), validators=[Optional()])


class PersonFields(ConfirmedForm):
    """The facts of a person."""

    name = TextField(_l("氏名"), validators=[InputRequired(), Length(max=100)], width="long", autocomplete="off")
    kana = TextField(
        _l("フリガナ"),
        validators=[Optional(), Length(max=100)],
        width="long",
        autocomplete="off",
        description=_l("ひらがな・半角カナで入力してもカタカナで保存します。"),
    )
    email = EmailField(
        _l("メールアドレス"), validators=[InputRequired(), Length(max=254)], width="long", autocomplete="off"
    )
    phone = TelephoneField(_l("電話番号"), validators=[Optional(), Length(max=30)], width="medium", autocomplete="off")


class EditPersonForm(PersonFields, VersionedForm):
    """Change a person's facts."""


class PlaceForm(VersionedForm):
    """What somebody does in an organisation."""

    section_id = SelectField(_l("所属"), choices=[], coerce=int, blank=_l("（所属なし）"), validators=[Optional()])
    title = TextField(_l("職名"), validators=[Optional(), Length(max=50)], width="medium")
    duty_ids = CheckboxesField(
        _l("担当区分"),
        choices=[],
        coerce=int,
        validators=[Optional()],
        description=_l("通知等が届く担当を選びます。兼務の場合は複数選べます。"),
    )
    is_head = CheckboxField(_l("所属長である"))
    is_approver = CheckboxField(_l("決裁者である"), description=_l("通知等の決裁ができるようになります。"))


class GrantForm(PlaceForm):
    """Give a known person a role in an organisation."""

    role = RadioField(_l("役割"), choices=[], coerce=Role, validators=[InputRequired()])
    starts_on = DateField(_l("開始日"), validators=[Optional()], single=True, description=_FROM)


class AddMemberForm(PersonFields, GrantForm):
    """Add a person to an organisation."""

    invite = CheckboxField(
        _l("招待メールを送る"),
        default=True,
        description=_l("パスワードを設定するためのリンクが本人に届きます（有効期間は7日間）。"),
    )


class ChooseBodyForm(FilterForm):
    """The organisation for which something is wanted."""

    code = TextField(
        _l("団体コード"),
        validators=[InputRequired(), Length(max=32)],
        width="medium",
        description=_l("名簿の団体のページに表示されています。例：152226"),
    )


class EndForm(VersionedForm):
    """End something now or after a day."""

    last_day = DateField(
        _l("終了日（この日まで有効）"),
        validators=[Optional()],
        single=True,
        description=_l("空欄の場合は、今すぐ終了します。"),
    )


class SectionForm(ConfirmedForm):
    """A section of an organisation."""

    name = TextField(_l("所属の名称"), validators=[InputRequired(), Length(max=100)], width="long")
    is_general_desk = CheckboxField(_l("総合窓口である"))


class AssignForm(PortalForm):
    """Put a liaison in charge of a post."""

    membership_id = SelectField(
        _l("リエゾン"), choices=[], coerce=int, blank=_l("選んでください"), validators=[InputRequired()]
    )
    rank = RadioField(_l("区分"), enum=AssignmentRank, validators=[InputRequired()])
    starts_on = DateField(_l("開始日"), validators=[Optional()], single=True, description=_FROM)
    last_day = DateField(
        _l("終了日（この日まで有効）"),
        validators=[Optional()],
        single=True,
        description=_l("決まっていない場合は空欄にします。"),
    )


class OrganisationForm(VersionedForm):
    """The facts of an organisation."""

    name = TextField(_l("名称"), validators=[InputRequired(), Length(max=100)], width="long")
    kana = TextField(_l("フリガナ"), validators=[Optional(), Length(max=100)], width="long")
    name_en = TextField(_l("英語の名称"), validators=[Optional(), Length(max=100)], width="long")
    county = TextField(_l("郡"), validators=[Optional(), Length(max=50)], width="medium")
    is_core_city = CheckboxField(_l("中核市である"))
    population = IntegerField(
        _l("人口"), validators=[Optional(), NumberRange(min=0, max=20_000_000)], unit=_l("人"), width="medium"
    )
    population_on = DateField(_l("人口の基準日"), validators=[Optional()], single=True)
    valid_from = DateField(_l("設置日"), validators=[Optional()], single=True)
    valid_until = DateField(
        _l("廃止日"), validators=[Optional()], single=True, description=_l("この日から存在しないものとして扱います。")
    )


class NewOrganisationForm(OrganisationForm):
    """A municipality that comes into being."""

    code = TextField(
        _l("団体コード"),
        validators=[InputRequired(), Length(max=12)],
        width="medium",
        description=_l("検査数字を含む6桁。先頭2桁で都道府県が決まります。"),
    )
    kind = SelectField(
        _l("種別"),
        validators=[InputRequired()],
        coerce=OrganisationKind,
        choices=[(kind, kind.ja) for kind in OrganisationKind if kind in MUNICIPALITIES],
    )


class MergeForm(PortalForm):
    """A body passes into another."""

    successor_code = TextField(
        _l("合併後の団体の団体コード"), validators=[InputRequired(), Length(max=12)], width="medium"
    )
    effective_on = DateField(_l("合併の日"), validators=[InputRequired()], single=True)


class OrganisationFilterForm(FilterForm):
    """Which organisation to administer."""

    q = SearchField(_l("名称・よみ・団体コード"), validators=[Optional(), Length(max=100)], width="long")
