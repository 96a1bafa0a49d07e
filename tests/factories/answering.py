"""A survey with every kind of question, a round before it, and threads that act at once."""

import threading
from collections.abc import Callable

from portal.campaigns.models import Campaign, Question
from portal.campaigns.questions import put_check, put_question
from portal.campaigns.states import QuestionKind, Severity
from portal.core.db import unit_of_work
from portal.directory.actor import Actor
from tests.factories.campaigns import make_author, make_survey, publish

_NOTHING = {
    "hint": "", "unit": "", "options": [], "rows": [], "columns": [], "shown_when": [], "formula": "", "section": "",
    "asks_reason_for": "",
}  # fmt: skip


def ask(author: Actor, campaign: Campaign, code: str, kind: QuestionKind, **fields) -> Question:
    """A further question of a draft; required unless said otherwise."""
    return put_question(
        author, campaign, None, **{**_NOTHING, "label": f"設問{code}", "code": code, "kind": kind, **fields}
    )


def make_whole_survey(**fields) -> Campaign:
    """A running survey of 新潟県 that asks in every way; only q1 and the choice must be answered."""
    author = make_author()
    campaign = make_survey(author, **fields)
    options = [["a", "甲"], ["b", "乙"]]
    ask(author, campaign, "choice", QuestionKind.SINGLE, options=options, section="体制")
    ask(author, campaign, "why", QuestionKind.YES_NO, asks_reason_for="no", is_required=False, section="体制")
    ask(
        author, campaign, "more", QuestionKind.MULTIPLE, options=options, is_required=False, section="体制",
        shown_when=[["choice", "is", "b"]],
    )  # fmt: skip
    ask(author, campaign, "count", QuestionKind.NUMBER, unit="人", is_required=False, section="人数")
    ask(author, campaign, "double", QuestionKind.CALCULATED, formula="count * 2", is_required=False, section="人数")
    ask(author, campaign, "on", QuestionKind.DATE, is_required=False, section="人数")
    ask(
        author, campaign, "table", QuestionKind.TABLE, rows=[["x", "本庁"], ["y", "支所"]], columns=[["n", "人数"]],
        is_required=False, section="人数",
    )  # fmt: skip
    ask(author, campaign, "paper", QuestionKind.FILE, is_required=False, section="資料")
    put_check(
        author, campaign, question_code="count", expression="count < 100", message="人数が多いようです。",
        severity=Severity.WARNING,
    )  # fmt: skip
    return publish(campaign)


def at_once(app, *acts: Callable[[], object]) -> list[BaseException | None]:
    """Run each in its own thread and transaction, all beginning together; what each raised, or None."""
    start, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    acts[place]()
            except BaseException as error:
                raised[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return raised
