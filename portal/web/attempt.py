"""One service call on behalf of a form: a refusal lands beside its field and leaves no effect behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from portal.core.db import db
from portal.core.errors import Invalid


class LaysErrors(Protocol):
    """A form that can show a refusal at its field."""

    def lay(self, invalid: Invalid) -> None: ...


@contextmanager
def attempting(form: LaysErrors) -> Iterator[None]:
    """Run the block; when it raises Invalid, undo what it did and lay the message on the form.

    The block ends with ``return redirect(…)``, so that what follows it is reached only after a refusal.
    """
    try:
        with db.session.begin_nested():
            yield
    except Invalid as invalid:
        form.lay(invalid)
