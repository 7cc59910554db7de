"""Charts: whatever the counts, what is drawn lies within the drawing and keeps their order."""

from hypothesis import given
from hypothesis import strategies as st

from articles.admin.charts import HEIGHT, LEVELS, STEP, columns, strip, width_of

COUNTS = st.lists(st.integers(0, 10**9), max_size=60)


def labelled(counts: list[int]) -> list[tuple[str, int]]:
    return [(str(number), count) for number, count in enumerate(counts)]


@given(COUNTS)
def test_columns_stand_within_their_drawing_as_high_as_their_counts(counts: list[int]):
    chart = columns(labelled(counts))
    heights = [float(bar.height) for bar in chart.bars]
    for bar, count in zip(chart.bars, counts, strict=True):
        assert (float(bar.height) > 0) == (count > 0)
        assert float(bar.y) + float(bar.height) == HEIGHT or count == 0
        assert 0 <= float(bar.x) <= float(bar.x) + float(bar.width) <= chart.width
        assert bar.number == f"{count:,}"
    assert max(heights, default=0) == (HEIGHT if any(counts) else 0)
    assert [bar.label for bar in chart.shown] == [str(n) for n, c in enumerate(counts) if c]
    by_count = sorted(zip(counts, heights, strict=True))
    assert [height for _, height in by_count] == sorted(heights)


@given(COUNTS, st.integers(0, 60))
def test_a_strip_has_a_cell_a_day_and_shows_none_as_none(counts: list[int], since: int):
    cells = strip(labelled(counts), since)
    assert [cell.label for cell in cells] == [label for label, _ in labelled(counts)][since:]
    for cell, count in zip(cells, counts[since:], strict=True):
        assert (cell.level == 0) == (count == 0)
        assert 0 <= cell.level <= LEVELS
        assert float(cell.x) == STEP * int(cell.label)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_lying_bar_fits_its_track(count: int, more: int):
    assert 0 <= float(width_of(count, count + more)) <= 100
