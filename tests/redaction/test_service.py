"""Redaction: asked by one, done by another; the passage is nowhere afterwards, and no other way leads to it."""

import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments
from portal.attachments.service import delete_orphans, store_attachments, store_made_file
from portal.attachments.storage import current_store
from portal.bundles.models import BulkReply, BulkTarget
from portal.core import clock
from portal.core.calendar import era_date, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, EventRecord
from portal.directory.roles import Role
from portal.drafting.remarks import remark_on_draft
from portal.drafts.models import AnswerDraft, DraftComment, DraftVersion, ReplyTemplate
from portal.drafts.states import VersionKind
from portal.finder.feeding import catch_up, refresh
from portal.guidance import service as papers
from portal.guidance.models import Guidance, PaperVersion
from portal.guidance.typed import find_typed, keep_typed
from portal.issues.models import Issue, Post
from portal.issues.states import IssueState
from portal.notifications.models import Notification
from portal.proof.facts import redaction_facts
from portal.redaction import policy, restoring, service, targets
from portal.redaction.models import RedactedField, Redaction
from portal.redaction.queries import list_papers_with
from portal.redaction.service import Wanted
from portal.redaction.states import RedactionCause, RedactionState, TargetKind
from portal.renditions.models import PDF_KIND, Rendition
from portal.renditions.service import list_due_renditions
from portal.renditions.states import RenditionState
from portal.revisions.correcting import issue_correction, send_correction_for_review
from portal.revisions.models import Erratum
from portal.search.models import SearchDocument
from tests.factories.guidance import issue, make_chief, make_content, make_drafter, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import make_correction

SECRET = "山田花子（090-0000-1234）"
BODY = f"点検を行うこと。\n\n問合せは{SECRET}まで。\n\n再掲：{SECRET}"


@pytest.fixture
def people(arrange):
    with arrange():
        return {
            "admin": make_member("hq", Role.ADMIN),
            "second": make_member("hq", Role.ADMIN),
            "chief": make_chief(),
            "secretary": make_member("secretariat", Role.SECRETARIAT),
        }


def target_of(paper, kind=TargetKind.GUIDANCE):
    return next(each for each in targets.targets_of_paper(paper.id) if each.kind is kind)


def redact(people, target, *, by="chief", **wanted):
    asked = service.ask_redaction(actor_of(people["admin"]), target, Wanted(reason="個人の番号でした。", **wanted))
    service.approve_redaction(actor_of(people[by]), asked)
    return asked


def run(steps) -> None:
    """These statements, as anybody might send them."""
    for step in steps:
        db.session.execute(step.execution_options(synchronize_session=False))


def everything() -> str:
    """All that the database holds, as text."""
    tables = Notification.metadata.sorted_tables
    return "\n".join(str(row) for table in tables for row in db.session.execute(sa.select(table)))


def test_the_passage_leaves_the_text_its_versions_corrections_remarks_and_the_index(arrange, people, app):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(people["chief"])
        paper = papers.draft_guidance(drafter, make_content(body=BODY, contact=SECRET))
        remark_on_draft(drafter, paper, text=f"{SECRET}でよいか。", place="照会先")
        papers.send_for_review(drafter, paper)
        papers.approve_guidance(chief, paper, document_number="総行住第78号")
        issue(chief, paper)
        correction = make_correction(paper, drafter)
        db.session.scalars(sa.select(Erratum)).first().wrong = f"{SECRET}まで"
        db.session.flush()
        send_correction_for_review(drafter, paper, correction)
        issue_correction(chief, paper, correction)
        refresh("guidance", [paper.id])
        assert everything().count(SECRET) >= 5
        asked = redact(people, target_of(paper), passage=SECRET)
        db.session.expire_all()
        held = everything()
        assert SECRET not in held
        assert "090-0000-1234" not in held
        tombstone = f"（{era_date(japan_date(clock.now()))} 個人情報のため墨消し）"
        paper = db.session.get_one(Guidance, paper.id)
        assert paper.body == BODY.replace(SECRET, tombstone)
        assert paper.contact == tombstone
        assert asked.state is RedactionState.DONE
        assert tombstone in json.dumps(db.session.scalars(sa.select(PaperVersion)).first().content, ensure_ascii=False)
        assert db.session.scalars(sa.select(SearchDocument)).all() == []
    with app.app_context():
        catch_up()
    with arrange():
        texts = db.session.scalars(sa.select(SearchDocument.text)).all()
        assert texts
        assert all("山田花子" not in text for text in texts)


