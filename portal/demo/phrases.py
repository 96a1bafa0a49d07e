"""What the people of the demonstration write to each other."""

import random

from portal.issues.states import IssueKind

_NOTES = (
    "同じ県内の2団体からも電話で同様の相談を受けています。",
    "担当者に電話で確認しました。来週の会議までに方向を知りたいとのことです。",
    "昨年度の同種の照会では、デジタル庁と調整の上で回答しています。",
    "議会の日程があるため、早めの回答が望ましいと考えます。",
    "件数は口頭の報告です。様式での報告を別途お願いしています。",
    "先日の訪問の際にも話題になりました。現場の負担が大きい様子です。",
)
_QUESTIONS = (
    "件数の内訳（区分ごと）と、把握した時期を教えてください。",
    "使用しているシステムの名称と、設定を変更した日を教えてください。",
    "根拠とした通知の番号を教えてください。",
    "住民への説明の状況と、今後の予定を教えてください。",
    "県の担当課に相談した場合は、その回答を教えてください。",
)
_WITHDRAWALS = (
    "委託業者の対応により解決したため、取り下げます。",
    "県の担当課から回答が得られたため、取り下げます。",
    "別の課から同じ内容を提出していたため、取り下げます。",
)
_DESKS = (
    ("都道府県の市町村担当課", "都道府県の条例の解釈に関するものであるため。"),
    ("システムの提供事業者", "個別の製品の操作に関するものであるため。"),
    ("年金事務所", "年金の記録の訂正に関するものであるため。"),
    ("地方財務局", "財産の処分の手続に関するものであるため。"),
)
_PROVISIONAL = (
    "現在、関係府省と調整しています。当面は、現行の手順により処理し、対象者の一覧を保存してください。",
    "他の団体の状況を含めて確認しています。判断に迷うものは保留し、期限の経過を理由に不利益が生じないよう扱ってください。",
    "考え方の整理に時間を要しています。急ぐ必要がある事案は、担当のリエゾンに連絡してください。",
)
_OFFICIAL = (
    "御照会の件について、次のとおり回答します。\n\n1. お見込みのとおり取り扱って差し支えありません。\n"
    "2. ただし、判断の経過を記録し、後日確認できるようにしてください。\n"
    "3. {topic}の取扱いは、近く事務連絡で周知する予定です。",
    "御照会の件について、次のとおり回答します。\n\n- 原則として、手引きに示す手順により確認してください。\n"
    "- 手順により確認できない場合は、本人への照会により確認して差し支えありません。\n"
    "- 確認に要した期間については、報告の期限を延長して差し支えありません。",
    "お示しの事例は、次の区分により取り扱ってください。\n\n|区分|取扱い|\n|---|---|\n|書類で確認できるもの|確認済とする|\n"
    "|照会が必要なもの|確認中とし、翌月に報告する|\n|確認できないもの|担当のリエゾンに連絡する|",
    "御意見を踏まえ、{topic}に係る様式と手順を見直すこととしました。改定までの間は、現行の様式の備考欄に記載してください。",
)
_THANKS = (
    "貴重な取組の報告をありがとうございます。事例集に掲載し、他の団体に紹介します。掲載の前に、内容の確認をお願いします。",
    "取組の内容を確認しました。{topic}に関する説明会で紹介したいと考えています。資料の提供に御協力をお願いします。",
)
_CONSULTATIONS = (
    "地方公共団体から「{title}」について照会がありました。貴府省の見解と、根拠となる規定を教えてください。",
    "「{title}」に関し、全国的な取扱いの有無と、今後の対応の予定を教えてください。",
)
_MINISTRY_REPLIES = (
    "お示しの取扱いで差し支えないと考えます。根拠は、現行の手引きの該当箇所です。",
    "同様の照会を複数受けており、取扱いを整理しています。現時点では、個別に判断していただきたいと考えます。",
    "システムの改修により対応する予定です。改修までの間は、手作業による確認をお願いします。",
)


def note(chance: random.Random) -> str:
    """An internal note."""
    return chance.choice(_NOTES)


def question(chance: random.Random) -> str:
    """What a liaison asks for."""
    return chance.choice(_QUESTIONS)


def supplement(chance: random.Random, count: int | None) -> str:
    """What the body supplies."""
    first = (count or 10) // chance.randint(2, 4)
    return f"内訳は、確認済が{first}件、確認中が{(count or 10) - first}件です。把握した時期は先月の下旬です。"


def withdrawal(chance: random.Random) -> str:
    """Why a body takes it back."""
    return chance.choice(_WITHDRAWALS)


def other_desk(chance: random.Random) -> tuple[str, str]:
    """The right desk and why this is not it."""
    return chance.choice(_DESKS)


def declined(desk: str) -> str:
    """What the secretariat tells the body."""
    return f"御照会の件は、本部の所管ではないため、対象外としました。お手数ですが、{desk}にお尋ねください。"


def provisional(chance: random.Random) -> str:
    """A provisional answer."""
    return chance.choice(_PROVISIONAL)


def official(chance: random.Random, kind: IssueKind, topic: str) -> str:
    """An official answer, or thanks for a good practice."""
    return chance.choice(_THANKS if kind is IssueKind.GOOD_PRACTICE else _OFFICIAL).format(topic=topic)


def consultation(chance: random.Random, title: str) -> str:
    """What a division asks a ministry."""
    return chance.choice(_CONSULTATIONS).format(title=title)


def ministry_reply(chance: random.Random) -> str:
    """What the ministry replies."""
    return chance.choice(_MINISTRY_REPLIES)
