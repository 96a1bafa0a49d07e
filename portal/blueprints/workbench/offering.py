"""What the queue offers to do with several chosen issues."""

from flask_babel import gettext

from portal.blueprints.issues.composing import locale
from portal.bundles import policy as bundles_policy
from portal.directory.actor import Actor
from portal.workbench import bulk

# Pages of bundles that take the chosen issues in their address.
ELSEWHERE = {"bundle": "bundles.tie", "reply": "bundles.bulk_reply"}


def list_offers(actor: Actor) -> list[tuple[str, str]]:
    """(value, label) of everything that somebody of this role may do with chosen issues."""
    offers = [(action.value, action.label(locale())) for action in bulk.list_steps(actor)]
    if bundles_policy.can_bundle(actor):
        offers.append(("bundle", gettext("束ねる")))
    if bundles_policy.can_write_bulk(actor):
        offers.append(("reply", gettext("一括返信")))
    return offers
