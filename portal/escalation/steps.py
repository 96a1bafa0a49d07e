"""The steps of escalation (product.md section 3)."""

from portal.core.enums import LabelledEnum


class Step(LabelledEnum):
    """What was escalated, to whom."""

    FOLLOW_UP = ("follow_up", "担当課とリエゾンに状況を確認しました", "Followed up with the division and the liaison")
    FIRST_REPLY_MISSED = (
        "first_reply_missed",
        "初回応答の目標を過ぎたため、所属長に知らせました",
        "First reply missed: told the section head",
    )
    FIRST_REPLY_LONG_MISSED = (
        "first_reply_long_missed",
        "初回応答の目標を大きく過ぎたため、事務局に知らせました",
        "First reply long missed: told the secretariat",
    )
    ROUTED_MISSED = (
        "routed_missed",
        "割振りの目標を過ぎたため、所属長に知らせました",
        "Routing missed: told the section head",
    )
    ROUTED_LONG_MISSED = (
        "routed_long_missed",
        "割振りの目標を大きく過ぎたため、事務局に知らせました",
        "Routing long missed: told the secretariat",
    )
    ANSWERED_MISSED = (
        "answered_missed",
        "回答の目標を過ぎたため、所属長に知らせました",
        "Answer missed: told the section head",
    )
    ANSWERED_LONG_MISSED = (
        "answered_long_missed",
        "回答の目標を大きく過ぎたため、事務局に知らせました",
        "Answer long missed: told the secretariat",
    )
    LEAK_UNANSWERED = (
        "leak_unanswered",
        "漏えいの報告にその日のうちの応答がないため、事務局とリエゾンに知らせました",
        "Leak without a reply on its day: told the secretariat and the liaison",
    )
    SAME_PROBLEM = (
        "same_problem",
        "同じ細目の課題が多くの団体から届いたため、事務局と担当課に知らせました",
        "Same problem from many bodies: told the secretariat and the division",
    )
