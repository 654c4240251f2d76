"""Decoding: which encoding a file has, and when it is no text at all."""

import pytest
from hypothesis import given, strategies as st

from plait.index.errors import ReadingError
from plait.index.reading.decoding import (
    GUESSED_ENCODINGS,
    SAMPLE_BYTES,
    decode,
    encoding_of,
    fits,
    guess,
    stream_encoding,
)

RUSSIAN = "Министр иностранных дел посетит Москву на следующей неделе.\n"
FRENCH = "Le président a déclaré que l’économie française était touchée.\n"
SPANISH = "El niño comió mañana en España; ¿qué pasó?\n"
JAPANESE = "外務大臣は来週モスクワを訪問する予定です。\n"
POLISH = "Zażółć gęślą jaźń. Prezydent powiedział, że nie.\n"
KOREAN = "외무장관은 다음 주 모스크바를 방문한다.\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    """UTF-8 needs no mark, UTF-16 and UTF-32 do."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode(mark + (RUSSIAN + JAPANESE).encode(encoding)) == RUSSIAN + JAPANESE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (SPANISH, "cp1252"),
        (SPANISH, "latin-1"),
        ("It costs £5 \u2013 cheap.", "cp1252"),
        ("Café", "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
    ],
)
def test_legacy_encodings_are_recognised(text: str, encoding: str) -> None:
    """A few words are enough for the common encodings of the web before UTF-8."""
    assert decode(text.encode(encoding)) == text


def test_damaged_utf8_is_still_utf8() -> None:
    """One stray byte does not turn a Russian article into Windows-1252."""
    data = RUSSIAN.encode()
    damaged = data[:60] + b"\xff" + data[60:]
    assert decode(damaged).replace("\ufffd", "") == RUSSIAN


def test_a_letter_cut_in_half_at_the_end_is_damage() -> None:
    """A file that was cut off loses its last letter and nothing else."""
    assert decode((RUSSIAN + "я").encode()[:-1]) == RUSSIAN + "\ufffd"


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(128, 256)) * 40],
    ids=["nul", "every byte"],
)
def test_binary_is_refused(data: bytes) -> None:
    """Bytes that are no text are not searched."""
    with pytest.raises(ReadingError, match="looks binary"):
        decode(data)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8", b"\xff\xfe\0\0\0\0\x11\0"])
def test_damaged_utf16_and_utf32_show_their_damage(data: bytes) -> None:
    """Half a surrogate pair and a number beyond Unicode become the replacement character."""
    assert decode(data) == "\ufffd"


def test_nul_bytes_look_binary() -> None:
    """The message says what was found and what to do."""
    with pytest.raises(ReadingError, match=r"NUL bytes.*convert it to UTF-8"):
        decode(b"text and \0\0\0 more")


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    """A web page that names its encoding is read in it; a wrong name is passed over."""
    assert encoding_of(SPANISH.encode("latin-1"), "iso-8859-1") == "cp1252"
    assert encoding_of(SPANISH.encode(), "iso-8859-1") == "utf-8"
    assert encoding_of(SPANISH.encode("cp1252"), "no-such") == "cp1252"
    assert not fits(b"\xff", "utf-8")


@given(st.text().filter(lambda text: "\0" not in text))
def test_utf8_comes_back(text: str) -> None:
    """Whatever is valid UTF-8 is read as it was written, but for line ends."""
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert decode(text.encode()) == expected


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_reading_error(data: bytes) -> None:
    """No bytes bring anything else about."""
    try:
        assert isinstance(decode(data), str)
    except ReadingError:
        assert data


def test_large_files_are_judged_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five megabytes in a legacy encoding a few thousand bytes are looked at closely."""
    looked_at: list[int] = []

    def counting(sample: bytes) -> str:
        looked_at.append(len(sample))
        return guess(sample)

    monkeypatch.setattr("plait.index.reading.decoding.guess", counting)
    text = decode(b"plain ascii " * 400_000 + FRENCH.encode("cp1252"))
    assert text.endswith(FRENCH)
    assert looked_at[0] <= SAMPLE_BYTES


def test_streams_are_judged_chunk_by_chunk() -> None:
    """A letter may lie across two chunks; the first chunk that is not UTF-8 decides."""
    data = RUSSIAN.encode()
    assert stream_encoding([data[:5], data[5:]]) == "utf-8"
    assert stream_encoding([b"ascii ", FRENCH.encode("cp1252")]) == "cp1252"
    assert stream_encoding(["\ufeffa".encode("utf-16-le")]) == "utf-16"
    assert stream_encoding([]) == "utf-8"
    with pytest.raises(ReadingError, match="NUL"):
        stream_encoding([b"ascii ", b"\0\0\0"])


def test_candidates_are_encodings_that_python_knows() -> None:
    """Each name on the list can be decoded."""
    assert all(fits(b"ascii", name) for name in GUESSED_ENCODINGS)


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("iso-8859-1", b"caf\xe9\x92s \x93no\x94 \x96 \x80 5", "café\u2019s “no” \u2013 € 5"),
        ("latin1", b"\x80 5 for a caf\xe9", "€ 5 for a café"),
        ("US-ASCII", b"it\x92s \x80 5", "it\u2019s € 5"),
        ("ISO-8859-9", b"\x80 5, \xddstanbul", "€ 5, İstanbul"),
        ("x-sjis", "①外務大臣は来週".encode("cp932"), "①外務大臣は来週"),
        ("gb2312", "朱镕基说€".encode("gb18030"), "朱镕基说€"),
        ("ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("tis-620", "\u0e44\u0e17\u0e22 €".encode("cp874"), "\u0e44\u0e17\u0e22 €"),
        ("utf8", "Déjà vu".encode(), "Déjà vu"),
        ("utf-16", "Déjà vu".encode(), "Déjà vu"),
        ("iso-8859-1", b"caf\xe9\x81 \x80", "café €"),
        ("shift_jis", JAPANESE.encode("cp932") * 20 + b"\x81", JAPANESE * 20),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, data: bytes, text: str) -> None:
    """The Encoding Standard says which encoding is meant by each."""
    assert decode(data, label).removesuffix("\ufffd") == text.removesuffix("\ufffd")


@pytest.mark.parametrize("label", ["utf-7", "rot13", "unicode_escape", "cp037", "punycode", "\0"])
def test_a_label_of_no_page_is_passed_over(label: str) -> None:
    """Encodings of Python that browsers do not have are not tried."""
    assert decode("It\u2019s +AGE- \\u0061 caf\xe9.".encode("cp1252"), label) == (
        "It\u2019s +AGE- \\u0061 café."
    )
