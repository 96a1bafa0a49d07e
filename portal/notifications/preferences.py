"""When people get mail: defaults, choices, and the one-click unsubscribe."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import Invalid, NotFound
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_ROLES, Role
from portal.liaison.policy import can_work
from portal.notifications.events import MailPreferenceChanged
from portal.notifications.models import DigestSetting, MailMode, Preference, Topic, UnsubscribeKey

DEFAULTS: dict[Topic, MailMode] = {
    Topic.ISSUE_ACTION: MailMode.AT_ONCE,
    Topic.ISSUE_NEWS: MailMode.DIGEST,
    Topic.PREFECTURE_NEWS: MailMode.DIGEST,
    Topic.GUIDANCE_ACTION: MailMode.AT_ONCE,
    Topic.GUIDANCE_NEWS: MailMode.DIGEST,
    Topic.CAMPAIGN_ACTION: MailMode.AT_ONCE,
    Topic.CAMPAIGN_NEWS: MailMode.DIGEST,
    Topic.KNOWLEDGE: MailMode.DIGEST,
    Topic.OPERATIONS: MailMode.AT_ONCE,
    Topic.CONTACTS: MailMode.AT_ONCE,
    Topic.PROMISES: MailMode.AT_ONCE,
    Topic.ABSENCES: MailMode.AT_ONCE,
    Topic.ACCOUNT: MailMode.AT_ONCE,
}
CHOSEN = (
    Topic.ISSUE_ACTION,
    Topic.ISSUE_NEWS,
    Topic.PREFECTURE_NEWS,
    Topic.GUIDANCE_ACTION,
    Topic.GUIDANCE_NEWS,
    Topic.CAMPAIGN_ACTION,
    Topic.CAMPAIGN_NEWS,
    Topic.KNOWLEDGE,
    Topic.OPERATIONS,
    Topic.CONTACTS,
    Topic.PROMISES,
    Topic.ABSENCES,
)
# Dues of requests reach everyone (product.md section 8).
NEVER_OFF = frozenset({Topic.GUIDANCE_ACTION, Topic.CAMPAIGN_ACTION})
DIGEST_KEY = "digest"


@dataclass(frozen=True)
class _Reader:
    """A person acting by the link of a mail that they got, without having signed in."""

    person_id: int
    membership_id: int | None = None


@dataclass(frozen=True)
class Choices:
    """A person's mail modes by topic, and whether the digest comes once a week."""

    modes: dict[Topic, MailMode]
    is_weekly: bool


def list_topics(actor: Actor) -> list[Topic]:
    """The topics of which this role may hear anything."""
    hidden: set[Topic] = set()
    if not (actor.role in LOCAL_ROLES and actor.is_prefecture):
        hidden.add(Topic.PREFECTURE_NEWS)
    if actor.role is not Role.ADMIN:
        hidden.add(Topic.OPERATIONS)
    if not (actor.role in LOCAL_ROLES or can_work(actor)):
        hidden.add(Topic.CONTACTS)
    if not can_work(actor):
        hidden.add(Topic.PROMISES)
    if actor.role in {Role.ASSOCIATION, Role.MINISTRY, Role.EXECUTIVE, Role.AUDITOR}:
        hidden |= {Topic.CAMPAIGN_ACTION, Topic.CAMPAIGN_NEWS}
    return [topic for topic in CHOSEN if topic not in hidden]


def list_modes(topic: Topic) -> list[MailMode]:
    """The modes that one may choose for the topic."""
    return [mode for mode in MailMode if not (mode is MailMode.OFF and topic in NEVER_OFF)]


def get_choices(actor: Actor) -> Choices:
    """What the person has chosen, with the defaults where nothing was."""
    rows = db.session.scalars(sa.select(Preference).where(Preference.person_id == actor.person_id))
    modes = {**DEFAULTS, **{row.topic: row.mode for row in rows}}
    setting = db.session.get(DigestSetting, actor.person_id)
    return Choices(modes, is_weekly=setting is not None and setting.is_weekly)


