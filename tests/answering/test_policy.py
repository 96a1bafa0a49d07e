"""Who may do what with answers, role by role and state by state, read against the access matrix of the design."""

import pytest

from portal.answering import policy
from portal.answering.models import DueExtension
from portal.answering.reading import read_answers
from portal.answering.states import ExtensionState
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import CampaignState, EntryState
from portal.directory.actor import Actor
from portal.directory.roles import OrganisationKind, Role

BODY, NEIGHBOUR, PREFECTURE, ELSEWHERE, OFFICE, OTHER = 1, 2, 3, 4, 5, 6


def actor(role: Role, organisation: int, kind: OrganisationKind, prefecture: str | None = None, **fields) -> Actor:
    return Actor(
        person_id=1, membership_id=1, role=role, organisation_id=organisation, organisation_kind=kind,
        prefecture_code=prefecture, **fields,
    )  # fmt: skip


ACTORS = {
    "manager": actor(Role.LOCAL_MANAGER, BODY, OrganisationKind.CITY, "15"),
    "staff": actor(Role.LOCAL_STAFF, BODY, OrganisationKind.CITY, "15"),
    "neighbour": actor(Role.LOCAL_MANAGER, NEIGHBOUR, OrganisationKind.CITY, "15"),
    "prefecture": actor(Role.LOCAL_STAFF, PREFECTURE, OrganisationKind.PREFECTURE, "15"),
    "elsewhere": actor(Role.LOCAL_MANAGER, ELSEWHERE, OrganisationKind.PREFECTURE, "01"),
    "office": actor(Role.DIVISION, OFFICE, OrganisationKind.DIVISION),
    "division": actor(Role.DIVISION, OTHER, OrganisationKind.DIVISION),
    "secretariat": actor(Role.SECRETARIAT, OTHER, OrganisationKind.SECRETARIAT),
    "admin": actor(Role.ADMIN, OTHER, OrganisationKind.HEADQUARTERS),
    "executive": actor(Role.EXECUTIVE, OTHER, OrganisationKind.HEADQUARTERS),
    "liaison": actor(Role.LIAISON, OTHER, OrganisationKind.HEADQUARTERS, post_ids=frozenset({1})),
    "association": actor(Role.ASSOCIATION, OTHER, OrganisationKind.ASSOCIATION),
    "ministry": actor(Role.MINISTRY, OTHER, OrganisationKind.MINISTRY),
    "auditor": actor(Role.AUDITOR, OTHER, OrganisationKind.HEADQUARTERS),
}
STEER = {"office", "secretariat", "admin"}
OPEN = {EntryState.BLANK, EntryState.STARTED, EntryState.PENDING, EntryState.RETURNED}
CAN = {
    "answer": (policy.can_answer, {"manager", "staff"}, OPEN),
    "assign": (policy.can_assign, {"manager", "staff"}, OPEN),
    "submit": (policy.can_submit, {"manager"}, OPEN),
    "take back": (policy.can_take_back, {"manager"}, {EntryState.SUBMITTED}),
    "forward": (
        lambda *things: policy.can_forward(*things, is_prefecture=False),
        {"prefecture"},
        {EntryState.SUBMITTED},
    ),
}


def things(state: EntryState, campaign_state: CampaignState = CampaignState.PUBLISHED) -> tuple[Campaign, Entry]:
    campaign = Campaign(id=1, state=campaign_state, office_id=OFFICE)
    return campaign, Entry(id=1, organisation_id=BODY, prefecture_code="15", state=state, answers={"q": "x"})


@pytest.mark.parametrize("what", CAN)
def test_steps_by_role_and_state(what):
    can, who, states = CAN[what]
    for state in EntryState:
        for name, someone in ACTORS.items():
            campaign, entry = things(state)
            assert can(someone, campaign, entry) is (name in who and state in states), (what, name, state)
            for over in (CampaignState.CLOSED, CampaignState.DRAFT, CampaignState.REVIEW):
                assert not can(someone, *things(state, over)), (what, name, state, over)


def test_sending_back_by_role_and_state():
    for state in EntryState:
        for name, someone in ACTORS.items():
            may = (name in STEER and state in {EntryState.SUBMITTED, EntryState.FORWARDED}) or (
                name == "prefecture" and state is EntryState.SUBMITTED
            )
            assert policy.can_return(someone, *things(state), is_prefecture=False) is may, (name, state)
            own_of_prefecture = name in STEER and state in {EntryState.SUBMITTED, EntryState.FORWARDED}
            assert policy.can_return(someone, *things(state), is_prefecture=True) is own_of_prefecture, (name, state)


def test_what_is_still_being_written_only_the_body_reads():
    for state in EntryState:
        for name, someone in ACTORS.items():
            _, entry = things(state)
            reads = read_answers(someone, entry, []) is not None
            assert reads is (name in {"manager", "staff"} or state not in OPEN - {EntryState.RETURNED}), (name, state)
            assert campaign_policy.can_read_answers(someone, entry) is reads


def test_who_sees_bodies_one_by_one():
    campaign, _ = things(EntryState.BLANK)
    sees = {name for name, someone in ACTORS.items() if policy.can_see_matrix(someone, campaign)}
    assert sees == STEER | {"division", "executive", "liaison", "prefecture", "elsewhere", "auditor"}
    listed = {name for name in sees if campaign_policy.can_list(ACTORS[name])}
    assert listed == sees - {"auditor"}
    assert {name for name in listed if policy.can_export(ACTORS[name], campaign)} == listed - {"executive"}


def test_who_asks_for_a_later_due_and_who_decides():
    campaign, _ = things(EntryState.BLANK)
    campaign.survey_due_on = object()  # type: ignore[assignment]
    part = Participation(organisation_id=BODY)
    asked = DueExtension(state=ExtensionState.ASKED)
    decided = DueExtension(state=ExtensionState.GRANTED)
    for name, someone in ACTORS.items():
        assert policy.can_ask_extension(someone, campaign, part) is (name in {"manager", "staff"})
        assert policy.can_decide_extension(someone, campaign, asked) is (name in STEER)
        assert not policy.can_decide_extension(someone, campaign, decided)
        assert policy.can_keep_reply(someone, campaign, part) is (name in {"manager", "staff"})
