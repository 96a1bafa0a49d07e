"""Forms of collections and their editions."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    HiddenField,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm

_CONFIRMED = _l("個人番号ではないことを確認しました")


class CollectionForm(PortalForm):
    """A new collection."""

    title = TextField(
        _l("題名"),
        validators=[InputRequired(), Length(max=120)],
        description=_l("例：マイナンバー紐付け総点検に関するQ&A集"),
    )
    theme = SelectField(_l("テーマ"), choices=[], coerce=int)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ArrangeForm(PortalForm):
    """A step of composing, named by the button that was pressed: up-12, drop-12, section_up-3 …"""

    version = HiddenField()


class SectionForm(PortalForm):
    """A new section, or another title for one."""

    version = HiddenField()
    title = TextField(_l("章の題名"), validators=[InputRequired(), Length(max=120)])
    my_number_confirmed = CheckboxField(_CONFIRMED)


class PrefaceForm(PortalForm):
    """What stands before the questions."""

    version = HiddenField()
    preface = TextAreaField(_l("前書き"), validators=[Optional(), Length(max=4000)], rows=5, markdown=True)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class AddableForm(FilterForm):
    """Which entries to offer."""

    words = SearchField(_l("ことば・番号"), validators=[Optional(), Length(max=100)])


class AddForm(PortalForm):
    """Which entries to add, and where."""

    version = HiddenField()
    section = SelectField(_l("加える章"), choices=[], coerce=int)
    entries = CheckboxesField(_l("加える問"), choices=[], coerce=int, validate_choice=False)


class SendEditionForm(PortalForm):
    """The confirmation that nobody can be told from the texts."""

    version = HiddenField()
    names_nobody = CheckboxField(_l("個人・団体を特定できる内容がないことを確認しました"))
