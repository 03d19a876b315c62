"""League tables: the reference figures, and the answers for what is hardly anything."""

import numpy as np
import pytest

from gis.kernel.errors import InvalidInput
from gis.kernel.league import (
    beta_cdf,
    beta_quantile,
    fit_beta_binomial,
    rank,
    shrunk,
    shrunk_means,
    wilson,
)

K = [1, 5, 46, 180, 88, 290, 9, 960, 0, 37]
N = [1, 5, 50, 200, 100, 300, 12, 1000, 2, 40]


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (1, 1, 0.206549, 1.0),
        (0, 1, 0.0, 0.793451),
        (5, 5, 0.565518, 1.0),
        (9, 10, 0.595850, 0.982124),
        (45, 50, 0.786398, 0.956524),
        (8748, 9000, 0.968385, 0.975212),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_is_that_of_the_reference(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert float(found[0]) == pytest.approx(low, abs=1e-6)
    assert float(found[1]) == pytest.approx(high, abs=1e-6)


def test_wilson_takes_columns() -> None:
    low, high = wilson([1, 9], [1, 10])
    assert low == pytest.approx([0.206549, 0.595850], abs=1e-6)
    assert high == pytest.approx([1.0, 0.982124], abs=1e-6)


def test_the_likeliest_prior_is_that_of_the_reference() -> None:
    alpha, beta = fit_beta_binomial(K, N)
    assert alpha == pytest.approx(40.7026, abs=1e-3)
    assert beta == pytest.approx(3.83439, abs=1e-3)


def test_posterior_means_are_those_of_the_reference() -> None:
    expected = [0.9158, 0.9226, 0.91713, 0.90253, 0.89045, 0.95985, 0.87912, 0.95803, 0.87463]
    found = shrunk(K, N, fit_beta_binomial(K, N))
    assert found == pytest.approx([*expected, 0.91916], abs=6e-6)
    assert int(np.argsort(-found)[2]) == 1  # means alone leave 5/5 third


def test_the_lucky_one_of_one_is_eighth() -> None:
    order = [(row.k, row.n) for row in rank(K, N, minimum=0)]
    assert order[:8] == [
        (960, 1000), (290, 300), (180, 200), (46, 50), (37, 40), (5, 5), (88, 100), (1, 1),
    ]  # fmt: skip


def test_those_under_the_minimum_are_listed_apart() -> None:
    rows = rank(K, N)
    assert [row.rank for row in rows] == [1, 2, 3, 4, 5, 6, 7, None, None, None]
    assert {row.n for row in rows[7:]} == {1, 5, 2}
    assert all(row.band is None for row in rows[7:])
    assert sorted(row.index for row in rows) == list(range(10))


def test_a_band_holds_those_whose_bounds_reach_its_leader() -> None:
    rows = [row for row in rank(K, N) if row.rank is not None]
    leaders = {row.band: row for row in reversed(rows)}
    assert [row.band for row in rows] == [1, 1, 2, 2, 2, 2, 2]
    for row in rows:
        assert row.band is not None
        assert row.high >= leaders[row.band].low
    assert leaders[2].high < leaders[1].low


def test_equal_units_share_a_rank() -> None:
    rows = rank([90, 90, 10], [100, 100, 100])
    assert [(row.index, row.rank) for row in rows] == [(0, 1), (1, 1), (2, 3)]


@pytest.mark.parametrize(
    ("k", "n", "prior"),
    [
        ([], [], (0.5, 0.5)),
        ([0, 0], [0, 0], (0.5, 0.5)),
        ([7], [9], (0.5, 0.5)),
        ([50, 50, 50], [100, 100, 100], (150.5, 150.5)),
        ([3, 5], [3, 5], (8.5, 0.5)),
        ([0, 0], [3, 5], (0.5, 8.5)),
        ([1, 0, 1], [1, 1, 1], (2.5, 1.5)),
        ([5, 0, 5, 0], [5, 5, 5, 5], (0.005, 0.005)),
    ],
)
def test_what_has_no_likeliest_prior_has_a_defined_one(
    k: list[int], n: list[int], prior: tuple[float, float]
) -> None:
    assert fit_beta_binomial(k, n) == pytest.approx(prior, abs=1e-6)
    assert len(rank(k, n)) == len(k)


def test_the_prior_is_a_maximum() -> None:
    """Against a plain sum of logarithms, for shares that were drawn from a known prior."""
    draw = np.random.default_rng(7)
    n = draw.integers(1, 60, 200)
    k = draw.binomial(n, draw.beta(8.0, 2.0, 200))

    def likelihood(alpha: float, beta: float) -> float:
        total = 0.0
        for won, tried in zip(k.tolist(), n.tolist(), strict=True):
            total += float(np.log(alpha + np.arange(won)).sum())
            total += float(np.log(beta + np.arange(tried - won)).sum())
            total -= float(np.log(alpha + beta + np.arange(tried)).sum())
        return total

    alpha, beta = fit_beta_binomial(k, n)
    best = likelihood(alpha, beta)
    assert alpha == pytest.approx(8.0, rel=0.3)
    for step in (0.99, 1.01):
        assert likelihood(alpha * step, beta) < best
        assert likelihood(alpha, beta * step) < best
        assert likelihood(alpha * step, beta * step) < best


@pytest.mark.parametrize(("a", "b"), [(1.5, 2.5), (46.2, 3.9), (301.0, 14.0), (2.0, 90.0)])
def test_the_cumulative_probability_is_the_integral(a: float, b: float) -> None:
    """Against Gauss-Legendre sums of the density over pieces, divided by the whole."""
    nodes, weights = np.polynomial.legendre.leggauss(60)

    def integral(low: float, high: float) -> float:
        edges = np.linspace(low, high, 201)
        half = np.diff(edges)[:, None] / 2.0
        x = edges[:-1, None] + half * (nodes + 1.0)
        return float((half * weights * np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x))).sum())

    whole = integral(0.0, 1.0)
    for x in (0.02, 0.3, 0.8, 0.93, 0.99):
        assert float(beta_cdf(x, a, b)) == pytest.approx(integral(0.0, x) / whole, abs=2e-7)


