"""Password hashing with argon2id, bounded in how many run at once."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_at_once = threading.BoundedSemaphore(2)  # each hash takes 64 MiB
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$Zm9yIG5vYm9keSBhdCBhbGw$Gk9TU4sTqJXcMqv0xTqEoLkD3EZlU8eIYXIFZ6gBvk4"


def hash_password(password: str) -> str:
    """The argon2id hash of the password (RFC 9106, low-memory parameters)."""
    with _at_once:
        return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password matches; an unknown account (None) takes the same time and answers False."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _DECOY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
