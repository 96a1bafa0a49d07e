"""A cell of the matrix leads to its answer and says its state in a sign and in words, in the language of the page."""

import pytest
from bs4 import BeautifulSoup

from portal.answering.matrix import Cell
from portal.blueprints.answering.cells import CellDrawing, list_signs
from portal.campaigns.states import EntryState
from portal.core.i18n import speaking


@pytest.mark.parametrize(("locale", "words", "missing"), [("ja", "提出済", "対象外"), ("en", "Submitted", "Not asked")])
def test_a_cell_leads_to_its_answer_and_says_its_state(app, locale, words, missing):
    with app.test_request_context(), speaking(locale):
        drawn = CellDrawing(7, [3, 4]).draw({3: Cell(entry_id=90, state=EntryState.SUBMITTED)})
    asked, not_asked = BeautifulSoup(drawn, "html.parser").find_all("td")
    assert (asked.a["href"], asked.a["aria-label"]) == ("/campaigns/7/entries/90", words)
    assert not_asked.find(class_="visually-hidden").text == missing


def test_each_state_has_a_sign_of_its_own(app):
    with app.test_request_context():
        signs = list_signs()
    assert [words for _, words in signs] == [state.label() for state in EntryState]
    assert len({sign for sign, _ in signs}) == len(signs)