@pytest.mark.parametrize(("x", "a", "b", "p"), [(0.3, 1, 1, 0.3), (0.3, 4, 1, 0.3**4)])
def test_cumulative_probabilities_of_closed_form(x: float, a: float, b: float, p: float) -> None:
    assert float(beta_cdf(x, a, b)) == pytest.approx(p, abs=1e-14)
    assert float(beta_quantile(p, a, b)) == pytest.approx(x, abs=1e-12)


def test_the_arcsine_distribution() -> None:
    p = np.array([0.0, 1e-6, 0.05, 0.5, 0.95, 1.0])
    assert beta_quantile(p, 0.5, 0.5) == pytest.approx(np.sin(np.pi * p / 2.0) ** 2, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "n"), [([2], [1]), ([-1], [4]), ([1.5], [2]), ([1], [1, 2]), ([float("nan")], [1])]
)
def test_counts_that_cannot_be_are_refused(k: list[float], n: list[float]) -> None:
    for ask in (wilson, fit_beta_binomial, rank):
        with pytest.raises(InvalidInput):
            ask(k, n)


def test_arguments_out_of_range_are_refused() -> None:
    for ask in (
        lambda: wilson(1, 2, 1.0),
        lambda: rank([1], [2], probability=0.5),
        lambda: rank([1], [2], prior=(0.0, 1.0)),
        lambda: rank([[1]], [[2]]),
        lambda: beta_quantile(1.1, 2, 2),
        lambda: beta_cdf(0.5, 0, 2),
    ):
        with pytest.raises(InvalidInput):
            ask()


def test_averages_of_few_scores_move_more_and_are_less_sure() -> None:
    found = shrunk_means([92, 88, 85, 100], [25 / 400, 25 / 300, 25 / 200, 0.0], [400, 300, 200, 2])
    assert 92 < found.mean[3] < 100
    assert abs(found.mean[0] - 92) < 0.1
    assert found.mean[3] - found.low[3] > 5 * (found.mean[0] - found.low[0])
    assert np.all(found.low < found.mean)
    assert np.all(found.mean < found.high)


def test_the_variance_between_solves_its_equation() -> None:
    mean, count = np.array([70.0, 80.0, 86.0, 91.0]), np.array([50, 50, 50, 50])
    variance = np.full(4, 2.0)
    found = shrunk_means(mean, variance, count)
    # With equal variances the equation has a closed form, and the overall average is the plain one.
    assert found.between_variance == pytest.approx(mean.var(ddof=1) - 2.0, rel=1e-9)
    share = found.between_variance / (found.between_variance + 2.0)
    assert found.mean == pytest.approx(mean.mean() + share * (mean - mean.mean()), rel=1e-9)


def test_averages_that_differ_by_chance_are_one() -> None:
    found = shrunk_means([80.0, 80.2, 79.9], [4.0, 4.0, 4.0], [20, 20, 20])
    assert found.between_variance == 0.0
    assert found.mean == pytest.approx([found.overall] * 3)


def test_a_unit_without_scores_stands_at_the_average() -> None:
    found = shrunk_means([90.0, 70.0, float("nan")], [1.0, 1.0, float("nan")], [30, 30, 0])
    assert found.mean[2] == pytest.approx(found.overall)
    assert found.low[2] < found.low[1]


def test_averages_without_any_variation_are_kept() -> None:
    found = shrunk_means([90.0, 80.0], [0.0, 0.0], [30, 30])
    assert found.mean == pytest.approx([90.0, 80.0])
    assert shrunk_means([90.0], [0.0], [3]).low == pytest.approx([90.0])


@pytest.mark.parametrize(
    ("mean", "variance", "n"),
    [([], [], []), ([90], [0], [1]), ([90], [-1], [5]), ([90], [1], [2.5]), ([90, 80], [1], [5])],
)
def test_averages_that_cannot_be_are_refused(
    mean: list[float], variance: list[float], n: list[float]
) -> None:
    with pytest.raises(InvalidInput):
        shrunk_means(mean, variance, n)
