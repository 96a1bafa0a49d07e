"""Forms that were sent in, in each state; a factory flushes and never commits."""

import io

from portal.campaigns.models import Campaign, Question
from portal.campaigns.states import EntryState, QuestionKind
from portal.core.db import db
from portal.directory.actor import Actor
from portal.workbooks.contents import collect_form
from portal.workbooks.forms import make_form
from portal.workbooks.models import WorkbookUpload
from portal.workbooks.receiving import Received, receive_file, store_upload
from tests.factories.inspections import entry_of, make_inspection
from tests.workbooks.files import changed, filled, place_of

SHEET = "児童手当"


def make_asking() -> Campaign:
    """An inspection of 上越市 with one question that waits for its answer."""
    campaign = make_inspection(("152226",))
    entry_of(campaign).state = EntryState.BLANK
    db.session.add(Question(campaign_id=campaign.id, code="subjects", kind=QuestionKind.NUMBER, label="件数"))
    db.session.flush()
    return campaign


def send_number(actor: Actor, campaign: Campaign, number: int, *, hides: bool = False) -> Received:
    """The actor's form with a number, which waits for confirmation; with ``hides`` it is refused for a hidden row."""
    form = make_form(collect_form(actor, campaign, is_area=False))
    content = filled(form, SHEET, {place_of(form, SHEET, "subjects"): number})
    if hides:
        content = changed(content, SHEET, lambda xml: xml.replace('<row r="2"', '<row hidden="1" r="2"'))
    return receive_file(actor, campaign, file_name="様式.xlsx", stream=io.BytesIO(content))


def store_number(actor: Actor, campaign: Campaign, number: int) -> WorkbookUpload:
    """The actor's form with a number, entered."""
    received = send_number(actor, campaign, number)
    assert received.upload is not None
    assert received.plan is not None
    store_upload(actor, campaign, received.upload, fingerprint=received.plan.fingerprint)
    return received.upload
