"""Who appears in the demonstration at headquarters, in the associations and in the ministries."""

from dataclasses import dataclass

from portal.directory.roles import Role

_SURNAMES = (
    "架空",
    "見本",
    "例示",
    "仮名",
    "模擬",
    "試作",
    "雛形",
    "想定",
    "練習",
    "演習",
)  # no family bears these names, so that nobody takes the demonstration for real
_SECOND = (
    "山",
    "川",
    "田",
    "野",
    "原",
    "沢",
    "林",
    "森",
    "島",
    "谷",
    "岡",
    "池",
    "浜",
    "崎",
    "松",
    "杉",
    "竹",
    "橋",
    "堀",
    "坂",
)


@dataclass(frozen=True, kw_only=True)
class CastMember:
    """One account: its address, where it belongs, and what it may do there."""

    email: str
    body: str
    role: Role
    name: str
    title: str
    section: str = ""
    phone: str = ""
    is_head: bool = False
    is_approver: bool = False


def surname(number: int) -> str:
    """A surname that no real family bears, the same for the same number."""
    return _SURNAMES[number % len(_SURNAMES)] + _SECOND[(number // len(_SURNAMES)) % len(_SECOND)]


def _at(  # noqa: PLR0917 - the columns of the table below
    email: str, body: str, role: Role, number: int, title: str, section: str = "", **flags: bool
) -> CastMember:
    return CastMember(
        email=email,
        body=body,
        role=role,
        name=surname(number),
        title=title,
        section=section,
        phone=f"03-0000-{5000 + number}",
        **flags,
    )


HEADQUARTERS_CAST = (
    _at("admin@mic.example", "hq", Role.ADMIN, 101, "システム管理官"),
    _at("executive@mic.example", "hq", Role.EXECUTIVE, 102, "本部員"),
    _at("auditor@mic.example", "hq", Role.AUDITOR, 103, "監査官"),
    _at("secretariat@mic.example", "secretariat", Role.SECRETARIAT, 104, "主査", "総括係"),
    _at("chief@mic.example", "secretariat", Role.SECRETARIAT, 105, "地方連携総括官", is_head=True, is_approver=True),
    _at("juumin@mic.example", "juumin", Role.DIVISION, 106, "係長", "住民台帳係"),
    _at("juumin-head@mic.example", "juumin", Role.DIVISION, 107, "課長", is_head=True, is_approver=True),
    _at("mynumber@mic.example", "mynumber", Role.DIVISION, 108, "係長", "制度支援係"),
    _at("mynumber-head@mic.example", "mynumber", Role.DIVISION, 109, "室長", is_head=True, is_approver=True),
    *(
        member
        for number, body in enumerate(
            (
                "digital-kiban",
                "shichoson",
                "chiiki-seisaku",
                "mynapoint",
                "chiiki-shinko",
                "kaso",
                "oen",
                "fukuri",
                "zaisei",
                "zaisei-sanjikan",
                "chosei",
                "zaimu",
                "zeimu",
                "shobo",
            )
        )
        for member in (
            _at(f"{body}@mic.example", body, Role.DIVISION, 120 + 2 * number, "係長"),
            _at(
                f"{body}-head@mic.example",
                body,
                Role.DIVISION,
                121 + 2 * number,
                "課長",
                is_head=True,
                is_approver=True,
            ),
        )
    ),
)

PARTNER_CAST = (
    *(
        _at(f"{body}@assoc.example", body, Role.ASSOCIATION, 160 + number, "調査役", is_head=True)
        for number, body in enumerate(
            ("chijikai", "shichokai", "chosonkai", "todofukengikai", "shigikai", "chosongikai")
        )
    ),
    *(
        _at(f"{body}@ministry.example", body, Role.MINISTRY, 170 + number, "課長補佐", is_head=True)
        for number, body in enumerate(("digital", "mhlw", "cfa", "nta", "mext"))
    ),
)
