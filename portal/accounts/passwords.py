"""Passwords: hashing with argon2id, bounded in how many run at once, and the demands on a new one."""

import re
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from portal.core.errors import Invalid
from portal.core.i18n import N_

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_STRENGTH = 3  # of zxcvbn's 0 to 4: an offline attack would take 10^8 guesses or more
_OWN_LENGTH = 8  # characters that are no word of the person's own
_STRENGTH_READS = 72  # zxcvbn's time grows fast with the length
_COMMON_WORDS = ("liaison", "portal", "mynumber", "soumu", "juumin", "koseki", "password")

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_at_once = threading.BoundedSemaphore(2)  # each hash takes 64 MiB
# Of a random password that nobody kept; its parameters must be those of _hasher, or the time would tell.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$knnVGNRd2dEItE+sB5z0aA$c/mHp5izFRIcEohhbfdgrU1ACd1RdJllyDRfVSedfyo"


def hash_password(password: str) -> str:
    """The argon2id hash of the password (RFC 9106, low-memory parameters)."""
    with _at_once:
        return _hasher.hash(_plain(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password matches; an unknown account (None) takes the same time and answers False."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _DECOY, _plain(password)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_new_password(password: str, *, own_words: Iterable[str] = (), field: str = "new_password") -> None:
    """Raise Invalid for a password that is too short, too long, or easily guessed, also from the person's own words."""
    plain = _plain(password)
    if len(plain) < MIN_LENGTH:
        raise Invalid(N_("パスワードは%(n)s文字以上にしてください。"), field=field, n=MIN_LENGTH)
    if len(plain) > MAX_LENGTH:
        raise Invalid(N_("パスワードは%(n)s文字以内にしてください。"), field=field, n=MAX_LENGTH)
    words = [part.lower() for word in own_words for part in (word, *re.split(r"[\W_]+", word)) if len(part) >= 2]
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists of words take 12 MB, and few processes ever need them

    guess = zxcvbn(plain[:_STRENGTH_READS], user_inputs=[*words, *_COMMON_WORDS])
    if guess["score"] < MIN_STRENGTH or len(_without(plain.lower(), words)) < _OWN_LENGTH:
        raise Invalid(
            N_(
                "推測されやすいパスワードです。関係のない単語を4つ以上つなげるなど、長いものにしてください。"
                "氏名、メールアドレス、続き番号、よく使われる言葉は避けてください。"
            ),
            field=field,
        )


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted({word for word in words if len(word) >= 3}, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _plain(password: str) -> str:
    """The same characters whether typed full-width or half-width; a few megabytes are not worth hashing."""
    return unicodedata.normalize("NFKC", password[:1000])
