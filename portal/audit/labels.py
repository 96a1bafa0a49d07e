"""What the operation record calls events and what they are about."""

from portal.core.events import Event
from portal.core.i18n import N_


def labels_of_events() -> dict[str, str]:
    """Of each kind of event that is emitted what it is called, not yet translated."""
    return {kind: each.label for kind, each in Event.registry.items() if each.is_emitted()}


SUBJECTS: dict[str, str] = {
    "section": N_("所属"),
    "person": N_("利用者"),
    "organisation": N_("団体"),
    "membership": N_("所属"),
    "post": N_("担当団体"),
    "absence": N_("不在"),
    "roster_replacement": N_("名簿の入替え"),
    "handover_note": N_("引継メモ"),
    "theme": N_("テーマ"),
    "target_setting": N_("目標"),
    "closed_day": N_("閉庁日"),
    "issue": N_("課題・照会"),
    "bundle": N_("束"),
    "bulk_reply": N_("一括返信"),
    "reply_template": N_("テンプレート"),
    "guidance": N_("通知等"),
    "circulation": N_("庁内展開"),
    "passed_paper": N_("庁内の方への送付"),
    "redaction": N_("墨消し"),
    "campaign": N_("点検・調査"),
    "addressee_list": N_("宛先リスト"),
    "qa_entry": N_("Q&A"),
    "contact": N_("電話メモ・聴取"),
    "qa_edition": N_("Q&A集の版"),
    "reading_grant": N_("閲覧の記録"),
    "delivery": N_("メールの配信"),
    "inbound_mail": N_("返信メール"),
    "event": N_("通知処理"),
}
