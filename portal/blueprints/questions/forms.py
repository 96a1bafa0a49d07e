"""The form that names a place other than a paragraph."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from portal.questions.service import LONGEST_PLACE
from portal.web.fields import HiddenField, SelectField, TextField
from portal.web.forms import FilterForm


class PlaceForm(FilterForm):
    """A file of the paper and where in it; it leads to the form of the issue."""

    guidance = HiddenField()
    file = SelectField(_l("別添・様式"), choices=[], coerce=int, blank=_l("選択しない"), validators=[Optional()])
    place = TextField(
        _l("箇所"),
        validators=[Length(max=LONGEST_PLACE)],
        width="long",
        description=_l("例：様式1のB列、別添2の3ページ"),
    )
