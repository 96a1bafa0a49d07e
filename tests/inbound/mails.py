"""Mails as Japanese mail programs write them."""

from email.message import EmailMessage
from email.policy import SMTP

SENDER = "taro@joetsu.example"
HISTORY = "\r\n\r\n> 補足を依頼しました。\r\n> R8-L-000001\r\n"


def mail(to: str, text: str = "身体20件、療育6件です。", *, sender: str = SENDER, files=(), **headers: str) -> bytes:
    """The bytes of a mail to this reply address; ``headers`` stand for themselves with _ for -."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = headers.pop("Subject", "Re: 【要対応】補足の依頼")
    message["Message-ID"] = headers.pop("Message_ID", "<1@joetsu.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + HISTORY)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def jis_mail(body: bytes, *, subject: bytes = b"=?ISO-2022-JP?B?GyRCLSE1QkYvGyhC?=") -> bytes:
    """A mail in ISO-2022-JP, as old programs write it, its body's bytes given."""
    return b"\r\n".join(
        [
            b"From: taro@joetsu.example",
            b"To: reply@portal.example",
            b"Subject: " + subject,
            b"MIME-Version: 1.0",
            b"Content-Type: text/plain; charset=ISO-2022-JP",
            b"Content-Transfer-Encoding: 7bit",
            b"",
            body,
        ]
    )
