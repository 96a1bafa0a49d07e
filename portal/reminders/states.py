"""The steps in which bodies are reminded of a due date."""

from portal.core.enums import LabelledEnum


class ReminderStep(LabelledEnum):
    """Who is told next when a body does not answer (product.md section 4)."""

    CONTACT = ("contact", "担当者", "Person in charge")
    HEAD = ("head", "所属長・団体管理者", "Section head")
    PREFECTURE = ("prefecture", "都道府県", "Prefecture")
    LIAISON = ("liaison", "リエゾン", "Liaison")
    BY_HAND = ("by_hand", "起案した課室からの督促", "Sent by the office")


class StepState(LabelledEnum):
    """What becomes of a step as things stand."""

    COMING = ("coming", "これから送信", "To come")
    NEXT = ("next", "次の開庁日の朝に送信", "Next business morning")
    SENT = ("sent", "送信済", "Sent")
    OVER = ("over", "日を過ぎました", "Its day is over")
    NOBODY = ("nobody", "対象の団体なし", "No body concerned")


# Business days after the due date (before it where negative) of each step, unless a paper has its own.
DEFAULT_DAYS: dict[ReminderStep, int] = {
    ReminderStep.CONTACT: -2,
    ReminderStep.HEAD: 1,
    ReminderStep.PREFECTURE: 3,
    ReminderStep.LIAISON: 5,
}
EARLIEST, LATEST = -20, 40
