"""What somebody may not see answers 404 with the same bytes as what does not exist."""

import re

import pytest

from tests.access.world import VIEWERS

_CHANGING = re.compile(
    r'(name="(?:csrf_token|form_key)" (?:type="hidden" )?value="|data-csrf="| nonce=")[^"]*"|(nonce-)[^\']*'
)
_WITHOUT_PAGE = frozenset({"Date", "Content-Length", "Set-Cookie"})

# What is asked for, and the same address of what does not exist.
THINGS = {
    "an issue": ("/issues/{issue_consulting}", "/issues/R8-L-999999"),
    "a step of an issue": ("/issues/{issue_assigned}/answer", "/issues/R8-L-999999/answer"),
    "a note of an issue": ("/issues/{issue_consulting}/note", "/issues/R8-L-999999/note"),
    "a consultation": (
        "/issues/{issue_consulting}/consultations/{consultation}/reply",
        "/issues/{issue_consulting}/consultations/999999/reply",
    ),
    "a file of an issue": (
        "/issues/{issue_consulting}/attachments/{issue_file}",
        "/issues/R8-L-999999/attachments/999999",
    ),
    "a file of a note": (
        "/issues/{issue_consulting}/attachments/{note_file}",
        "/issues/{issue_consulting}/attachments/999999",
    ),
    "a bundle": ("/issues/bundles/{bundle}", "/issues/bundles/999999"),
    "a bundle's history": ("/issues/bundles/{bundle}/history", "/issues/bundles/999999/history"),
    "a reply to many": ("/issues/bulk/{bulk}", "/issues/bulk/999999"),
    "a part of an issue": ("/issues/{issue_assigned}/split", "/issues/R8-L-999999/split"),
    "a draft": ("/issues/drafts/{draft}", "/issues/drafts/999999"),
    "a file of a draft": (
        "/issues/drafts/{draft}/attachments/{draft_file}",
        "/issues/drafts/{draft}/attachments/999999",
    ),
    "a paper": ("/guidance/{guidance}", "/guidance/999999"),
    "a draft of a paper": ("/guidance/{guidance_draft}", "/guidance/999999"),
    "a step of a paper": ("/guidance/{guidance_review}/approve", "/guidance/999999/approve"),
    "a file of a paper": (
        "/guidance/{guidance}/attachments/{guidance_file}",
        "/guidance/{guidance}/attachments/999999",
    ),
    "a file of a draft of a paper": (
        "/guidance/{guidance_draft}/attachments/{guidance_draft_file}",
        "/guidance/{guidance_draft}/attachments/999999",
    ),
    "a recipient": ("/guidance/{guidance}/recipients/{recipient}", "/guidance/{guidance}/recipients/999999"),
    "a Q&A candidate": ("/qa/{qa_draft}", "/qa/999999"),
    "a Q&A entry under review": ("/qa/{qa_review}", "/qa/999999"),
    "a step of a Q&A candidate": ("/qa/{qa_draft}/edit", "/qa/999999/edit"),
    "a Q&A candidate from an issue": ("/qa/new?issue={issue_answered}", "/qa/new?issue=R8-L-999999"),
    "a phone note": ("/liaison/contacts/{contact_note}", "/liaison/contacts/999999"),
    "an internal phone note": ("/liaison/contacts/{contact_internal}", "/liaison/contacts/999999"),
    "a correction": ("/liaison/contacts/{contact_note}/correct", "/liaison/contacts/999999/correct"),
    "a person": ("/administration/people/{person}", "/administration/people/999999"),
    "a membership": ("/administration/memberships/{membership}/edit", "/administration/memberships/999999/edit"),
    "an import": ("/administration/imports/{import}", "/administration/imports/999999"),
}


def _bytes(response, path: str) -> tuple[str, list[tuple[str, str]]]:
    """Body and headers without tokens, keys, nonces and the address itself, which the page may repeat."""
    text = _CHANGING.sub(r"\1\2…", response.get_data(as_text=True)).replace(path, "ADDRESS")
    headers = [
        (name, _CHANGING.sub(r"\1\2…", value).replace(path, "ADDRESS"))
        for name, value in response.headers
        if name not in _WITHOUT_PAGE
    ]
    return text, headers


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_hidden_looks_like_what_is_not_there(house, thing):
    hidden, missing = (house.path(template) for template in THINGS[thing])
    refused = house.hidden_from(hidden)

    for letter in refused:
        there, nowhere = house.get(letter, hidden), house.get(letter, missing)
        assert nowhere.status_code == 404, f"{VIEWERS[letter]}: {missing}"
        assert _bytes(there, hidden) == _bytes(nowhere, missing), VIEWERS[letter]
    assert refused, "everybody may see it: nothing was compared"


@pytest.mark.parametrize("thing", [thing for thing, pair in THINGS.items() if "?" not in pair[0]])
def test_a_form_sent_to_what_is_hidden_answers_as_to_what_is_not_there(house, thing):
    hidden, missing = (house.path(template) for template in THINGS[thing])
    refused = house.hidden_from(hidden)

    for letter in refused:
        there, nowhere = house.post(letter, hidden), house.post(letter, missing)
        assert there.status_code == nowhere.status_code, VIEWERS[letter]
        assert there.status_code in {404, 405}, VIEWERS[letter]


def test_the_search_for_a_hidden_issue_finds_as_little_as_for_one_that_is_not_there(house):
    number = house.path("{issue_consulting}")
    assert "手帳番号の重複について" in house.get("M", f"/issues?view=all&words={number}").get_data(as_text=True)
    for letter in "nBpKoU":
        found, nothing = (
            _bytes(house.get(letter, f"/issues?view=all&words={word}"), word)[0] for word in (number, "R8-L-999999")
        )
        assert found == nothing, VIEWERS[letter]