def test_the_printed_paper_is_made_anew_and_the_old_one_gone(arrange, people, app):
    with arrange():
        paper = make_issued(body=BODY)
        made = store_made_file(
            PDF_KIND, paper.id, io.BytesIO(b"%PDF old"), file_name="a.pdf", media_type="application/pdf",
            person_id=paper.drafter_person_id,
        )  # fmt: skip
        now = clock.now()
        db.session.add(
            Rendition(
                guidance_id=paper.id, correction_count=0, state=RenditionState.MADE, tries=1, tried_at=now,
                made_at=now, attachment_id=made.id,
            )
        )  # fmt: skip
        db.session.flush()
        key = made.storage_key
        assert list_due_renditions() == []
        redact(people, target_of(paper), passage=SECRET)
        assert list_due_renditions() == [(paper.id, 0)]
        assert list_attachments(PDF_KIND, [paper.id])[paper.id] == []
        assert db.session.get_one(Attachment, made.id).storage_key != key


def test_a_file_gives_way_to_a_tombstone_and_its_bytes_are_deleted(arrange, people, monkeypatch):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(people["chief"])
        paper = papers.draft_guidance(drafter, make_content())
        upload = Upload("山田花子.txt", io.BytesIO(SECRET.encode()), "text/plain")
        file = store_attachments(drafter, "guidance", paper.id, [upload])[0]
        papers.send_for_review(drafter, paper)
        papers.approve_guidance(chief, paper, document_number="総行住第78号")
        issue(chief, paper)
        key = file.storage_key
        redact(people, target_of(paper, TargetKind.FILE), cause=RedactionCause.MY_NUMBER)
        db.session.refresh(file)
        assert file.file_name.endswith("個人番号のため墨消し）.txt")
        with current_store().open(file.storage_key) as kept:
            assert "墨消し" in kept.read().decode()
        assert "山田花子" not in everything()
    monkeypatch.setattr("portal.attachments.service._ORPHAN_AGE", timedelta(seconds=-1))
    with arrange():
        delete_orphans()
    with pytest.raises(FileNotFoundError):
        current_store().open(key)


def test_a_post_and_an_issue(arrange, people):
    with arrange():
        cast = make_cast()
        asked = make_issue(cast, IssueState.RETURNED, body=f"対象は{SECRET}です。")
        post = db.session.scalars(sa.select(Post).where(Post.issue_id == asked.id)).first()
        found = targets.targets_of_issue(asked.number)
        redact(people, next(each for each in found if each.kind is TargetKind.ISSUE), passage=SECRET)
        redact(people, next(each for each in found if each.kind is TargetKind.POST), is_whole=True)
        db.session.expire_all()
        assert "墨消し" in asked.body
        assert SECRET not in asked.body
        assert post.body.endswith("墨消し）")


def test_nobody_approves_what_they_asked_for_and_only_signers_decide(arrange, people):
    with arrange():
        paper = make_issued(body=BODY)
        asked = service.ask_redaction(
            actor_of(people["chief"]), target_of(paper), Wanted(passage=SECRET, reason="理由")
        )
        for name in ("chief", "secretary"):
            assert not policy.can_decide(actor_of(people[name]), asked)
            with pytest.raises(Forbidden):
                service.approve_redaction(actor_of(people[name]), asked)
        for code, role in (("juumin", Role.DIVISION), ("152226", Role.LOCAL_MANAGER), ("hq", Role.LIAISON)):
            with pytest.raises(Forbidden):
                service.ask_redaction(
                    actor_of(make_member(code, role)), target_of(paper), Wanted(passage="点検", reason="理由")
                )
        service.refuse_redaction(actor_of(people["admin"]), asked, reason="公表されている番号です。")
        assert db.session.get_one(Guidance, paper.id).body == BODY
        with pytest.raises(Conflict):
            service.approve_redaction(actor_of(people["second"]), asked)


