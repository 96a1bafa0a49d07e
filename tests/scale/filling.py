"""Fills a PostgreSQL database as after years of use, in a handful of set-based statements."""

import sqlalchemy as sa

from portal.core.db import db

ISSUES = 100_000
PAPERS = 200

_BODY = """
    CREATE TEMP TABLE body AS
    SELECT o.id, o.post_id, row_number() OVER (ORDER BY o.id) - 1 AS place
    FROM organisation o WHERE o.prefecture_code IS NOT NULL AND o.post_id IS NOT NULL"""
_PEOPLE = """
    INSERT INTO person (email, name, kana, created_at)
    SELECT 'body' || place || '@test.example', '職員' || place, '', now() - interval '3 years' FROM body"""
_MEMBERS = """
    INSERT INTO membership (person_id, organisation_id, role, title, is_head, is_approver, starts_at)
    SELECT p.id, b.id, 'local_manager', '係長', false, false, now() - interval '3 years'
    FROM body b JOIN person p ON p.email = 'body' || b.place || '@test.example'"""
_CAST = """
    CREATE TEMP TABLE writer AS
    SELECT b.*, m.id AS membership_id, m.person_id
    FROM body b JOIN membership m ON m.organisation_id = b.id AND m.title = '係長' AND m.role = 'local_manager'
    JOIN person p ON p.id = m.person_id AND p.email = 'body' || b.place || '@test.example'"""
# One issue each thirteen minutes; all but the newest six per cent, and a few stragglers, are over.
_ISSUES = """
    INSERT INTO issue (number, kind, state, organisation_id, submitter_person_id, submitter_membership_id, post_id,
        division_id, theme_id, title, body, tried, impact_count, urgency, leak, is_shared_with_prefecture, holder,
        holder_organisation_id, holder_since_at, due_on, created_at, submitted_at, accepted_at, answered_at, closed_at,
        last_activity_at, last_public_activity_at, priority)
    SELECT 'R8-L-' || lpad(g::text, 6, '0'),
        (ARRAY['problem', 'question', 'question', 'request', 'good_practice'])[1 + g % 5], s.state, w.id, w.person_id,
        w.membership_id, w.post_id, d.id, t.id, '課題' || g || 'の取扱いについて', repeat('本文です。', 40), '', g % 90,
        r.urgency, r.leak, g % 20 <> 0, s.holder,
        CASE s.holder WHEN 'liaison' THEN w.post_id WHEN 'division' THEN d.id WHEN 'submitter' THEN w.id END,
        a.at + interval '1 day', r.due_on, a.at, a.at,
        CASE WHEN s.state IN ('assigned', 'consulting', 'answered', 'closed') THEN a.at + interval '1 day' END,
        CASE WHEN s.state IN ('answered', 'closed') THEN a.at + interval '6 days' END,
        CASE WHEN s.state = 'closed' THEN a.at + interval '9 days' END,
        least(now(), a.at + (g % 12) * interval '1 day'), least(now(), a.at + (g % 10) * interval '1 day'),
        CASE WHEN s.state NOT IN ('submitted', 'triaged', 'returned', 'assigned', 'consulting') THEN 300000000
            WHEN r.leak <> 'no' THEN 0 WHEN r.urgency = 'urgent' THEN 100000000 ELSE 200000000 END
            + to_char(r.due_on, 'YYYYMMDD')::integer
    FROM generate_series(1, :issues) AS g
    JOIN writer w ON w.place = (g * 7919::bigint) % (SELECT count(*) FROM writer)
    CROSS JOIN LATERAL (SELECT now() - (:issues - g) * interval '13 minutes' AS at) a
    CROSS JOIN LATERAL (SELECT CASE WHEN g % 50 = 0 THEN 'urgent' WHEN g % 11 = 0 THEN 'high' ELSE 'normal' END
            AS urgency, CASE WHEN g % 97 = 0 THEN 'yes' WHEN g % 61 = 0 THEN 'suspected' ELSE 'no' END AS leak,
        (a.at + interval '21 days')::date AS due_on) r
    CROSS JOIN LATERAL (SELECT CASE
        WHEN g > :issues * 0.94 OR g % 500 = 0 THEN (ARRAY['submitted', 'submitted', 'triaged', 'returned', 'assigned',
            'assigned', 'consulting', 'answered'])[1 + (g / 3) % 8]
        WHEN g % 40 = 0 THEN 'declined' WHEN g % 41 = 0 THEN 'withdrawn' ELSE 'closed' END AS state) chosen
    CROSS JOIN LATERAL (SELECT chosen.state, CASE
        WHEN chosen.state IN ('submitted', 'triaged') THEN 'liaison' WHEN chosen.state = 'returned' THEN 'submitter'
        WHEN chosen.state = 'assigned' THEN 'division' WHEN chosen.state = 'consulting' THEN 'ministry'
        WHEN chosen.state = 'answered' THEN 'submitter' ELSE 'nobody' END AS holder) s
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM organisation WHERE kind = 'division') d
        ON d.place = g % (SELECT count(*) FROM organisation WHERE kind = 'division')
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM theme) t
        ON t.place = (g / 7) % (SELECT count(*) FROM theme)"""
