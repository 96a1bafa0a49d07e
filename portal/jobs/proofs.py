"""Making the proofs of campaigns that were asked for: the printed sheet, then the archive."""

import logging

from flask import current_app
from flask_babel import force_locale

from portal.attachments.outgoing import Archive
from portal.campaigns.models import Campaign
from portal.campaigns.queries import list_procedures, list_questions
from portal.campaigns.states import EntryState
from portal.core import clock
from portal.core.db import reading, unit_of_work
from portal.core.i18n import speaking
from portal.decisions.states import Outcome
from portal.directory.queries import list_prefectures
from portal.jobs.engine import current_engine
from portal.jobs.printing import Stopped, open_printer
from portal.jobs.renditions import paper_styles
from portal.proof.campaign_facts import count_figures
from portal.proof.campaign_packing import (
    Claim,
    claim_proof,
    get_claimed,
    give_back_proof,
    keep_proof,
    list_due_proofs,
    pack_campaign,
    record_proof_failure,
)

_log = logging.getLogger(__name__)


def make_campaign_proofs() -> None:
    """Make each proof that was asked for; one that fails stops no other."""
    with unit_of_work():
        due = list_due_proofs()
    for proof_id in due:
        if current_engine().stopping.is_set():
            return
        with unit_of_work():
            claim = claim_proof(proof_id)
        if claim is not None:
            _make(claim)


def _make(claim: Claim) -> None:
    try:
        archive, name = _pack(claim)
        with unit_of_work():
            keep_proof(claim, archive, name)
    except Stopped:
        with unit_of_work():
            give_back_proof(claim)
    except Exception as error:
        _log.exception("The proof %s could not be made", claim[0])
        with unit_of_work():
            record_proof_failure(claim, f"{type(error).__name__}: {error}")


def _pack(claim: Claim) -> tuple[Archive, str]:
    """The archive and its name; reading all of a campaign takes a while and keeps nobody from writing."""
    with reading():
        campaign = get_claimed(claim)
        name = campaign.document_number or campaign.title
        return pack_campaign(campaign, _print(campaign)), name


def _print(campaign: Campaign) -> dict[str, bytes]:
    """The sheet as PDF; as a page where nothing can print."""
    with speaking("ja"), force_locale("ja"):
        html = current_app.jinja_env.get_template("proof/campaign_sheet.html").render(
            campaign=campaign,
            procedures=list_procedures(campaign),
            questions=list_questions(campaign),
            figures=count_figures(campaign),
            prefectures={each.prefecture_code: each.name for each in list_prefectures()},
            states=list(EntryState),
            outcomes=list(Outcome),
            now=clock.now(),
        )
    with open_printer() as print_page:
        if print_page is None:
            return {"点検・調査.html": html.encode()}
        return {"点検・調査.pdf": print_page(html, paper_styles())}
