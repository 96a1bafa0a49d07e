"""The words of the workbench: with whom a filter is shared, what can be done to several issues at once."""

from portal.core.enums import LabelledEnum


class Sharing(LabelledEnum):
    """Who finds a saved filter in their menu."""

    PERSONAL = ("personal", "自分だけ", "Only me")
    POST = ("post", "担当団体のリエゾン", "The liaisons of the post")
    ORGANISATION = ("organisation", "自分の組織", "My organisation")


class BulkAction(LabelledEnum):
    """What can be done to several chosen issues at once, each by its ordinary service."""

    TRIAGE = ("triage", "いまのテーマ・緊急度のまま仕分ける", "Triage with theme and urgency as they are")
    ROUTE = ("route", "割振り表のとおり割り振る", "Route by the routing table")
    RETURN = ("return", "同じ内容で補足を依頼する", "Ask all of them for the same information")
    NOTE = ("note", "内部メモを残す", "Leave an internal note")
    CLAIM = ("claim", "私が担当する", "Take charge")
    FOLLOW = ("follow", "フォローする", "Follow")
    UNFOLLOW = ("unfollow", "フォローをやめる", "Stop following")
    READ = ("read", "既読にする", "Mark as read")


TEXTED = frozenset({BulkAction.RETURN, BulkAction.NOTE})
