"""The words of issuing: who in a body hears of a paper, and what to think of before it goes out."""

from portal.core.enums import LabelledEnum


class Staffing(LabelledEnum):
    """Whom a paper reaches in an addressed body."""

    DUTY = ("duty", "担当区分をもつ人に届く", "Reaches people with the duty")
    DESK = ("desk", "担当がいないため総合窓口に届く", "Nobody with the duty: goes to the general desk")
    EVERYBODY = ("everybody", "担当も総合窓口もないため全員に届く", "Neither duty nor desk: goes to everybody")
    ALL = ("all", "担当を限らず全員に届く", "No duty was chosen: goes to everybody")
    NOBODY = ("nobody", "受け取る人がいない", "Nobody is there to receive it")
