"""What a page notes of its being read."""

from contextlib import nullcontext

from portal.core.db import write_between_reads
from portal.core.notes import Note, list_new
from portal.web.access import writes


def note(*notes: Note) -> None:
    """Write what is new of these, in a transaction of its own, so that nobody waits for the page being made.

    Where nothing is new the page only reads, and waits for nobody who writes. In a request that writes anyhow the notes
    are a part of its transaction. Called before what is read is read: what comes meanwhile stays unread.
    """
    new = list_new(notes)
    if not new:
        return
    with nullcontext() if writes() else write_between_reads():
        for each in new:
            each.write()
