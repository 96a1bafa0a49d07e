"""What is wrong with figures, each problem at its field; pure, for pages and workbooks alike."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from portal.core import my_number
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.inspections.figures import COUNTS, CUMULATIVE, Figures
from portal.inspections.states import MislinkCause

LARGEST = 200_000_000  # more records than there are people
LONGEST = {"prevention": 2000, "delay_reason": 1000, "reason": 1000, "published_url": 500}

# Each is at most the other; the problem stands at the first.
_BOUNDS: tuple[tuple[str, str, str], ...] = (
    ("extracted", "target", N_("抽出済は、対象件数以下にしてください。")),
    ("matched", "extracted", N_("照合済は、抽出済以下にしてください。")),
    ("mismatched", "matched", N_("不一致は、照合済以下にしてください。")),
    ("mislinks", "confirmed", N_("紐付け誤りは、本人確認済以下にしてください。")),
    ("corrected", "mislinks", N_("修正済は、紐付け誤り以下にしてください。")),
)
_RANGE = N_("0以上の数を入力してください。")
_TOO_LARGE = N_("数が大きすぎます。件数を確かめてください。")
_FELL = N_("前回（%(before)s件）より減っています。誤りでなければ、理由を入力してください。")
_FALLS_NEXT = N_("次の回（%(after)s件）より多くなり、次の回で減ったことになります。先に、次の回を訂正してください。")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """A rule that the figures break: the field, the message and its parameters."""

    field: str
    message: str
    params: dict[str, object] = dataclasses.field(default_factory=dict)


class Rejected(Invalid):
    """Figures that break rules; ``problems`` are all of them, the refusal itself says the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message, field=problems[0].field, **problems[0].params)
        self.problems = tuple(problems)


def check_figures(figures: Figures, previous: Figures | None, *, reason: str = "") -> list[Problem]:
    """Every rule that the figures break (product.md §6, 3).

    0≤X≤M≤E≤T; C+P=X; R≤F≤C; Σcauses=F; what is counted cumulatively (T, E, M, X, C, F, R) is never less than in
    ``previous``, the newest earlier snapshot, unless a ``reason`` is given; a page that is named has its day.
    """
    found = list(_ranges(figures))
    if found:
        return found
    found = [
        Problem(field=name, message=message)
        for name, other, message in _BOUNDS
        if figures.count_of(name) > figures.count_of(other)
    ]
    if figures.confirmed + figures.pending != figures.mismatched:
        message = N_("本人確認済と本人確認中の合計（%(sum)s件）を、不一致（%(of)s件）と同じにしてください。")
        params: dict[str, object] = {"sum": figures.confirmed + figures.pending, "of": figures.mismatched}
        found.append(Problem(field="pending", message=message, params=params))
    by_cause = sum(figures.causes.values())
    if by_cause != figures.mislinks:
        message = N_("原因別の件数の合計（%(sum)s件）を、紐付け誤り（%(of)s件）と同じにしてください。")
        found.append(Problem(field="causes", message=message, params={"sum": by_cause, "of": figures.mislinks}))
    if figures.published_url.strip() and figures.published_on is None:
        found.append(Problem(field="published_on", message=N_("公表した日を入力してください。")))
    return found + ([] if reason.strip() or previous is None else list(_falls(figures, previous)))


def check_next(figures: Figures, following: Figures | None) -> list[Problem]:
    """A correction that would let the next date fall without a word: ``following``, unless a reason stands there."""
    if following is None:
        return []
    return [
        Problem(field=name, message=_FALLS_NEXT, params={"after": following.count_of(name)})
        for name in CUMULATIVE
        if figures.count_of(name) > following.count_of(name)
    ]


def check_plan(figures: Figures, final_on: date | None, today: date) -> list[Problem]:
    """A finish that is expected after the campaign's final date needs its reason; nothing is published tomorrow."""
    found = []
    is_late = final_on is not None and figures.expected_on is not None and figures.expected_on > final_on
    if is_late and not figures.delay_reason.strip():
        found.append(
            Problem(field="delay_reason", message=N_("完了予定が期限より後のため、遅れる理由を入力してください。"))
        )
    if figures.published_on is not None and figures.published_on > today:
        found.append(Problem(field="published_on", message=N_("将来の日付は入力できません。")))
    return found


def check_as_of(as_of: date, *, newest: date | None, today: date, corrected: date | None = None) -> list[Problem]:
    """The date of the figures: not in the future, after the newest snapshot's; a correction keeps the date."""
    message = None
    if corrected is not None:
        message = N_("訂正では、基準日を変えることはできません。") if as_of != corrected else None
    elif as_of > today:
        message = N_("基準日に将来の日付は指定できません。")
    elif newest is not None and as_of == newest:
        message = N_("この基準日の進捗は、既に登録されています。直すときは、その回の訂正をしてください。")
    elif newest is not None and as_of < newest:
        message = N_("前回の基準日より後の日付にしてください。")
    return [] if message is None else [Problem(field="as_of", message=message)]


def check_texts(figures: Figures, reason: str, *, my_number_confirmed: bool = False) -> list[Problem]:
    """Texts that are too long, and an address that leads nowhere. Raises Invalid where a My Number stands."""
    texts = {name: getattr(figures, name) for name in LONGEST if name != "reason"} | {"reason": reason}
    for name, text in texts.items():
        my_number.check_text(name, text, my_number_confirmed)
    found = [
        Problem(field=name, message=N_("%(n)s文字以内で入力してください。"), params={"n": LONGEST[name]})
        for name, text in texts.items()
        if len(text.strip()) > LONGEST[name]
    ]
    url = urlsplit(figures.published_url.strip())
    if figures.published_url.strip() and not (url.scheme in {"http", "https"} and url.netloc):
        found.append(Problem(field="published_url", message=N_("https:// から始まるURLを入力してください。")))
    return found


def _ranges(figures: Figures) -> Iterator[Problem]:
    counts = {name: figures.count_of(name) for name in (*COUNTS, "inquiries")}
    counts |= {f"cause_{cause}": count for cause, count in figures.causes.items()}
    for name, count in counts.items():
        if count < 0:
            yield Problem(field=name, message=_RANGE)
        elif count > LARGEST:
            yield Problem(field=name, message=_TOO_LARGE)
    if not {cause.value for cause in MislinkCause}.issuperset(figures.causes):
        yield Problem(field="causes", message=N_("一覧から選んでください。"))


def _falls(figures: Figures, previous: Figures) -> Iterator[Problem]:
    for name in CUMULATIVE:
        before = previous.count_of(name)
        if figures.count_of(name) < before:
            yield Problem(field=name, message=_FELL, params={"before": before})
