"""Forms of the directory."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from portal.directory.roles import OrganisationKind
from portal.web.fields import CheckboxField, SearchField, SelectField
from portal.web.forms import FilterForm


class DirectorySearchForm(FilterForm):
    """What to look for in the directory."""

    q = SearchField(
        _l("名称・よみ・団体コード・郡"),
        validators=[Optional(), Length(max=100)],
        width="long",
        description=_l("例：上越、じょうえつ、152226"),
    )
    kind = SelectField(_l("種別"), enum=OrganisationKind, blank=_l("すべて"), validators=[Optional()])
    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), validators=[Optional()])
    past = CheckboxField(_l("廃止・合併した団体も含める"))
