"""The throttle: per account and per address, counted in the database, waiting longer each time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from portal.accounts import throttle
from portal.accounts.models import SignInTry
from portal.core import clock
from portal.core.db import db
from portal.core.errors import TooManyAttempts
from portal.directory.roles import Role
from tests.factories.accounts import PASSWORD, give_password, sign_in
from tests.factories.people import make_member

pytestmark = pytest.mark.both_engines  # counting at once


def fail(times, email="x@test.example", address="192.0.2.1"):
    for _ in range(times):
        throttle.record_try(email, address, succeeded=False)


def wait_of(email="x@test.example", address="192.0.2.9"):
    try:
        throttle.check_sign_in(email, address)
    except TooManyAttempts as refusal:
        return refusal.retry_after
    return 0


def test_account_waits_after_five_failures_and_longer_after_each_more(arrange):
    with arrange():
        fail(4)
        assert wait_of() == 0
        waits = []
        for _ in range(6):
            fail(1)
            waits.append(wait_of())

    assert [round(wait / 60) for wait in waits] == [1, 2, 4, 8, 15, 15]


def test_other_account_does_not_wait(arrange):
    with arrange():
        fail(9)

        assert wait_of("y@test.example") == 0


def test_address_is_written_in_any_way_and_counts_as_one_account(arrange):
    with arrange():
        fail(3, "X@Test.example")
        fail(2, "ｘ＠ｔｅｓｔ．ｅｘａｍｐｌｅ ")

        assert wait_of() > 0


def test_failures_are_forgotten_after_an_hour(arrange):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        with arrange():
            fail(9)
            assert wait_of() > 0
        traveller.shift(timedelta(minutes=61))
        with arrange():
            assert wait_of() == 0


def test_success_ends_the_count_of_the_account(arrange):
    with arrange():
        fail(4)
        throttle.record_try("x@test.example", "192.0.2.1", succeeded=True)
        fail(4)

        assert wait_of() == 0


def test_address_waits_after_fifty_failures_over_any_accounts(arrange):
    with arrange():
        for number in range(49):
            fail(1, f"{number}@test.example")
        assert wait_of("new@test.example", "192.0.2.1") == 0
        fail(1, "last@test.example")

        assert wait_of("new@test.example", "192.0.2.1") > 0
        assert wait_of("new@test.example", "192.0.2.2") == 0


def test_old_tries_are_deleted(arrange):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        with arrange():
            fail(3)
        traveller.shift(timedelta(days=31))
        with arrange():
            fail(1)
            assert throttle.forget_old_tries() == 3
            assert throttle.forget_old_tries() == 0


@pytest.mark.parametrize("is_known", [True, False])
def test_page_says_to_wait_and_counting_survives_the_response(visit, arrange, is_known):
    """Known or not, the sixth try gets the same 429, even with the right password; nothing more is counted."""
    email = "nobody@test.example"
    if is_known:
        with arrange():
            email = give_password(make_member("152226", Role.LOCAL_STAFF))
    visitor = visit()
    for _ in range(5):
        assert sign_in(visitor, email, "wrong").status == 422

    page = sign_in(visitor, email, PASSWORD)

    assert page.status == 429
    assert 55 <= int(page.response.headers["Retry-After"]) <= 61
    assert "1分ほど待って" in page.main
    with arrange():
        assert db.session.query(SignInTry).count() == 5


def test_account_opens_again_after_the_wait(visit, arrange):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        with arrange():
            email = give_password(make_member("152226", Role.LOCAL_STAFF))
        visitor = visit()
        for _ in range(5):
            sign_in(visitor, email, "wrong")
        traveller.shift(timedelta(seconds=62))

        assert sign_in(visitor, email).url == "/"


def test_tries_sent_together_are_counted_one_by_one(visit, arrange):
    """Twenty guesses at once get no more than five verifications, on either engine."""
    with arrange():
        email = give_password(make_member("152226", Role.LOCAL_STAFF))
    visitors = [visit() for _ in range(20)]
    forms = [visitor.get("/sign-in").form("/sign-in").values for visitor in visitors]

    def guess(number):
        values = {**forms[number], "email": email, "password": f"guess {number}"}
        return visitors[number].client.post("/sign-in", data=values).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(guess, range(20)))

    assert answers == [422] * 5 + [429] * 15
