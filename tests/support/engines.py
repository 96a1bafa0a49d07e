"""Which engines a test runs on.

- What asks SQL itself runs on both: services, queries, policies, migrations, jobs, imports, search, races.
- A page test, which is one that asks for ``visit``, runs on one engine, chosen by its name: each engine sees about half
  of every feature's pages, and a test keeps its engine until it is renamed. That PostgreSQL refuses no page's SQL is
  seen by ``tests/access/test_both_engines.py``, which opens every route on it.
- ``@pytest.mark.both_engines`` on a test, or ``pytestmark`` in its module, asks for both where a page test is about
  what engines do differently: races, transactions, search.
- ``@pytest.mark.one_engine`` asks for one, chosen as for a page, where a test without pages is about something else
  than SQL and takes long: files that are printed, drawn or packed, and how they read.
- What looks only at the application (``prepared_app`` without ``app``) runs once.

``--engines=both``, or ``PORTAL_TEST_ENGINES=both``, runs everything on both; ``sqlite`` and ``postgresql`` on that one.
"""

from collections.abc import Collection
from zlib import crc32

ENGINES = ("sqlite", "postgresql")
BOTH, ONE = MARKS = ("both_engines", "one_engine")


def engines_of(
    name: str,
    fixtures: Collection[str],
    *,
    marks: Collection[str] = (),
    wanted: str | None = None,
    installed: bool = True,
) -> tuple[str, ...]:
    """The engines for a test of this name which uses these fixtures and bears these marks.

    ``wanted`` is the option's value. Without PostgreSQL installed no page test goes there.
    """
    if "app" not in fixtures and "prepared_app" in fixtures:
        return ENGINES[:1]
    if wanted in ENGINES:
        return (wanted,)
    if wanted == "both" or BOTH in marks or ("visit" not in fixtures and ONE not in marks):
        return ENGINES
    return (ENGINES[crc32(name.encode()) % 2 if installed else 0],)
