"""The five ways in which the domain refuses; the web layer alone turns them into pages."""

from collections.abc import Sequence

from portal.core.i18n import N_


class DomainError(Exception):
    """A refusal with a message (Japanese source text, translated where shown) and its parameters."""

    def __init__(self, message: str = "", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class NotFound(DomainError):
    """The thing does not exist, or this actor may not know that it does: the two are never told apart."""


class Forbidden(DomainError):
    """The actor may see the thing but not do this to it."""


class Conflict(DomainError):
    """The thing is no longer in the state or version that the actor saw."""


class Outdated(Conflict):
    """Somebody has saved the thing since the actor opened it; what stands there now has been read."""

    def __init__(self) -> None:
        super().__init__(N_("この画面を開いた後に、ほかの人（またはほかの画面）が更新しました。"))


class Invalid(DomainError):
    """What was entered breaks a rule; ``field`` names the form field that it belongs to, or None.

    ``also`` are further refusals of the same entry, so that its writer sees all of them at once.
    """

    also: "Sequence[Invalid]" = ()

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


class NeedsConfirmation(Invalid):
    """What was entered is suspicious but may be right; the writer must confirm it."""


class TooManyAttempts(DomainError):
    """Too many tries in too short a time; ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int, **params: object) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after
