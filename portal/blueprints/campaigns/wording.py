"""Conditions and kinds of bodies as people read them."""

import json
from collections.abc import Mapping, Sequence

from flask_babel import gettext

from portal.blueprints.guidance.composing import locale
from portal.campaigns.answers import labels_of
from portal.campaigns.models import Procedure, Question
from portal.campaigns.states import Comparison
from portal.core.i18n import N_
from portal.directory.roles import OrganisationKind

_SENTENCES = {
    Comparison.IS: N_("「%(asked)s」が「%(value)s」のとき"),
    Comparison.IS_NOT: N_("「%(asked)s」が「%(value)s」以外のとき"),
    Comparison.HAS: N_("「%(asked)s」で「%(value)s」を選んだとき"),
    Comparison.HAS_NOT: N_("「%(asked)s」で「%(value)s」を選んでいないとき"),
    Comparison.AT_LEAST: N_("「%(asked)s」が%(value)s以上のとき"),
    Comparison.FILLED: N_("「%(asked)s」に回答があるとき"),
}


def conditions_of(questions: Sequence[Question]) -> dict[str, list[str]]:
    """In which cases each question is asked, by its code; those that are always asked are not there."""
    by_code = {each.code: each for each in questions}
    return {
        each.code: [in_words(by_code, code, Comparison(how), value) for code, how, value in each.shown_when]
        for each in questions
        if each.shown_when
    }


def in_words(by_code: Mapping[str, Question], code: str, how: Comparison, value: str) -> str:
    """One condition: 「この事務を行っていますか。」が「はい」のとき."""
    asked = by_code.get(code)
    labels = dict(labels_of(asked)) if asked is not None else {}
    label = asked.label.rstrip("。") if asked is not None else code
    return str(gettext(_SENTENCES[how], asked=label, value=gettext(labels[value]) if value in labels else value))


def condition_data(question: Question) -> str:
    """The conditions for the page's own script, which hides what is not asked."""
    return json.dumps(question.shown_when, ensure_ascii=False)


def kinds_in_words(procedure: Procedure) -> str:
    """Which bodies may handle the procedure; empty for all that are addressed."""
    words = [kind.label(locale()) for kind in OrganisationKind if kind.value in procedure.kinds]
    if procedure.includes_core_cities:
        words.append(gettext("中核市"))
    return str(gettext("、")).join(words)