_CONSULTATIONS = """
    INSERT INTO consultation (issue_id, ministry_id, asked_by_person_id, asked_at, due_on, replied_at)
    SELECT i.id, m.id, i.submitter_person_id, i.accepted_at, i.due_on,
        CASE WHEN i.state <> 'consulting' THEN i.accepted_at + interval '3 days' END
    FROM issue i JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM organisation
            WHERE kind = 'ministry') m
        ON m.place = (i.id / 10) % (SELECT count(*) FROM organisation WHERE kind = 'ministry')
    WHERE i.state = 'consulting' OR (i.accepted_at IS NOT NULL AND i.id % 10 = 0)"""
_POSTS = """
    INSERT INTO post (issue_id, kind, audience, body, signature, author_person_id, author_membership_id,
        author_organisation_id, created_at)
    SELECT i.id, CASE n WHEN 3 THEN 'note' WHEN 2 THEN 'official_answer' ELSE 'reply' END,
        CASE n WHEN 3 THEN 'internal' ELSE 'public' END, repeat('返信です。', 20), '係長', i.submitter_person_id,
        i.submitter_membership_id, i.organisation_id, i.submitted_at + n * interval '1 day'
    FROM issue i CROSS JOIN generate_series(1, 3) AS n WHERE n <> 2 OR i.answered_at IS NOT NULL ORDER BY i.id, n"""
_HOPS = """
    INSERT INTO issue_hop (issue_id, holder, organisation_id, started_at, ended_at)
    SELECT i.id, CASE n WHEN 1 THEN 'liaison' WHEN 2 THEN 'division' ELSE 'submitter' END,
        CASE n WHEN 1 THEN i.post_id WHEN 2 THEN i.division_id ELSE i.organisation_id END,
        i.submitted_at + (n - 1) * interval '1 day', CASE WHEN n < 3 THEN i.submitted_at + n * interval '1 day' END
    FROM issue i CROSS JOIN generate_series(1, 3) AS n ORDER BY i.id, n"""
_READINGS = """
    INSERT INTO issue_reading (issue_id, person_id, read_at)
    SELECT i.id, i.submitter_person_id, i.last_activity_at FROM issue i WHERE i.id % 4 <> 0"""
_READ_BY_OFFICES = """
    INSERT INTO issue_reading (issue_id, person_id, read_at)
    SELECT i.id, m.person_id, i.last_activity_at FROM issue i
    JOIN membership m ON m.role NOT IN ('local_manager', 'local_staff') WHERE (i.id + m.id) % 9 = 0"""
_EVENTS = """
    INSERT INTO event (kind, occurred_at, subject_kind, subject_id, audience, organisation_id, actor_person_id,
        actor_membership_id, payload, handled_at)
    SELECT (ARRAY['issue_submitted', 'issue_accepted'])[n], i.submitted_at + n * interval '1 day',
        'issue', i.id, 'public', i.organisation_id, i.submitter_person_id, i.submitter_membership_id,
        json_build_object('issue_id', i.id, 'number', i.number), now()
    FROM issue i CROSS JOIN generate_series(1, 2) AS n ORDER BY 2"""
