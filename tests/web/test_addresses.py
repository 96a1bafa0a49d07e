"""Addresses filled into patterns are those that Flask builds."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from portal.web.addresses import address_of


@pytest.fixture(scope="module")
def site():
    app = Flask(__name__)
    for endpoint, rule in {
        "list": "/things",
        "show": "/things/<int:thing_id>",
        "part": "/things/<int:thing_id>/parts/<string:name>",
        "padded": "/padded/<int(fixed_digits=4):thing_id>",
        "kind": "/kinds/<any(red, blue):name>",
    }.items():
        app.add_url_rule(rule, endpoint, str)
    return app


CASES = [
    ("list", {}),
    ("list", {"page": 2, "state": "open"}),
    ("list", {"state": "open", "page": 2}),
    ("list", {"words": "総点検 & {x}", "page": 1}),
    ("list", {"page": None, "state": "a%b"}),
    ("list", {"state": ["a", "b"]}),
    ("show", {"thing_id": 7}),
    ("show", {"thing_id": 8}),
    ("show", {"thing_id": 7000000001}),
    ("show", {"thing_id": 7, "_anchor": "end"}),
    ("show", {"thing_id": 7, "_external": True}),
    ("part", {"thing_id": 7, "name": "a"}),
    ("part", {"name": "b2", "thing_id": 9}),
    ("part", {"thing_id": 7, "name": "住所"}),
    ("padded", {"thing_id": 12}),
    ("padded", {"thing_id": 345}),
    ("kind", {"name": "red"}),
    ("static", {"filename": "mark"}),
]


@pytest.mark.parametrize("path", ["/", "/under/things"])
def test_each_address_is_what_flask_builds(site, path):
    with site.test_request_context(path, environ_overrides={"SCRIPT_NAME": path.removesuffix("/things").rstrip("/")}):
        for endpoint, values in CASES * 2:
            assert address_of(endpoint, **values) == url_for(endpoint, **values)


def test_what_cannot_be_built_is_refused(site):
    with site.test_request_context():
        for _ in range(2):
            with pytest.raises(BuildError):
                address_of("show")
            with pytest.raises(ValueError, match="word"):
                address_of("show", thing_id="word")
            with pytest.raises(BuildError):
                address_of("nowhere", thing_id=1)
