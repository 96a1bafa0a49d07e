"""Mails of real programs: their characters, their histories, their machines."""

import pytest

from portal.inbound.cutting import cut_history
from portal.inbound.japanese import decode
from portal.inbound.reading import read_mail
from portal.notifications.reply_addresses import CUT_LINE
from tests.inbound.mails import jis_mail, mail

OWN = "承知しました。\n\n内訳は次のとおりです。\n・身体20件"
# 差出人 blocks of Outlook, attributions of Gmail and Thunderbird (folded too), rules, our own line.
HISTORIES = {
    "outlook": "-----Original Message-----\nFrom: ポータル <no-reply@portal.example>\n\n補足を依頼しました。",
    "japanese outlook": "差出人: ポータル <no-reply@portal.example>\n送信日時: 2026年11月23日 9:00\n"
    "宛先: 上越 太郎 <taro@joetsu.example>\n件名: 【要対応】補足の依頼\n\n補足を依頼しました。",
    "outlook with a rule": "________________________________\n差出人: ポータル\n送信日時: 2026年11月23日 9:00\n"
    "宛先: 太郎\n件名: 補足\n本文",
    "gmail": "2026年11月23日(月) 9:00 ポータル <reply+1-abc@portal.example>:\n\n> 補足を依頼しました。\n> R8-L-000001",
    "folded gmail": "2026年11月23日(月) 9:00 地方連携ポータル <\nreply+1-abc@portal.example>:\n> 補足を依頼しました。",
    "english": "On Mon, 23 Nov 2026 at 09:00, Portal <no-reply@portal.example> wrote:\n> 補足を依頼しました。",
    "thunderbird": "On 2026/11/23 9:00, ポータル wrote:\n> 補足を依頼しました。",
    "our own line": f"> 内容を確認してください。\n> {CUT_LINE}\n> 番号：R8-L-000001",
    "our own line, not quoted": f"{CUT_LINE}\n番号：R8-L-000001\n件名：手帳番号",
    "signature": "-- \n上越市 市民課\n太郎",
    "forwarded": "---------- Forwarded message ---------\nFrom: x",
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_what_stands_above_the_history_is_kept(history):
    assert cut_history(f"{OWN}\n\n{history}\n") == OWN
    assert cut_history(f"{OWN}\r\n\r\n{history}".replace("\n", "\r\n").replace("\r\r", "\r")) == OWN


@pytest.mark.parametrize(
    "text",
    [
        "件名: これは本文の一部です。\n以上",
        "2026年11月23日から11月30日の間に発生しました:\n・窓口で3件",
        "> 内訳は？\n身体20件です。\n> 期限は？\n来週です。",
        "宛先: 市民課\n日時: 来週\n会議の件です。",
        "差がある項目は 10 > 5 です。",
    ],
)
def test_what_only_looks_like_history_is_kept(text):
    assert cut_history(text) == text


def test_nothing_but_quotation_is_empty():
    assert cut_history("> 補足を依頼しました。\n> R8-L-000001\n") == ""


def test_nec_and_ibm_characters_of_iso_2022_jp_are_read():
    body = b"\x1b$B-!-j|b\x1b(B abc \x1b(I6E\x1b(B"

    assert decode(body, "ISO-2022-JP") == "①㈱髙 abc ｶﾅ"
    assert decode(body, None) == "①㈱髙 abc ｶﾅ"


@pytest.mark.parametrize(
    "text",
    ["①②㈱№", "髙﨑", "点検の対象は～です", "ｶﾅと漢字mixed", "表示"],
    ids=["nec", "ibm", "wave", "kana", "trail"],
)
def test_every_legacy_charset_reads_the_same(text):
    jis = text.encode("cp932")
    assert decode(jis, "Shift_JIS") == text
    assert decode(text.encode("utf-8"), None) == text


def test_a_mail_in_iso_2022_jp_is_read_with_its_subject():
    read = read_mail(jis_mail(b"\x1b$B-!;00F$G$9!#\x1b(B"))

    assert read.text.startswith("①")
    assert "�" not in read.text
    assert read.subject.startswith("①")


def test_a_mail_of_html_alone_is_read_as_text():
    content = (
        b"From: taro@joetsu.example\r\nTo: reply@portal.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + "<style>p{}</style><p>承知しました。</p><div>以上<br>です&amp;</div><script>x()</script>".encode()
    )

    assert read_mail(content).text == "承知しました。\n以上\nです&"


@pytest.mark.parametrize(
    ("headers", "is_automatic", "is_bounce"),
    [
        ({}, False, False),
        ({"Auto_Submitted": "no"}, False, False),
        ({"Auto_Submitted": "auto-replied"}, True, False),
        ({"Precedence": "bulk"}, True, False),
        ({"X_Autoreply": "yes"}, True, False),
        ({"List_Id": "<list.example>"}, True, False),
        ({"Return_Path": "<>"}, False, True),
        ({"sender": "MAILER-DAEMON@joetsu.example"}, False, True),
    ],
)
def test_machines_are_told_from_people(headers, is_automatic, is_bounce):
    read = read_mail(mail("reply@portal.example", **headers))

    assert (read.is_automatic, read.is_bounce) == (is_automatic, is_bounce)


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        ("mx.portal.example; dmarc=fail header.from=joetsu.example", True),
        ("mx.portal.example; spf=fail; dkim=fail", True),
        ("mx.portal.example; spf=pass; dkim=fail", False),
        ("mx.portal.example; dmarc=pass; spf=fail", False),
        ("mx.elsewhere.example; dmarc=fail", False),
    ],
)
def test_only_our_own_server_s_word_on_authentication_counts(results, failed):
    content = mail("reply@portal.example", Authentication_Results=results)

    assert read_mail(content, trusted_server="mx.portal.example").is_failed_authentication is failed
    assert read_mail(content).is_failed_authentication is False


def test_two_senders_are_no_sender_and_a_letterhead_is_no_file():
    content = mail("reply@portal.example", sender="taro@joetsu.example, jiro@joetsu.example")
    assert read_mail(content).sender is None

    content = (
        b'From: taro@joetsu.example\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nok\r\n--b\r\nContent-Type: image/png; name=logo.png\r\n"
        b"Content-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png\r\n\r\nx\r\n--b--\r\n"
    )
    assert read_mail(content).files == ()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"From: =?x?q?=ff?=\r\n\r\n", b"Content-Type: multipart/x\r\n\r\n"]
)
def test_rubbish_is_read_as_nothing(content):
    assert read_mail(content).sender is None
