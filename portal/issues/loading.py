"""What is loaded with an issue for a list or a row of the queue."""

from typing import Any

from sqlalchemy import orm

from portal.directory.models import Organisation
from portal.issues.models import Issue


def loaded_for_lists() -> tuple[orm.interfaces.LoaderOption, ...]:
    """What a row of a list names, loaded with it."""
    return (
        orm.joinedload(Issue.organisation),
        orm.joinedload(Issue.holder_organisation),
        orm.joinedload(Issue.theme),
        orm.joinedload(Issue.division),
        orm.joinedload(Issue.post),
        orm.joinedload(Issue.clock),
    )


def loaded_for_rows() -> tuple[orm.interfaces.LoaderOption, ...]:
    """What a row of the queue shows, and no more: fifty of them stand on a page, and a text may be long."""
    return (
        orm.defer(Issue.body, raiseload=True),
        orm.defer(Issue.tried, raiseload=True),
        named(Issue.organisation),
        named(Issue.holder_organisation),
        orm.joinedload(Issue.theme),
        orm.joinedload(Issue.clock),
    )


def named(party: orm.QueryableAttribute[Any]) -> orm.interfaces.LoaderOption:
    """The organisation of a relationship with what its name and links are made of."""
    return orm.joinedload(party).load_only(
        Organisation.code,
        Organisation.kind,
        Organisation.name,
        Organisation.name_en,
        Organisation.prefecture_code,
        raiseload=True,
    )
