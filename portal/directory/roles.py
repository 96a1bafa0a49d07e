"""Roles of memberships and kinds of organisations: the words that policies are written in."""

from portal.core.enums import LabelledEnum


class OrganisationKind(LabelledEnum):
    """What sort of body an organisation is."""

    HEADQUARTERS = ("headquarters", "本部", "Headquarters")
    SECRETARIAT = ("secretariat", "事務局", "Secretariat")
    DIVISION = ("division", "幹事課", "Division")
    PREFECTURE = ("prefecture", "都道府県", "Prefecture")
    DESIGNATED_CITY = ("designated_city", "指定都市", "Designated city")
    CITY = ("city", "市", "City")
    SPECIAL_WARD = ("special_ward", "特別区", "Special ward")
    TOWN = ("town", "町", "Town")
    VILLAGE = ("village", "村", "Village")
    ASSOCIATION = ("association", "地方六団体", "Local-government association")
    MINISTRY = ("ministry", "関係府省", "Ministry")


MUNICIPALITIES = frozenset(
    {
        OrganisationKind.DESIGNATED_CITY,
        OrganisationKind.CITY,
        OrganisationKind.SPECIAL_WARD,
        OrganisationKind.TOWN,
        OrganisationKind.VILLAGE,
    }
)
LOCAL_GOVERNMENTS = MUNICIPALITIES | {OrganisationKind.PREFECTURE}
HEADQUARTERS_KINDS = frozenset({OrganisationKind.HEADQUARTERS, OrganisationKind.SECRETARIAT, OrganisationKind.DIVISION})


class Role(LabelledEnum):
    """What a membership entitles to (product.md section 2, security.md access matrix)."""

    ADMIN = ("admin", "システム管理者", "Administrator")
    SECRETARIAT = ("secretariat", "事務局", "Secretariat")
    EXECUTIVE = ("executive", "本部幹部", "Executive")
    DIVISION = ("division", "幹事課", "Division")
    LIAISON = ("liaison", "リエゾン", "Liaison")
    LOCAL_MANAGER = ("local_manager", "団体管理者", "Body manager")
    LOCAL_STAFF = ("local_staff", "団体担当者", "Body staff")
    ASSOCIATION = ("association", "地方六団体", "Association")
    MINISTRY = ("ministry", "関係府省", "Ministry")
    AUDITOR = ("auditor", "監査担当", "Auditor")


LOCAL_ROLES = frozenset({Role.LOCAL_MANAGER, Role.LOCAL_STAFF})
ADDRESSED_ROLES = LOCAL_ROLES | {Role.ASSOCIATION, Role.MINISTRY}  # whose organisations guidance is sent to
HEADQUARTERS_ROLES = frozenset(
    {Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.DIVISION, Role.LIAISON, Role.AUDITOR}
)

ROLES_OF_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.HEADQUARTERS: frozenset({Role.ADMIN, Role.EXECUTIVE, Role.LIAISON, Role.AUDITOR}),
    OrganisationKind.SECRETARIAT: frozenset({Role.SECRETARIAT}),
    OrganisationKind.DIVISION: frozenset({Role.DIVISION}),
    OrganisationKind.ASSOCIATION: frozenset({Role.ASSOCIATION}),
    OrganisationKind.MINISTRY: frozenset({Role.MINISTRY}),
    **dict.fromkeys(LOCAL_GOVERNMENTS, LOCAL_ROLES),
}


class AssignmentRank(LabelledEnum):
    """How a liaison looks after a post."""

    PRIMARY = ("primary", "主担当", "Primary")
    DEPUTY = ("deputy", "副担当", "Deputy")


class ImportKind(LabelledEnum):
    """What a file holds that is taken in."""

    PEOPLE = ("people", "名簿", "People")
    POPULATIONS = ("populations", "人口", "Populations")
