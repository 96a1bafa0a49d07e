"""Hashing and the demands on a new password."""

import pytest

from portal.accounts import passwords
from portal.accounts.passwords import check_new_password, hash_password, verify_password
from portal.core.errors import Invalid

REAL = {name: getattr(passwords, name) for name in ("_hasher", "_DECOY")}


@pytest.fixture(autouse=True)
def real_hashing(monkeypatch):
    """With the parameters that people get, though hashing is cheap in all other tests."""
    for name, value in REAL.items():
        monkeypatch.setattr(passwords, name, value)


def test_a_hash_is_argon2id_with_64_mib():
    assert hash_password("さくら餅 tractor 北極 pencil").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_password_verifies_against_its_own_hash_only():
    held = hash_password("さくら餅 tractor 北極 pencil")

    assert verify_password(held, "さくら餅 tractor 北極 pencil")
    assert not verify_password(held, "さくら餅 tractor 北極 pencils")


def test_full_width_and_half_width_are_the_same_password():
    assert verify_password(hash_password("ＡＢＣ１２３tractor"), "ABC123tractor")


def test_unknown_account_costs_a_real_verification(monkeypatch):
    """The decoy is a well-formed hash of today's parameters, so the work is the same as for a known account."""
    verified = []
    real = passwords._hasher

    class Spy:
        def verify(self, held, password):
            verified.append(held)
            return real.verify(held, password)

    monkeypatch.setattr(passwords, "_hasher", Spy())

    assert verify_password(None, "anything") is False
    assert len(verified) == 1
    assert not real.check_needs_rehash(verified[0])


def test_nobody_signs_in_with_the_password_of_the_decoy(monkeypatch):
    class Agreeing:
        def verify(self, held, password):
            return True

    monkeypatch.setattr(passwords, "_hasher", Agreeing())

    assert verify_password(None, "anything") is False


def test_damaged_hash_matches_nothing():
    assert not verify_password("not a hash", "anything")


@pytest.mark.parametrize(
    "password", ["short1!", "password1234", "aaaaaaaaaaaaaaaa", "123456789012345", "qwertyuiop12", "tanaka-joetsu"]
)
def test_short_or_guessable_password_is_refused(password):
    with pytest.raises(Invalid) as refusal:
        check_new_password(password, own_words=("tanaka@joetsu.example", "田中 太郎", "152226"))

    assert refusal.value.field == "new_password"


def test_long_password_is_refused_without_being_weighed():
    with pytest.raises(Invalid):
        check_new_password("x" * 100_000)


def test_four_unrelated_words_are_accepted():
    check_new_password("さくら餅 tractor 北極 pencil", own_words=("tanaka@joetsu.example",))