_PAPERS = """
    INSERT INTO guidance (kind, state, sender_id, sender_title, document_number, number_year, theme_id, nature,
        legal_basis, addressee_line, title, body, contact, concerned_sections, required_action, difference,
        reply_due_on, route, addressees, edition, drafter_person_id, drafter_organisation_id, created_at, updated_at,
        issued_at, issued_on, recipient_count)
    SELECT (ARRAY['notice', 'office_memo', 'information'])[1 + g % 3], 'issued', d.id, '課長', '総行住第' || g || '号',
        2020 + g / 60, t.id, CASE g % 2 WHEN 0 THEN 'reply_required' ELSE 'information' END, '', '各市区町村長 殿',
        '通知' || g || 'について', repeat('記です。', 100), '', '', '', '', (a.at + interval '14 days')::date, 'direct',
        '{}', 1, (SELECT min(id) FROM person), d.id, a.at, a.at, a.at, a.at::date, 1788
    FROM generate_series(1, :papers) AS g
    CROSS JOIN LATERAL (SELECT now() - (:papers - g) * interval '4 days' AS at) a
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM organisation WHERE kind = 'division') d
        ON d.place = g % (SELECT count(*) FROM organisation WHERE kind = 'division')
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM theme) t
        ON t.place = g % (SELECT count(*) FROM theme)"""
_RECIPIENTS = """
    INSERT INTO recipient (guidance_id, organisation_id, organisation_code, organisation_name, prefecture_code,
        delivered_at, opened_at, received_at, response, responded_at)
    SELECT g.id, o.id, o.code, o.name, o.prefecture_code, g.issued_at,
        CASE WHEN done THEN g.issued_at + interval '1 day' END, CASE WHEN done THEN g.issued_at + interval '2 days' END,
        CASE WHEN done THEN 'done' ELSE 'none' END, CASE WHEN done THEN g.issued_at + interval '5 days' END
    FROM guidance g CROSS JOIN organisation o
    CROSS JOIN LATERAL (SELECT (o.id + g.id) % 30 <> 0 AND g.issued_at < now() - interval '10 days' AS done) x
    WHERE o.prefecture_code IS NOT NULL ORDER BY g.id, o.code"""
# Offices get more than bodies do: every third event's line goes to one of them.
_NOTIFICATIONS = """
    INSERT INTO notification (event_id, person_id, kind, topic, mode, audience, subject_kind, subject_id, facts,
        is_urgent, needs_action, created_at, read_at)
    SELECT e.id, coalesce(CASE WHEN e.id % 3 = 0 THEN office.person_id END, e.actor_person_id), e.kind, 'issue_news',
        'digest', 'public', 'issue', e.subject_id, json_build_object('number', e.payload ->> 'number', 'title', '課題'),
        false, e.id % 5 = 0, e.occurred_at, CASE WHEN e.id % 20 <> 0 THEN e.occurred_at + interval '1 day' END
    FROM event e JOIN (SELECT DISTINCT person_id, row_number() OVER (ORDER BY person_id) - 1 AS place FROM membership
        WHERE role NOT IN ('local_manager', 'local_staff')) office
        ON office.place = e.id % (SELECT count(*) FROM membership WHERE role NOT IN ('local_manager', 'local_staff'))
    ORDER BY e.id"""
# Made anew once the rows are there: that takes half the time.
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE INDEX %'
        AND tablename IN ('issue', 'post', 'issue_hop', 'issue_reading', 'event', 'recipient', 'notification')"""


def fill() -> None:
    """Issues with all that hangs on them, papers with their recipients, inboxes; then the planner's statistics.

    Expects the memberships of the offices to be there.
    """
    db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))  # the statements keep the keys whole
    indexes = db.session.execute(sa.text(_INDEXES)).all()
    for name, _ in indexes:
        db.session.execute(sa.text(f'DROP INDEX "{name}"'))
    for statement in (
        _BODY,
        _PEOPLE,
        _MEMBERS,
        _CAST,
        _ISSUES,
        _CONSULTATIONS,
        _POSTS,
        _HOPS,
        _READINGS,
        _READ_BY_OFFICES,
        _EVENTS,
        _PAPERS,
        _RECIPIENTS,
        _NOTIFICATIONS,
        "DROP TABLE body, writer",
        *(definition for _, definition in indexes),
        "SET LOCAL default_statistics_target = 500",  # a sample of every row: the same plans in each run
        "ANALYZE",
    ):
        known = {"issues": ISSUES, "papers": PAPERS}
        db.session.execute(sa.text(statement), {name: n for name, n in known.items() if f":{name}" in statement})
