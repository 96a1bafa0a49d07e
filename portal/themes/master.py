"""Loading of the themes, sub-topics and the routing table from the files beside it."""

from pathlib import Path

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.master import rows_of
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.themes.models import RoutingRule, SubTopic, Theme

_DATA = Path(__file__).parent / "data"


def load_themes() -> int:
    """Add the themes with their sub-topics and routes when there are none yet; return how many themes were added."""
    if db.session.scalar(sa.select(sa.func.count(Theme.id))):
        return 0
    divisions = dict(
        db.session.execute(
            sa.select(Organisation.code, Organisation.id).where(Organisation.kind == OrganisationKind.DIVISION)
        ).all()
    )
    themes: dict[str, Theme] = {}
    for position, row in enumerate(rows_of(_DATA / "themes.csv")):
        theme = Theme(
            code=row["code"], letter=row["letter"], name=row["name"], name_en=row["name_en"], position=position
        )
        themes[row["code"]] = theme
        db.session.add(theme)
        db.session.add(RoutingRule(theme=theme, division_id=divisions[row["division"]]))
    for position, row in enumerate(rows_of(_DATA / "sub_topics.csv")):
        sub_topic = SubTopic(theme=themes[row["theme"]], name=row["name"], name_en=row["name_en"], position=position)
        db.session.add(sub_topic)
        db.session.add(RoutingRule(theme=sub_topic.theme, sub_topic=sub_topic, division_id=divisions[row["division"]]))
    db.session.flush()
    return len(themes)
