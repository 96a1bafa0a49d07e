"""Addresses of pages in mail: always from the configured base address, never from a request."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def page_of(subject_kind: str, subject_id: int, facts: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The endpoint and values of the subject's page, or None when it has none."""
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "issue": ("issues.show", {"number": facts.get("number")}),
        "guidance": ("guidance.show", {"guidance_id": subject_id}),
        "circulation": ("circulation.part", {"part_id": facts["part_id"]})
        if facts.get("part_id")
        else ("circulation.show", {"guidance_id": facts.get("guidance_id")}),
        "redaction": ("redaction.show", {"redaction_id": subject_id}),
        "passed_paper": ("guidance.show", {"guidance_id": facts.get("guidance_id")}),
        "qa_entry": ("knowledge.show", {"entry_id": subject_id}),
        "qa_edition": (
            "knowledge.edition",
            {"collection_id": facts.get("collection_id"), "number": facts.get("edition")},
        ),
        "reading_grant": ("audit.index", {}),
        "campaign": _campaign_page(subject_id, facts),
        "contact": ("liaison.contact", {"contact_id": subject_id}),
        "absence": ("absences.index", {}),
        "roster_replacement": ("administration.show_roster", {"roster_id": subject_id}),
        "inbound_mail": ("inbound.show", {"mail_id": subject_id}),
    }
    page = pages.get(subject_kind)
    return page if page is not None and page[0] in current_app.view_functions else None


def _campaign_page(campaign_id: int, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The page of a campaign on which one does what the line asks; the campaign's own where it names none."""
    ids = {"campaign_id": campaign_id}
    of_entry = {**ids, "entry_id": facts.get("entry_id")}
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "answers": ("answering.index", ids),
        "section": ("answering.index", {**ids, "section": "mine"}),
        "entry": ("answering.show", of_entry),
        "matrix": ("answering.matrix", ids),
        "extensions": ("answering.extensions", ids),
        "decision": ("decisions.show", of_entry),
        "report": ("reporting.show", {**ids, "number": facts.get("report")}),
        "progress": ("inspections.show", of_entry),
    }
    found = pages.get(facts.get("page") or "")
    if found is not None and found[0] in current_app.view_functions:
        return found
    return "campaigns.show", ids


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page."""
    parts = urlsplit(current_app.config["PORTAL_SETTINGS"].base_url)
    adapter = current_app.url_map.bind(parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme)
    return adapter.build(endpoint, values, force_external=True)


def absolute_subject(subject_kind: str, subject_id: int, facts: dict[str, Any]) -> str:
    """The full address of the subject's page, else of the inbox."""
    page = page_of(subject_kind, subject_id, facts)
    return absolute("notifications.inbox") if page is None else absolute(page[0], **page[1])
