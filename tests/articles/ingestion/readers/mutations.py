"""Valid inputs damaged at random, for tests that nothing a reader is given makes it raise."""

from collections.abc import Sequence

from hypothesis import strategies as st


@st.composite
def damaged(draw: st.DrawFn, inputs: Sequence[bytes]) -> bytes:
    """One of the inputs with a few pieces taken out, doubled or replaced, perhaps cut off."""
    data = bytearray(draw(st.sampled_from(inputs)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.integers(0, 30))
        piece = draw(st.sampled_from((b"", b"<", b">", b'"', b"&", b"]]>", b"\0", b"\xff", b"{")))
        data[start:end] = draw(st.sampled_from((piece, bytes(data[start:end]) * 2)))
    return bytes(data[: draw(st.integers(len(data) // 2, len(data)))])
