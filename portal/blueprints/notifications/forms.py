"""Forms of the mail settings and of unsubscribing."""

from flask_babel import lazy_gettext as _l

from portal.notifications.models import MailMode, Topic
from portal.notifications.preferences import CHOSEN, Choices, list_modes
from portal.web.fields import RadioField
from portal.web.forms import PortalForm

_NEVER_OFF = _l("回答・対応を求めるものの期限は必ずお知らせするため、止めることはできません。")


class PreferencesForm(PortalForm):
    """When mail comes, topic by topic, and how often the digest; topics of other roles are left out by the route."""

    issue_action = RadioField()
    issue_news = RadioField()
    prefecture_news = RadioField()
    guidance_action = RadioField(description=_NEVER_OFF)
    guidance_news = RadioField()
    campaign_action = RadioField(description=_NEVER_OFF)
    campaign_news = RadioField()
    knowledge = RadioField()
    operations = RadioField()
    contacts = RadioField()
    promises = RadioField()
    absences = RadioField()
    digest = RadioField(
        _l("まとめの回数"),
        description=_l("開庁日の午前8時30分に送ります。"),
        choices=[("daily", _l("毎開庁日")), ("weekly", _l("週の最初の開庁日"))],
    )

    def offer(self, topics: list[Topic], choices: Choices, locale: str) -> None:
        """Show these topics in the language, with what was chosen before."""
        for topic in CHOSEN:
            if topic not in topics:
                delattr(self, topic.value)
                continue
            field = self[topic.value]
            field.label.text = topic.label(locale)
            field.choices = [(mode.value, mode.label(locale)) for mode in list_modes(topic)]
            if not self.is_submitted():
                field.data = choices.modes[topic].value
        if not self.is_submitted():
            self.digest.data = "weekly" if choices.is_weekly else "daily"

    def chosen(self, topics: list[Topic]) -> dict[Topic, MailMode]:
        """What was chosen for the topics."""
        return {topic: MailMode(self[topic.value].data) for topic in topics}


class ConfirmForm(PortalForm):
    """Nothing but a button."""
