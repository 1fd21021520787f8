"""What a message may say in the clear, by the receiver's choice."""

from typing import NamedTuple

from server.channels.base import Message

SEVERITIES = {
    "en": {"critical": "Critical", "warning": "Warning", "info": "Info"},
    "zh": {"critical": "严重", "warning": "警告", "info": "提示"},
}
ABOUT_INCIDENT = {"en": "{severity} incident #{number}", "zh": "故障 #{number}（{severity}）"}
UNNAMED = {
    "en": {
        "page": "New page",
        "cleared": "A page was cleared",
        "test": "Test notification",
        "notice": "News from Dogwatch",
        "account": "About your account",
    },
    "zh": {
        "page": "新的告警通知",
        "cleared": "告警已清除",
        "test": "测试通知",
        "notice": "Dogwatch 有新消息",
        "account": "关于你的账户",
    },
}


class Words(NamedTuple):
    title: str
    body: str


def may_show_all(message: Message) -> bool:
    """Whether words and service may go out as they are."""
    return message.privacy == "full" or message.kind == "account"


def visible_words(message: Message) -> Words:
    """`full` says everything, `minimal` severity and number, `id` only that there is something to open."""
    if may_show_all(message):
        return Words(message.title, message.body)
    language = message.language if message.language in UNNAMED else "en"
    subject = message.subject
    if message.privacy == "id" or subject is None:
        return Words(UNNAMED[language][message.kind], "")
    severity = SEVERITIES[language].get(subject.severity, subject.severity)
    return Words(ABOUT_INCIDENT[language].format(severity=severity, number=subject.number), "")
