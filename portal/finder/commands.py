"""The commands of the search: building its index anew and checking it."""

import click

from portal.finder import feeding


@click.group("search")
def search() -> None:
    """The index of the full-text search."""


@search.command("rebuild")
def rebuild() -> None:
    """Make the index anew; until it is through, searches find only what is indexed already."""
    count = feeding.rebuild(_tell)
    click.echo(f"{count} texts indexed.")


@search.command("check")
@click.option("--repair", is_flag=True, help="Index anew what is not as it should be.")
def check(repair: bool) -> None:
    """Compare the index with the texts as they are."""
    wrong = feeding.check(_tell, repair=repair)
    for kind, subject_id in wrong[:20]:
        click.echo(f"  {kind} {subject_id}")
    if len(wrong) > 20:
        click.echo(f"  and {len(wrong) - 20} more")
    click.echo(f"{len(wrong)} things differ{', now indexed anew' if repair and wrong else ''}.")
    if wrong and not repair:
        raise SystemExit(1)


def _tell(kind: str, done: int) -> None:
    click.echo(f"{kind}: {done}")
