"""The official reply of a body as bodies write it, whatever the language of the page: it is a Japanese document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.campaigns.models import Campaign, Entry, Participation
from portal.core.calendar import era_date, japan_date
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind

_SECRETARIAT_HEAD = "地方連携総括官"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Number, date, addressee, sender, title, opening, items and the fixed words between them."""

    number: str
    date: str
    addressee: str
    sender: str
    title: str
    opening: str
    items: tuple[str, ...]
    below: str = "記"
    end: str = "以上"
    annex: str = "別紙"
    contact: str = "担当"


def write_letter(campaign: Campaign, participation: Participation, submitted: Sequence[Entry]) -> Letter:
    """The letter about what was submitted; what is not entered yet is left to be filled in by hand."""
    return Letter(
        number=participation.reply_number or "第　　　　号",
        date=era_date(participation.reply_on) if participation.reply_on else "令和　　年　　月　　日",
        addressee=f"総務省{head_of_office(campaign.office)}　殿",
        sender=head_of_body(participation),
        title=f"{campaign.shown_title}について（回答）",
        opening=f"{_asked(campaign)}照会のあった標記の件について、下記のとおり回答します。",
        items=tuple(_items(participation, submitted)),
    )


def head_of_body(participation: Participation) -> str:
    """The head by office: 新潟県知事, 上越市長, 千代田区長."""
    return f"{participation.organisation_name}{'知事' if participation.is_prefecture else '長'}"


def head_of_office(office: Organisation) -> str:
    """The head of the office that asks: 住民制度課長; offices that are a person's own are that person's."""
    if office.kind is OrganisationKind.SECRETARIAT:
        return _SECRETARIAT_HEAD
    return f"{office.name}長" if office.name.endswith(("課", "室")) else office.name


def _items(participation: Participation, submitted: Sequence[Entry]) -> Iterator[str]:
    is_whole = [each.procedure.is_whole for each in submitted] == [True]
    yield "回答　別紙のとおり" + ("" if is_whole else f"（{len(submitted)}事務）")
    instants = [each.submitted_at for each in submitted if each.submitted_at is not None]
    if instants:
        yield f"提出年月日　{era_date(japan_date(max(instants)))}"
    if participation.published_on is not None:
        yield f"結果の公表　{era_date(participation.published_on)}　{participation.published_url}".rstrip()


def _asked(campaign: Campaign) -> str:
    asked_on: date | None = campaign.requested_on
    if asked_on is None and campaign.published_at is not None:
        asked_on = japan_date(campaign.published_at)
    day = f"{era_date(asked_on)}付け" if asked_on else ""
    return f"{day}{campaign.document_number}で" if day or campaign.document_number else ""
