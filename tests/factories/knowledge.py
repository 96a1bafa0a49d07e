"""Q&A entries in every state, moved there by the services; a factory flushes and never commits."""

from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge import composing, edition_queries, editions, service
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.models import QaEntry, QaState
from tests.factories.issues import theme
from tests.factories.people import actor_of, make_member

QUESTION = "手帳の番号が重なるとき\n\n同じ番号の手帳が見つかりました。登録の手順を示してください。"
ANSWER = "登録する番号の前に、発行元を示す**記号**を付けてください。"


def make_drafter(code: str = "mynumber", **fields) -> Membership:
    """A member of a division."""
    return make_member(code, Role.DIVISION, **fields)


def make_approver(**fields) -> Membership:
    """The secretariat's head."""
    return make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True, **fields)


def make_entry(state: QaState = QaState.DRAFT, drafter: Membership | None = None, **fields) -> QaEntry:
    """An entry in the state; ``question``, ``answer`` and ``theme_id`` may be given."""
    actor = actor_of(drafter or make_drafter())
    entry = service.draft_entry(actor, **{"theme_id": theme().id, "question": QUESTION, "answer": ANSWER, **fields})
    if state is not QaState.DRAFT:
        service.send_for_review(actor, entry, names_nobody=True)
    if state in {QaState.PUBLISHED, QaState.WITHDRAWN}:
        approver = actor_of(make_approver())
        service.publish_entry(approver, entry)
        if state is QaState.WITHDRAWN:
            service.withdraw_entry(approver, entry, reason="制度が変わりました。")
    return entry


def make_collection(
    drafter: Membership, entries: list[QaEntry], *, title: str = "Q&A集", is_published: bool = True
) -> QaEdition:
    """The first edition of a collection that holds the entries in their order."""
    actor = actor_of(drafter)
    edition = editions.begin_collection(actor, title=title, theme_id=entries[0].theme_id)
    section = edition_queries.contents_of(edition).chapters[0].section
    for entry in entries:
        composing.add_questions(actor, edition, section.id, version=edition.version, entry_ids=[entry.id])
    if is_published:
        editions.send_edition(actor, edition, version=edition.version, names_nobody=True)
        editions.publish_edition(actor_of(make_approver()), edition)
    return edition_queries.get_edition(actor, edition.collection_id, edition.number)