def choose(actor: Actor, modes: dict[Topic, MailMode], *, is_weekly: bool) -> None:
    """Keep the person's choices. Raises Invalid at the topic that cannot be turned off."""
    for topic, mode in modes.items():
        if topic not in CHOSEN or mode not in list_modes(topic):
            raise Invalid(N_("回答・対応を求めるメールは止められません。"), field=topic.value)
        _set(actor.person_id, topic, mode)
    emit(
        actor,
        MailPreferenceChanged(
            person_id=actor.person_id,
            audience=Audience.INTERNAL,
            changes={**{topic.value: mode.value for topic, mode in modes.items()}, "is_weekly": is_weekly},
        ),
    )
    setting = insert(DigestSetting).values(person_id=actor.person_id, is_weekly=is_weekly)
    db.session.execute(setting.on_conflict_do_update(index_elements=["person_id"], set_={"is_weekly": is_weekly}))


def unsubscribe_secret(person_id: int, about: Topic | None) -> str:
    """The secret of the person's unsubscribe address for a topic (None: the digest); its hash is kept for the click.

    It is derived from the portal's key, so that every mail bears the same one, and stays good when that key changes.
    """
    keep_secrets([(person_id, about)])
    return derive_secret(person_id, about)


def derive_secret(person_id: int, about: Topic | None) -> str:
    """The secret alone; ``keep_secrets`` is what makes its address work."""
    key = current_app.config["PORTAL_SETTINGS"].secret_key.encode()
    return hmac.new(key, f"unsubscribe/{person_id}/{_key_of(about)}".encode(), hashlib.sha256).hexdigest()


def keep_secrets(wanted: Iterable[tuple[int, Topic | None]]) -> None:
    """Let the addresses of these people and topics work. One statement, none for nobody."""
    now = clock.now()
    rows = [
        {
            "person_id": person_id,
            "topic": _key_of(about),
            "secret_hash": _digest(derive_secret(person_id, about)),
            "created_at": now,
        }
        for person_id, about in wanted
    ]
    if rows:
        db.session.execute(insert(UnsubscribeKey).values(rows).on_conflict_do_nothing())


def _key_of(about: Topic | None) -> str:
    return about.value if about else DIGEST_KEY


def get_unsubscribe_key(secret: str) -> UnsubscribeKey:
    """The key of a secret. Raises NotFound."""
    key = db.session.scalar(sa.select(UnsubscribeKey).where(UnsubscribeKey.secret_hash == _digest(secret)))
    if key is None:
        raise NotFound
    return key


def topic_of(key: UnsubscribeKey) -> Topic | None:
    """The topic of a key, None for the digest's."""
    return None if key.topic == DIGEST_KEY else Topic(key.topic)


def unsubscribe(secret: str) -> UnsubscribeKey:
    """Stop the mail that the secret stands for; what cannot be stopped comes in the digest from now on.

    Raises NotFound for a secret that never was. Doing it twice is harmless.
    """
    key = get_unsubscribe_key(secret)
    topic = topic_of(key)
    chosen = {
        **DEFAULTS,
        **{
            row.topic: row.mode
            for row in db.session.scalars(sa.select(Preference).where(Preference.person_id == key.person_id))
        },
    }
    if topic is not None:
        wanted = {topic: MailMode.DIGEST if topic in NEVER_OFF else MailMode.OFF}
    else:
        in_digest = [each for each in CHOSEN if chosen[each] is MailMode.DIGEST and each not in NEVER_OFF]
        wanted = dict.fromkeys(in_digest, MailMode.OFF)
    changes = {each: mode for each, mode in wanted.items() if chosen[each] is not mode}
    for each, mode in changes.items():
        _set(key.person_id, each, mode)
    if changes:
        emit(
            _Reader(key.person_id),
            MailPreferenceChanged(
                person_id=key.person_id,
                audience=Audience.INTERNAL,
                changes={each.value: mode.value for each, mode in changes.items()},
            ),
        )
    return key


def _set(person_id: int, topic: Topic, mode: MailMode) -> None:
    row = insert(Preference).values(person_id=person_id, topic=topic, mode=mode)
    db.session.execute(row.on_conflict_do_update(index_elements=["person_id", "topic"], set_={"mode": mode}))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
