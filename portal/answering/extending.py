"""期限延長: a body asks for a later due of its survey, those who run the campaign decide."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import DueExtensionAsked, DueExtensionGranted, DueExtensionRefused, DueExtensionWithdrawn
from portal.answering.models import DueExtension
from portal.answering.running import authorize_running
from portal.answering.states import ExtensionState
from portal.campaigns.models import Campaign, Participation
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor

_DECIDED = N_("この申請は既に処理されています。画面を読み直してください。")


def due_of(campaign: Campaign, participation: Participation | None) -> date | None:
    """The body's due: its own where it was extended, else the campaign's."""
    return (participation.due_on if participation else None) or campaign.survey_due_on


def ask_extension(
    actor: Actor,
    campaign: Campaign,
    participation: Participation,
    *,
    wanted_on: date | None,
    reason: str,
    my_number_confirmed: bool = False,
) -> DueExtension:
    """Ask for a later due. Raises Invalid at the field, Conflict while an earlier request waits."""
    authorize_running(policy.can_ask_extension, actor, campaign, participation)
    my_number.check_text("reason", reason, my_number_confirmed)
    wanted = _checked(campaign, participation, wanted_on, "wanted_on")
    if not reason.strip():
        raise Invalid(N_("延長が必要な理由を入力してください。"), field="reason")
    extension = DueExtension(
        campaign_id=campaign.id, participation_id=participation.id, wanted_on=wanted, reason=reason.strip(),
        state=ExtensionState.ASKED, asked_signature=actor.signature, asked_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(extension)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(N_("この団体からの期限延長の申請は、既に出されています。")) from error
    emit(
        actor,
        DueExtensionAsked(
            campaign_id=campaign.id,
            participation_id=participation.id,
            wanted_on=wanted,
            organisation_id=participation.organisation_id,
        ),
    )
    return extension


def decide_extension(
    actor: Actor,
    campaign: Campaign,
    extension: DueExtension,
    *,
    granted_on: date | None,
    reason: str = "",
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """asked → granted until ``granted_on``, or refused (None) with a reason. Raises Conflict when it was decided."""
    if extension.state is not ExtensionState.ASKED:
        raise Conflict(_DECIDED)
    authorize_running(policy.can_decide_extension, actor, campaign, extension)
    extension.check_version(version)
    my_number.check_text("reason", reason, my_number_confirmed)
    participation = extension.participation
    ids: dict[str, Any] = {"campaign_id": campaign.id, "participation_id": participation.id}
    if granted_on is None and not reason.strip():
        raise Invalid(N_("承認しない理由を入力してください。"), field="reason")
    if granted_on is not None:
        participation.due_on = _checked(campaign, participation, granted_on, "granted_on")
    extension.state = ExtensionState.REFUSED if granted_on is None else ExtensionState.GRANTED
    extension.granted_on, extension.decision_reason = granted_on, reason.strip()
    extension.decided_signature, extension.decided_at = actor.signature, clock.now()
    db.session.flush()
    if granted_on is None:
        emit(actor, DueExtensionRefused(**ids, organisation_id=participation.organisation_id))
    else:
        emit(actor, DueExtensionGranted(**ids, granted_on=granted_on, organisation_id=participation.organisation_id))


def withdraw_extension(actor: Actor, campaign: Campaign, extension: DueExtension) -> None:
    """asked → withdrawn, by the body: the due stays. Raises Conflict when it was decided meanwhile."""
    db.session.refresh(extension, ["state", "version"], with_for_update=True)
    if extension.state is not ExtensionState.ASKED:
        raise Conflict(_DECIDED)
    authorize_running(policy.can_withdraw_extension, actor, campaign, extension)
    extension.state, extension.decided_at = ExtensionState.WITHDRAWN, clock.now()
    extension.decided_signature = actor.signature
    db.session.flush()
    participation = extension.participation
    emit(
        actor,
        DueExtensionWithdrawn(
            campaign_id=campaign.id, participation_id=participation.id, organisation_id=participation.organisation_id
        ),
    )


def grant_as_wanted(
    actor: Actor, campaign: Campaign, extensions: Sequence[DueExtension]
) -> tuple[list[DueExtension], list[DueExtension]]:
    """Grant each that still waits until the date that its body wants: (granted, not possible any more)."""
    authorize_running(policy.can_decide_extensions, actor, campaign)
    granted, refused = [], []
    if not extensions:
        raise Invalid(N_("承認する申請を選んでください。"))
    for extension in extensions:
        try:
            decide_extension(actor, campaign, extension, granted_on=extension.wanted_on, version=extension.version)
        except (Invalid, Conflict):
            refused.append(extension)
        else:
            granted.append(extension)
    if not granted:
        raise Invalid(N_("承認できる申請がありません。希望する期限が過ぎていないか、確かめてください。"))
    return granted, refused


def _checked(campaign: Campaign, participation: Participation, until: date | None, field: str) -> date:
    due_on = due_of(campaign, participation)
    if until is None:
        raise Invalid(N_("日付を入力してください。"), field=field)
    if due_on is not None and until <= due_on:
        raise Invalid(N_("いまの期限より後の日付を入力してください。"), field=field)
    if until < japan_date(clock.now()):
        raise Invalid(N_("過去の日付は指定できません。"), field=field)
    if campaign.final_on is not None and until > campaign.final_on:
        raise Invalid(N_("最終報告の日より後にはできません。"), field=field)
    return until