def test_what_does_not_stand_there_or_waits_already_is_refused(arrange, people):
    with arrange():
        paper = make_issued(body=BODY)
        admin = actor_of(people["admin"])
        for wanted, field in (
            (Wanted(passage="ない語句", reason="理由"), "passage"),
            (Wanted(passage=" ", reason="理由"), "passage"),
            (Wanted(passage=SECRET), "reason"),
        ):
            with pytest.raises(Invalid) as refused:
                service.ask_redaction(admin, target_of(paper), wanted)
            assert refused.value.field == field
        service.ask_redaction(admin, target_of(paper), Wanted(passage=SECRET, reason="理由"))
        with pytest.raises(Invalid):
            service.ask_redaction(actor_of(people["second"]), target_of(paper), Wanted(passage="点検", reason="理由"))


def test_an_issue_that_was_edited_meanwhile_is_asked_for_again(arrange, people):
    with arrange():
        asked = make_issue(make_cast(), IssueState.RETURNED, body=f"対象は{SECRET}です。")
        target = next(each for each in targets.targets_of_issue(asked.number) if each.kind is TargetKind.ISSUE)
        redaction = service.ask_redaction(actor_of(people["admin"]), target, Wanted(passage=SECRET, reason="理由"))
        asked.body = f"{SECRET}のことです。"
        db.session.flush()
        with pytest.raises(Conflict):
            service.approve_redaction(actor_of(people["chief"]), redaction)


def test_events_hold_no_text_and_the_proof_says_what_was_done(arrange, people):
    with arrange():
        paper = make_issued(body=BODY)
        redact(people, target_of(paper), passage=SECRET)
        records = db.session.scalars(sa.select(EventRecord).where(EventRecord.subject_kind == "redaction")).all()
        assert [each.kind for each in records] == ["redaction_asked", "text_redacted"]
        assert SECRET not in str([each.payload for each in records])
        told = redaction_facts(paper)
        assert [(each["fields"], each["cause"], each["reason"]) for each in told] == [
            (["body"], "personal", "個人の番号でした。")
        ]


@pytest.mark.parametrize(
    "what", ["text", "other_field", "own_approval", "approved_at_once", "done_at_once", "redaction", "field", "after"]
)
def test_the_database_lets_nothing_change_but_to_what_was_approved(arrange, people, what):
    with arrange():
        paper = make_issued(body=BODY)
        asked = service.ask_redaction(
            actor_of(people["admin"]), target_of(paper), Wanted(passage=SECRET, reason="理由")
        )
        redacted = asked.fields[0].redacted
        paper_id, asked_id, asker, second = paper.id, asked.id, people["admin"].person_id, people["second"].person_id
    change = sa.update(Guidance).where(Guidance.id == paper_id)
    state = sa.update(Redaction).where(Redaction.id == asked_id)
    approve = state.values(state=RedactionState.APPROVED, decided_by_person_id=second)
    steps = {
        "text": [change.values(body=redacted)],  # asked for is not approved
        "other_field": [approve, change.values(title=redacted[:50])],
        "own_approval": [state.values(state=RedactionState.APPROVED, decided_by_person_id=asker)],
        "approved_at_once": [state.values(state=RedactionState.APPROVED)],
        "done_at_once": [state.values(state=RedactionState.DONE, decided_by_person_id=second)],
        "redaction": [sa.delete(Redaction)],
        "field": [sa.update(RedactedField).values(redacted="別の文")],
        "after": [
            approve,
            change.values(body=redacted),
            state.values(state=RedactionState.DONE),
            change.values(body=BODY),
        ],
    }
    with pytest.raises(sa.exc.DatabaseError), arrange():
        run(steps[what])


