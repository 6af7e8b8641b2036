"""Bytes to UTF-8, whatever wrote them."""

import codecs

import pytest

from core.errors import ExportError
from core.ingest import read_export
from core.ingest.decode import decode
from core.ingest.vocabulary import normalise

TEXT = "Date,Sessões,Canal\n20240101,5,Réseaux sociaux\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_what_says_its_encoding_is_decoded_without_a_note(mark: bytes, encoding: str) -> None:
    assert decode(mark + TEXT.encode(encoding)) == (TEXT.encode(), ())


# What stands in the file, and its code page.
GUESSED = [
    (TEXT, "utf-16-le"),
    (TEXT, "utf-16-be"),
    (TEXT, "cp1252"),
    (TEXT, "mac_roman"),
    ("Novos usuários,Grupo principal de canais,Sessões\n397,Direct,662\n", "cp1252"),
    ("Date,Channel,Sessions\n20240101,Réseaux,5\n", "cp1252"),
    ("Data,Użytkownicy,Źródło sesji\n20240101,5,x\n", "cp1250"),
    ("Дата,Сеансы\n20240101,5\n", "cp1251"),
    ("Tarih,Oturum sayısı,Kullanıcılar\n20240101,5,6\n", "cp1254"),
    ("日付,セッション,ユーザー\n20240101,5,6\n", "shift_jis"),
    ("日期,会话数,用户\n20240101,5,6\n", "gb18030"),
    ("날짜,세션수,사용자\n20240101,5,6\n", "euc_kr"),
    ("Date,Sessions\n20240101,1\u00a0204\n20240102,2\u00a0000\n", "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), GUESSED)
def test_a_code_page_is_guessed_and_said(text: str, encoding: str) -> None:
    found, notes = decode(text.encode(encoding))
    # In a few words Sessões of cp1252 may become Sessőes of cp1250: the same name to us.
    assert normalise(found.decode()) == normalise(text)
    assert [note.code for note in notes] == ["encoding_guessed"]


def test_a_spaced_thousand_is_a_number_in_the_code_page_of_windows() -> None:
    text = "Date;Channel;Sessions\n" + "".join(
        f"202401{day};Réseaux;{day}\u00a0204\n" for day in range(10, 30)
    )
    frame = read_export(text.encode("cp1252")).traffic.frame
    assert frame["sessions"].tolist() == [day * 1_000 + 204 for day in range(10, 30)]
    assert set(frame["channel"]) == {"Réseaux"}


@pytest.mark.parametrize("damage", [b"\xff", b"\xc3", b"\xe6\x97"])
def test_a_damaged_utf8_stays_utf8(damage: bytes) -> None:
    text = "Date,Channel,Sessions\n20240101,Réseaux,5\n20240102,Vidéo,6\n"
    found, notes = decode(text.encode() + damage)
    assert found.decode().startswith(text)
    assert [note.params["encoding"] for note in notes] == ["utf-8"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"%PDF-1.7", "pdf"),
        (b"Rar!\x1a\x07", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"{\\rtf1 x}", "document"),
        (b"PAR1" + bytes(20), "binary"),
        (bytes(range(1, 256)) * 20, "binary"),
        (b"<?xml version='1.0'?><a/>", "web_page"),
        (b"\xef\xbb\xbf<!doctype html>", "web_page"),
        ("<html>".encode("utf-16"), "web_page"),
        (b'{"a": 1}', "json"),
        (b"[\n[1, 2]]", "json"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(ExportError) as caught:
        decode(data)
    assert (caught.value.code, caught.value.params["kind"]) == ("not_text", kind)


@pytest.mark.parametrize("data", [b"", b" \r\n\t", bytes(99), codecs.BOM_UTF8 + b"\n", b"\xff\xfe"])
def test_nothing_is_nothing(data: bytes) -> None:
    with pytest.raises(ExportError) as caught:
        decode(data)
    assert caught.value.code == "empty_file"


def test_old_mac_line_ends_become_new_ones() -> None:
    assert decode(b"a\rb\r")[0] == b"a\nb\n"
    assert decode(b"a\r\nb\r\n")[0] == b"a\r\nb\r\n"
