"""How the tests are dealt out to the processes of a run.

A module goes to one process, so that what it makes is made once. Some modules mostly wait: for a browser, a worker, a
mail server. ``-n auto`` therefore starts one process more than the machine has cores: the first process takes the
modules that wait, one after another, while the others keep the cores busy.
"""

from collections.abc import Iterable

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Folders whose tests share something so dear that one process takes them all.
WHOLE = ("tests/browser/",)
# What mostly waits for other programs. Two of these at once on a machine of two cores would leave a core idle.
WAITING = (
    *WHOLE,
    "tests/app/test_processes.py",
    "tests/development/",
    "tests/inbound/test_fetching.py",
    "tests/jobs/",
    "tests/notifications/test_sending.py",
)


def portion_of(name: str) -> str:
    """What goes to one process together with the test of this name: its module, or its folder."""
    module = name.split("::", 1)[0]
    return next((folder for folder in WHOLE if module.startswith(folder)), module)


def next_portion(portions: Iterable[str], *, waiting: bool) -> str:
    """The first portion of the kind that the process takes; the first of all where none of its kind is left."""
    left = list(portions)
    return next((portion for portion in left if portion.startswith(WAITING) is waiting), left[0])


class DealByModule(LoadScopeScheduling):
    """Takes the portions of either kind in the order in which their first tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return portion_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        chosen = next_portion(self.workqueue, waiting=node is self.nodes[0])
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)
