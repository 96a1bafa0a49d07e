"""One's own facts: name, reading, telephone number and language."""

from portal.accounts.queries import get_person
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.changes import set_facts
from portal.directory.events import PersonChanged
from portal.directory.kana import fold_kana, fold_width

LOCALES = ("ja", "en")


def change_profile(
    actor: Actor, *, version: int | None, name: str, kana: str, phone: str, locale: str, confirmed: bool = False
) -> None:
    """Change one's own facts; the mail address is changed by whoever looks after the body.

    Raises Invalid at the field that breaks a rule, Conflict when somebody else changed them meanwhile.
    """
    person = get_person(actor.person_id)
    person.check_version(version)
    if not name.strip():
        raise Invalid(N_("氏名を入力してください。"), field="name")
    if locale not in LOCALES:
        raise Invalid(N_("一覧から選んでください。"), field="locale")
    for field, text in (("name", name), ("kana", kana), ("phone", phone)):
        check_text(field, text, confirmed)
    changes = set_facts(
        person,
        {"name": " ".join(name.split()), "kana": fold_kana(kana), "phone": fold_width(phone) or None, "locale": locale},
    )
    if changes:
        emit(actor, PersonChanged(person_id=person.id, changes=changes, organisation_id=actor.organisation_id))
    db.session.flush()
