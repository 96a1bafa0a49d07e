"""A portal as people run it, with its demonstration, its worker and its mail catcher, and a real browser."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from portal.demo.people import PASSWORD
from portal.development.mail_catcher import CaughtMail, list_mails, mailbox_of
from tests.support.databases import fast_folder

ROOT = Path(__file__).parents[2]
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser, and skip it with a reason where there is none."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="chromium is not installed"))


@dataclass
class RunningPortal:
    """Where it runs, and the environment of its commands."""

    url: str
    data_dir: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run ``flask --app wsgi …`` beside it and return what it prints."""
        done = subprocess.run(
            _flask(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True, timeout=900
        )
        return done.stdout

    def mails_to(self, recipient: str) -> list[CaughtMail]:
        """The mails caught so far for the address, newest first."""
        return list_mails(mailbox_of(self.data_dir), recipient=recipient, size=1000)

    def wait_for_mail(self, recipient: str, words: str, seconds: float = 60) -> CaughtMail:
        """The newest mail to the address whose subject holds the words; fails when none comes in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in self.mails_to(recipient):
                if words in mail.subject:
                    return mail
            time.sleep(0.3)
        raise AssertionError(f"no mail to {recipient} with {words!r}: {[m.subject for m in self.mails_to(recipient)]}")


@pytest.fixture(scope="session")
def running_portal() -> Iterator[RunningPortal]:
    """The demonstration, served by gunicorn with a worker and the mail catcher, its files in memory where possible."""
    with fast_folder("portal-browser-") as data_dir:
        yield from _run(data_dir)


def _run(data_dir: Path) -> Iterator[RunningPortal]:
    port, smtp_port = _free_port(), _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PORTAL_DATA_DIR": str(data_dir),
        "PORTAL_SECRET_KEY": "b" * 40,
        "PORTAL_BASE_URL": url,
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "PORT": str(port),
    }
    portal = RunningPortal(url, data_dir, environment)
    portal.command("prepare")
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:app",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "8",
        "--no-control-socket",
    ]
    catcher = [sys.executable, "-m", "portal.development.mail_catcher", str(mailbox_of(data_dir)), str(smtp_port)]
    with (data_dir / "log").open("wb") as log:
        parts = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            for command in (web, _flask("worker"), catcher)
        ]
        try:
            _wait_for(f"{url}/healthz")
            yield portal
        finally:
            for part in parts:
                part.send_signal(signal.SIGTERM)
            for part in parts:
                part.wait(timeout=60)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of this folder; its event loop must not outlive them, other tests need the thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at their browser."""

    portal: RunningPortal
    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)
    expected_status: int = 200

    def go(self, path: str, *, status: int = 200) -> Page:
        """Open a page of the portal, which is answered with the status."""
        self.expected_status = status
        answer = self.page.goto(self.portal.url + path)
        self.expected_status = 200
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def first(self, path: str, pattern: str) -> str:
        """The address of the first link of the page's main part that matches the whole pattern."""
        links = self.go(path).locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        return next(link for link in links if re.fullmatch(pattern, link))

    def send(self, path: str | None = None, **values: str) -> Page:
        """Fill the main form of the page (opened first when a path is given) by field name, and press its button."""
        if path is not None:
            self.go(path)
        for name, value in values.items():
            self.fill(name, value)
        self.page.locator("main form[method=post] button[type=submit].button--primary").first.click()
        self.page.wait_for_load_state()
        return self.page

    def press(self, action: str) -> None:
        """Press the main form's button of the action, where a form has several."""
        self.page.click(f"main button[name=action][value={action}]")
        self.page.wait_for_load_state()

    @property
    def main(self) -> str:
        """The text of the main part."""
        return self.page.locator("main").inner_text()

    def fill(self, name: str, value: str) -> None:
        """Fill one field of the main part, whatever kind of control it is; a choice of a list goes by its words."""
        control = self.page.locator(f"main [name='{name}']").first
        kind = control.evaluate("element => element.type || element.tagName.toLowerCase()")
        if kind == "radio":
            self.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            self.page.locator("main").get_by_label(value, exact=True).check()
        elif kind.startswith("select"):
            control.select_option(label=value)
        elif kind == "file":
            control.set_input_files(value)
        else:
            control.fill(value)


@pytest.fixture
def person(running_portal, chromium) -> Iterator:
    """``person("liaison15@mic.example", width=390)`` signs somebody in at a browser of their own."""
    people: list[Person] = []

    def make(email: str, *, width: int = 1280, javascript: bool = True, locale: str = "ja-JP") -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=javascript
        )
        page = context.new_page()
        someone = Person(running_portal, context, page)
        page.on("console", lambda message: _note(someone, message.type, message.text))
        page.on("pageerror", lambda error: someone.troubles.append(str(error)))
        page.on("request", lambda request: _note_request(someone, request.url))
        page.on("requestfailed", lambda request: _note_failure(someone, request))
        page.on("response", lambda response: _note_response(someone, response))
        people.append(someone)
        someone.go("/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
        assert "/sign-in" not in page.url, f"{email} could not sign in: {someone.main[:200]}"
        return someone

    yield make
    for someone in people:
        someone.context.close()
    assert [trouble for someone in people for trouble in someone.troubles] == []


def serious_findings(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{finding['id']}: {finding['nodes'][0]['html'][:200]}"
        for finding in found["violations"]
        if finding["impact"] in {"serious", "critical"}
    ]


def _note(person: Person, kind: str, text: str) -> None:
    if kind == "error" and "Failed to load resource" not in text:  # _note_response and _note_failure know more
        person.troubles.append(text)


def _note_request(person: Person, url: str) -> None:
    if not url.startswith((person.portal.url, "data:", "blob:")):
        person.troubles.append(f"a request left the site: {url}")


def _note_failure(person: Person, request: Request) -> None:
    if request.failure != "net::ERR_ABORTED":  # leaving a page ends what it was still asking for
        person.troubles.append(f"{request.url} failed: {request.failure}")


def _note_response(person: Person, response: Response) -> None:
    if response.status >= 400 and response.status != person.expected_status:
        person.troubles.append(f"{response.url} answered {response.status}")


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - an address of this machine
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")
