"""The order of averages: one lucky case leads nothing, and what is not different is one band."""

from incidents.assessment.league import Mean, placed


def test_one_case_never_leads() -> None:
    found = placed([Mean(1, 100.0, 0.0), Mean(400, 95.0, 30.0), Mean(300, 80.0, 60.0)], 10)
    lucky, good, poor = found
    assert lucky is not None
    assert good is not None
    assert poor is not None
    assert (lucky.rank, good.rank, poor.rank) == (None, 1, 2)
    assert good.band != poor.band
    # Even with a minimum of one it is behind who surely is good.
    again = placed([Mean(1, 100.0, 0.0), Mean(400, 95.0, 30.0), Mean(300, 80.0, 60.0)], 1)
    assert again[0] is not None
    assert again[0].rank != 1


def test_the_same_scores_share_a_rank_and_a_band() -> None:
    same = [Mean(50, 90.0, 20.0), Mean(50, 90.0, 20.0), Mean(50, 90.0, 20.0)]
    assert {(one.rank, one.band) for one in placed(same, 10) if one} == {(1, 1)}


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert placed([], 10) == []
    assert placed([Mean(1, 90.0, 0.0), Mean(0, 0.0, 0.0)], 10) == [None, None]
    some = placed([Mean(0, 0.0, 0.0), Mean(20, 90.0, 9.0)], 10)
    assert some[0] is None
    assert some[1] is not None
