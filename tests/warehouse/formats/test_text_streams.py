"""A text that is read piece by piece is the text that is read as a whole, and refused alike."""

import io

import pytest

from warehouse.contract.errors import Rejected
from warehouse.formats import text_streams
from warehouse.formats.sheets import open_text

TEXT = "数据年月,商品编码,注册地名称,美元\n" + '202201,01012100,北京市,"12,345"\r\n' * 40


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch) -> None:
    monkeypatch.setattr(text_streams, "_PIECE", 61)


def streamed(data: bytes) -> bytes:
    with text_streams.open_text_stream(lambda: io.BytesIO(data), "a.csv") as stream:
        return stream.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_in_pieces_is_the_text(encoding: str) -> None:
    data = TEXT.encode(encoding)
    assert streamed(data).decode() == open_text(data, "a.csv") == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("place", [301, 500, None])
def test_what_does_not_fit_is_refused_in_the_same_words(encoding: str, place: int | None) -> None:
    """A byte that fits no character, and an end inside of one."""
    data = (TEXT + "京").encode(encoding)
    data = data[:-1] if place is None else data[:place] + b"\xff" * 3 + data[place:]
    with pytest.raises(Rejected) as of_whole:
        open_text(data, "a.csv")
    with pytest.raises(Rejected) as of_pieces:
        streamed(data)
    assert str(of_pieces.value) == str(of_whole.value)