def test_the_approved_text_itself_is_let_through(arrange, people):
    with arrange():
        paper = make_issued(body=BODY)
        asked = service.ask_redaction(
            actor_of(people["admin"]), target_of(paper), Wanted(passage=SECRET, reason="理由")
        )
        asked.state, asked.decided_by_person_id = RedactionState.APPROVED, people["second"].person_id
        db.session.flush()
        paper.body = asked.fields[0].redacted
        db.session.flush()


def test_drafts_of_answers_replies_to_many_and_templates_that_quote_it(arrange, people):
    with arrange():
        cast = make_cast()
        asked, other = (make_issue(cast, IssueState.ASSIGNED, body=f"対象は{SECRET}です。") for _ in range(2))
        division = actor_of(cast.division)
        for number, issue_ in enumerate((asked, other)):
            draft = AnswerDraft(issue_id=issue_.id, latest=1, created_at=clock.now())
            db.session.add(draft)
            db.session.flush()
            said = {"author_person_id": division.person_id, "author_membership_id": division.membership_id,
                    "signature": "住民制度課", "created_at": clock.now()}  # fmt: skip
            db.session.add(
                DraftVersion(draft_id=draft.id, number=1, kind=VersionKind.SAVED, text=f"{number} {SECRET}へ", **said)
            )
            db.session.add(DraftComment(draft_id=draft.id, version_number=1, text=f"{SECRET}でよいか", **said))
        bulk = BulkReply(
            author_person_id=division.person_id, author_membership_id=division.membership_id,
            audience=Audience.PUBLIC, text=f"{SECRET}に", created_at=clock.now(), sends_at=clock.now(),
        )  # fmt: skip
        db.session.add(bulk)
        db.session.flush()
        db.session.add(
            BulkTarget(bulk_reply_id=bulk.id, issue_id=asked.id, fields={"name": SECRET}, sends_at=clock.now())
        )
        db.session.add(
            ReplyTemplate(
                organisation_id=division.organisation_id, title="様式", body=f"担当は{SECRET}", updated_at=clock.now(),
                updated_by_person_id=division.person_id,
            )
        )  # fmt: skip
        db.session.flush()
        found = targets.targets_of_issue(asked.number)
        redact(people, next(each for each in found if each.kind is TargetKind.ISSUE), passage=SECRET)
        db.session.expire_all()
        assert SECRET in other.body  # what others wrote is redacted for itself
        other.body = ""
        db.session.flush()
        assert SECRET not in everything()


def test_what_somebody_typed_and_did_not_save_goes_with_the_passage(arrange, people):
    with arrange():
        paper, name = make_issued(body="問合せは山田花子まで。"), "山田花子"
        writer, other = (actor_of(make_drafter()) for _ in range(2))
        keep_typed(writer, None, {"title": ["別の通知"], "body": [f"前回の担当は{name}でした。"]})
        keep_typed(other, None, {"title": ["担当のない通知"]})
        redact(people, target_of(paper), passage=name)
        db.session.expire_all()
        assert name not in everything()
        assert find_typed(writer, None) is None
        assert find_typed(other, None) is not None


def test_a_short_passage_is_taken_out_of_what_belongs_to_the_issue_alone(arrange, people):
    with arrange():
        cast = make_cast()
        asked, other = (make_issue(cast, IssueState.ASSIGNED, body="山田さんの件です。") for _ in range(2))
        division = actor_of(cast.division)
        texts = {}
        for issue_ in (asked, other):
            draft = AnswerDraft(issue_id=issue_.id, latest=1, created_at=clock.now())
            db.session.add(draft)
            db.session.flush()
            texts[issue_.id] = DraftVersion(
                draft_id=draft.id, number=1, kind=VersionKind.SAVED, text="山田市のとおり", signature="住民制度課",
                author_person_id=division.person_id, author_membership_id=division.membership_id,
                created_at=clock.now(),
            )  # fmt: skip
            db.session.add(texts[issue_.id])
        db.session.flush()
        found = targets.targets_of_issue(asked.number)
        redact(people, next(each for each in found if each.kind is TargetKind.ISSUE), passage="山田")
        db.session.expire_all()
        assert "山田" not in texts[asked.id].text
        assert texts[other.id].text == "山田市のとおり"


