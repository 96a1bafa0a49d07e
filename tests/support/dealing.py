"""How the tests are dealt out to the processes of a run: a module at a time, so that what it makes is made once."""

from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share something so dear that one process takes them all.
WHOLE = ("tests/browser/",)


def portion_of(name: str) -> str:
    """What goes to one process together with the test of this name: its module, or its folder."""
    module = name.split("::", 1)[0]
    return next((folder for folder in WHOLE if module.startswith(folder)), module)


class DealByModule(LoadScopeScheduling):
    """Takes the portions in the order in which their first tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return portion_of(nodeid)
