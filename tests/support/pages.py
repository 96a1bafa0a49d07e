"""A visitor who checks every page fetched, and fills in forms as a browser would."""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from portal.core.db import db
from tests.support.markup import check_markup, strings_of
from tests.support.statements import recorded_statements

BUDGET = 15


class Page:
    """One fetched response, parsed."""

    def __init__(self, visitor: Visitor, response: TestResponse, statements: list[str]) -> None:
        self.visitor = visitor
        self.response = response
        self.status = response.status_code
        self.statements = statements
        self.url = response.request.path
        self.text = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The page parsed, by the quick parser; that it is valid, html5lib has said."""
        return html.document_fromstring(self.text or "<html></html>")

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page to search in by any means. Making it costs more than the page itself: ``main`` and forms do not."""
        return BeautifulSoup(self.text, "html.parser")

    @property
    def h1(self) -> str:
        """The text of the one h1."""
        return " ".join("".join(strings_of(self.tree.find(".//h1"))).split())

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers.get("Location", "")

    @cached_property
    def _main(self) -> html.HtmlElement:
        found = self.tree.find(".//main")
        return self.tree if found is None else found

    @cached_property
    def main(self) -> str:
        """The text of the main part, white space folded."""
        return " ".join(" ".join(strings_of(self._main)).split())

    def form(self, action: str | None = None) -> Form:
        """The form whose action ends with ``action``, or the first POST form of the main part."""
        forms = [form for form in self._main.iter("form") if form.get("method", "").lower() == "post"]
        for form in forms:
            target = (form.get("action") or self.url).split("?")[0]
            if action is None or target.endswith(action):
                return Form(self, form)
        raise AssertionError(f"no form for {action} on {self.url}: {[form.get('action') for form in forms]}")

    def has_form(self, action: str) -> bool:
        """Whether the page offers a form with that action."""
        targets = [(form.get("action") or self.url).split("?")[0] for form in self.tree.iter("form")]
        return any(target.endswith(action) for target in targets)

    def error_of(self, field: str) -> str:
        """The error message tied to the field, or an empty string."""
        controls = self._named("name", field) or self._named("id", field)
        ids = controls[0].get("aria-describedby", "").split() if controls else []
        texts = [self._named("id", part) for part in ids if "error" in part]
        return " ".join(text.strip() for found in texts for text in strings_of(*found[:1]) if text.strip())

    def _named(self, attribute: str, value: str) -> list[html.HtmlElement]:
        return self.tree.xpath(f"//*[@{attribute} = $value]", value=value)


class Form:
    """A form of a page with the values that stand in it."""

    def __init__(self, page: Page, element: html.HtmlElement) -> None:
        self.page = page
        self.action = element.get("action") or page.url
        self.values: dict[str, Any] = {}
        for control in element.iter("input", "select", "textarea"):
            self._read(control)

    def submit(self, follow: bool = True, **changes: Any) -> Page:
        """Send it with these changes (None removes a value; (name, bytes) tuples or lists of them are files)."""
        values = dict(self.values)
        for name, value in changes.items():
            values[name] = value
        data = {name: _sent(value) for name, value in values.items() if value is not None}
        return self.page.visitor.post(self.action, data, follow=follow)

    def _read(self, control: html.HtmlElement) -> None:
        name, kind = control.get("name"), control.get("type", "text")
        if not name or "disabled" in control.attrib or kind in {"submit", "file", "button"}:
            return
        if kind in {"checkbox", "radio"}:
            if "checked" in control.attrib:
                self._add(name, control.get("value", "on"))
        elif control.tag == "select":
            options = list(control.iter("option"))
            first = [] if "multiple" in control.attrib else options[:1]
            for chosen in ([each for each in options if "selected" in each.attrib] or first)[:1]:
                self._add(name, chosen.get("value", chosen.text_content()))
        elif control.tag == "textarea":
            self._add(name, control.text_content().removeprefix("\n"))
        else:
            self._add(name, control.get("value", ""))

    def _add(self, name: str, value: str) -> None:
        if name in self.values:
            held = self.values[name]
            self.values[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            self.values[name] = value


def _sent(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes):
        return (io.BytesIO(value[1]), value[0])
    if isinstance(value, list):
        return [_sent(part) for part in value]
    return str(value) if not isinstance(value, str) else value


class Visitor:
    """A browser of one person (or of nobody)."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app = app
        self.client = client

    def get(self, url: str, *, status: int = 200, budget: int = BUDGET, follow: bool = False) -> Page:
        """Fetch a page, check it in every respect and expect the status."""
        page = self._send("get", url, follow=follow)
        assert page.status == status, f"{url}: {page.status}, expected {status}\n{page.main[:500]}"
        if not follow:
            sent = "\n".join(page.statements)
            assert len(page.statements) <= budget, f"{url}: {len(page.statements)} statements\n{sent}"
        return page

    def post(
        self, url: str, data: dict[str, Any] | None = None, *, follow: bool = True, status: int | None = None
    ) -> Page:
        """Send a form."""
        page = self._send("post", url, follow=follow, data=data or {})
        if status is not None:
            assert page.status == status, f"{url}: {page.status}, expected {status}\n{page.main[:500]}"
        return page

    def post_with_token(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send values without having a form on a page: the token comes from a page that has one."""
        token = self.csrf_token()
        return self.post(url, {"csrf_token": token, **(data or {})}, **options)

    def csrf_token(self) -> str:
        """A valid token of this browser, from a page that has one."""
        url = "/profile" if self._signed_in() else "/sign-in"
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(url).get_data(as_text=True))
        assert found is not None, f"no token on {url}"
        return found.group(1)

    def _signed_in(self) -> bool:
        return self.client.get_cookie("portal") is not None

    def _send(self, method: str, url: str, *, follow: bool = False, **options: Any) -> Page:
        with self.app.app_context():
            engine = db.engine
        with recorded_statements(engine) as statements:
            response = getattr(self.client, method)(url, follow_redirects=follow, **options)
        page = Page(self, response, list(statements))
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            check_markup(f"{page.url} ({page.status})", page.text)
        return page
