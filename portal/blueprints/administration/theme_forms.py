"""Forms of the themes and the routing table."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.administration.forms import VersionedForm
from portal.web.fields import CheckboxField, SelectField, TextField


class TopicForm(VersionedForm):
    """What themes and sub-topics have in common."""

    name = TextField(_l("名称"), validators=[InputRequired(), Length(max=50)], width="long")
    name_en = TextField(_l("英語の名称"), validators=[InputRequired(), Length(max=80)], width="long")
    is_active = CheckboxField(
        _l("新しい課題・通知等で選べるようにする"),
        default=True,
        description=_l("外しても、これまでの記録には残ります。"),
    )


class ThemeForm(TopicForm):
    """Change a theme."""

    division_id = SelectField(
        _l("担当課"),
        choices=[],
        coerce=int,
        blank=_l("選んでください"),
        validators=[InputRequired()],
        description=_l("課題・照会の割振り先になります。"),
    )


class NewThemeForm(ThemeForm):
    """Add a theme."""

    code = TextField(
        _l("コード"),
        validators=[InputRequired(), Length(max=32)],
        width="medium",
        description=_l("半角の英小文字、数字、ハイフン。あとから変更できません。"),
    )
    letter = TextField(
        _l("番号の文字"),
        validators=[InputRequired(), Length(max=1)],
        width="short",
        description=_l("課題番号（R8-L-000123）に入る英大文字1字。あとから変更できません。"),
    )


class SubTopicForm(TopicForm):
    """A sub-topic."""

    division_id = SelectField(
        _l("担当課"), choices=[], coerce=int, blank=_l("テーマの担当課に従う"), validators=[Optional()]
    )
