"""The Beta quantile undoes the cumulative probability, and tables keep their order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.league import beta_cdf, beta_quantile, fit_beta_binomial, rank, wilson

SHAPES = st.floats(0.05, 1e5)
COUNTS = st.lists(
    st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=12
)


@given(st.floats(0.001, 0.999), SHAPES, SHAPES)
def test_the_quantile_is_the_inverse(p: float, a: float, b: float) -> None:
    x = beta_quantile(p, a, b)
    # Next to 1 a double is too coarse to be asked about: the other tail is the same question.
    other = beta_quantile(1.0 - p, b, a)
    seen = float(beta_cdf(x, a, b)) if x < 0.5 else 1.0 - float(beta_cdf(other, b, a))
    assert abs(seen - p) < 1e-9


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), SHAPES, SHAPES)
def test_the_quantile_rises(p: float, q: float, a: float, b: float) -> None:
    low, high = beta_quantile([min(p, q), max(p, q)], a, b)
    assert 0.0 <= low <= high * (1.0 + 1e-9) <= 1.0 + 1e-9


@settings(deadline=None, max_examples=40)
@given(COUNTS)
def test_any_table_has_every_unit_once_in_order(units: list[tuple[int, int]]) -> None:
    k, n = [one[0] for one in units], [one[1] for one in units]
    alpha, beta = fit_beta_binomial(k, n)
    assert np.isfinite([alpha, beta]).all()
    rows = rank(k, n)
    assert sorted(row.index for row in rows) == list(range(len(units)))
    ranked = [row for row in rows if row.rank is not None]
    assert [row.low for row in ranked] == sorted((row.low for row in ranked), reverse=True)
    assert [row.rank for row in ranked] == sorted(row.rank or 0 for row in ranked)
    for row in rows:
        assert 0.0 <= row.low <= row.high <= 1.0
        assert 0.0 <= row.mean <= 1.0
        # A Beta that falls from its very edge on may have its mean outside its middle 90 %.
        if min(alpha + row.k, beta + row.n - row.k) >= 1.0:
            assert row.low <= row.mean <= row.high


def test_where_units_are_all_or_nothing_the_mean_may_lie_outside() -> None:
    never = rank([1, 0], [1, 10])[0]
    assert (never.index, never.low < never.high < never.mean) == (1, True)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0.5, 0.999))
def test_wilson_holds_the_share(k: int, more: int, confidence: float) -> None:
    n = k + more
    low, high = wilson(k, n, confidence)
    assert 0.0 <= low <= high <= 1.0
    if n:
        assert low <= k / n + 1e-12
        assert k / n <= high + 1e-12
