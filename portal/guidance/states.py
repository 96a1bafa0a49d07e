"""The words of guidance: kinds, states, nature, delivery and response."""

from portal.core.enums import LabelledEnum


class GuidanceKind(LabelledEnum):
    """What sort of paper it is; ``number_rule_of`` says which bear a document number."""

    NOTICE = ("notice", "通知", "Notice")
    OFFICE_MEMO = ("office_memo", "事務連絡", "Office memo")
    REQUEST = ("request", "依頼", "Request")
    QA_COLLECTION = ("qa_collection", "Q&A集", "Q&A collection")
    HANDBOOK = ("handbook", "手引き", "Handbook")
    MINISTER_LETTER = ("minister_letter", "大臣書簡", "Minister's letter")
    INFORMATION = ("information", "情報提供", "Information")


class NumberRule(LabelledEnum):
    """Whether a kind bears a document number 文書番号."""

    REQUIRED = ("required", "文書番号が必要", "Number required")
    FORBIDDEN = ("forbidden", "文書番号なし", "No number")
    OPTIONAL = ("optional", "文書番号は任意", "Number optional")


def number_rule_of(kind: GuidanceKind) -> NumberRule:
    """The rule of a kind: notices are numbered, office memos never, the rest may be."""
    if kind is GuidanceKind.NOTICE:
        return NumberRule.REQUIRED
    return NumberRule.FORBIDDEN if kind is GuidanceKind.OFFICE_MEMO else NumberRule.OPTIONAL


class ReviewStepKind(LabelledEnum):
    """What is asked of an office before the approval."""

    CHECK = ("check", "照査", "Check")
    CONCURRENCE = ("concurrence", "合議", "Concurrence")


class ReviewMark(LabelledEnum):
    """What the office said."""

    WAITING = ("waiting", "未了", "Waiting")
    AGREED = ("agreed", "異議なし", "No objection")
    REMARKED = ("remarked", "意見あり", "Agreed with a remark")
    OBJECTED = ("objected", "異議あり", "Objection")


class GuidanceState(LabelledEnum):
    """Where guidance stands (product.md section 4)."""

    DRAFT = ("draft", "起案", "Draft")
    REVIEW = ("review", "確認・合議", "Under review")
    APPROVED = ("approved", "決裁済", "Approved")
    SCHEDULED = ("scheduled", "予約", "Scheduled")
    ISSUED = ("issued", "発出", "Issued")
    SUPERSEDED = ("superseded", "旧版", "Superseded")
    ABOLISHED = ("abolished", "廃止", "Abolished")
    RECALLED = ("recalled", "誤発出", "Issued by mistake")


ISSUED_STATES = frozenset(
    {GuidanceState.ISSUED, GuidanceState.SUPERSEDED, GuidanceState.ABOLISHED, GuidanceState.RECALLED}
)


ENDED_STATES = ISSUED_STATES - {GuidanceState.ISSUED}  # what is in force no more asks nothing of anybody


class Nature(LabelledEnum):
    """性格: what the paper asks of its reader."""

    ORDER = ("order", "義務付け・命令", "Order: binding")
    REPLY_REQUIRED = ("reply_required", "依頼・回答必須", "Request: reply required")
    TECHNICAL_ADVICE = ("technical_advice", "技術的助言", "Technical advice")
    INFORMATION = ("information", "情報提供", "Information")


class DeliveryRoute(LabelledEnum):
    """How it reaches municipalities."""

    DIRECT = ("direct", "同時直送", "Direct to all at once")
    VIA_PREFECTURE = ("via_prefecture", "県経由", "Via the prefecture")
    MIXED = ("mixed", "指定都市・中核市は直送、他は県経由", "Direct to large cities, else via the prefecture")


class ResponseState(LabelledEnum):
    """対応: what the body did about it."""

    NONE = ("none", "未対応", "No response yet")
    NOT_APPLICABLE = ("not_applicable", "該当なし", "Not applicable")
    UNDER_WAY = ("under_way", "対応中", "Under way")
    PENDING = ("pending", "回答保留", "Answer pending")
    PARTIAL = ("partial", "一部回答", "Answered in part")
    DONE = ("done", "対応済", "Done")
    REPLIED = ("replied", "回答済", "Reply returned")


ANSWERING = tuple(state for state in ResponseState if state is not ResponseState.NONE)
PROMISING = frozenset({ResponseState.PENDING, ResponseState.PARTIAL})  # they name the day of what is still to come
OPEN_RESPONSES = PROMISING | {ResponseState.NONE, ResponseState.UNDER_WAY}


class BodyClass(LabelledEnum):
    """The sort of body by which the status of a paper is read: core cities stand apart from other cities."""

    PREFECTURE = ("prefecture", "都道府県", "Prefectures")
    DESIGNATED_CITY = ("designated_city", "指定都市", "Designated cities")
    CORE_CITY = ("core_city", "中核市", "Core cities")
    CITY = ("city", "その他の市", "Other cities")
    SPECIAL_WARD = ("special_ward", "特別区", "Special wards")
    TOWN = ("town", "町", "Towns")
    VILLAGE = ("village", "村", "Villages")
    ASSOCIATION = ("association", "地方六団体", "Associations")
    MINISTRY = ("ministry", "関係府省", "Ministries")


class Fact(LabelledEnum):
    """The four facts of a recipient, in the order in which they happen."""

    DELIVERED = ("delivered", "到達", "Delivered")
    OPENED = ("opened", "閲覧", "Opened")
    RECEIVED = ("received", "受領", "Received")
    RESPONDED = ("responded", "対応", "Responded")