def test_other_papers_are_redacted_with_it_by_the_same_two_people(arrange, people):
    with arrange():
        paper, other = make_issued("総行住第1号", body=BODY), make_issued("総行住第2号", body=f"再度：{SECRET}")
        draft = papers.draft_guidance(actor_of(make_drafter()), make_content(body=f"案：{SECRET}"))
        asked = service.ask_redaction(
            actor_of(people["admin"]), target_of(paper), Wanted(passage=SECRET, reason="個人の番号でした。")
        )
        assert {each.id for each in list_papers_with({SECRET}, paper.id)} == {other.id, draft.id}
        service.approve_redaction(actor_of(people["chief"]), asked, also_papers=[other.id, draft.id])
        db.session.expire_all()
        assert SECRET not in everything()
        assert other.body == f"再度：{asked.tombstone}"
        done = db.session.scalars(sa.select(Redaction).order_by(Redaction.id)).all()
        assert [(each.target_id, each.state) for each in done] == [
            (paper.id, RedactionState.DONE), (other.id, RedactionState.DONE),
        ]  # fmt: skip
        assert {(each.asked_by_person_id, each.decided_by_person_id) for each in done} == {
            (people["admin"].person_id, people["chief"].person_id)
        }
        assert db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "text_redacted")).all()


def test_what_was_redacted_is_redacted_again_in_a_database_restored_from_before(app, arrange, people, tmp_path):
    with arrange():
        paper, asked_of = (
            make_issued(body=BODY, title=f"{SECRET}について"),
            make_issue(make_cast(), body=f"{SECRET}の件"),
        )
        paper_id, issue_id = paper.id, asked_of.id
    saved, runner = tmp_path / "redactions.json", app.test_cli_runner()
    try:
        with arrange():
            redact(people, target_of(db.session.get_one(Guidance, paper_id)), passage=SECRET)
            found = targets.targets_of_issue(db.session.get_one(Issue, issue_id).number)
            redact(people, next(each for each in found if each.kind is TargetKind.ISSUE), passage=SECRET)
            records = list(restoring.list_done())
            raise _BackToBefore
    except _BackToBefore:
        pass  # as a backup of before
    saved.write_text(json.dumps({"redactions": records}))
    assert SECRET not in json.dumps(records, ensure_ascii=False)
    with arrange():
        assert SECRET in db.session.get_one(Guidance, paper_id).body
    assert runner.invoke(args=["redactions", "apply", str(saved)]).exit_code == 0
    with arrange():
        held = everything()
        assert SECRET not in held
        assert db.session.get_one(Guidance, paper_id).title.endswith("墨消し）について")
        done = db.session.scalars(sa.select(Redaction)).all()
        assert {each.state for each in done} == {RedactionState.DONE}
        assert {each.decided_by_person_id for each in done} == {people["chief"].person_id}
    again = runner.invoke(args=["redactions", "apply", str(saved)])
    assert again.output.count("there already") == 2
    assert runner.invoke(args=["redactions", "save", str(saved)]).exit_code == 0
    assert len(json.loads(saved.read_text())["redactions"]) == 2


def test_what_reads_otherwise_in_the_restored_database_is_named_and_left_alone(app, arrange, people, tmp_path):
    with arrange():
        issue_ = make_issue(make_cast(), body=f"{SECRET}の件")
        redact(
            people,
            next(e for e in targets.targets_of_issue(issue_.number) if e.kind is TargetKind.ISSUE),
            passage=SECRET,
        )
        [record] = restoring.list_done()
        other = make_issue(make_cast(), body="別の文")
        record |= {"target_id": other.id, "issue_id": other.id}
    saved = tmp_path / "redactions.json"
    saved.write_text(json.dumps({"redactions": [record, {**record, "target_id": 99999}]}))
    failed = app.test_cli_runner().invoke(args=["redactions", "apply", str(saved)])
    assert failed.exit_code == 1
    assert "2 redactions could not be done" in failed.output
    with arrange():
        assert db.session.get_one(Issue, other.id).body == "別の文"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Redaction)) == 1


class _BackToBefore(Exception):
    """Undo all that was done since."""
