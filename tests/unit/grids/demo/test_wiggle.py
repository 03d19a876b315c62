"""Bent edges keep their ends, and crossings are found."""

import numpy as np

from grids.demo.chance import generator, unit_noise
from grids.demo.wiggle import bend, crossing_edges, roughen


def test_a_bent_edge_keeps_its_ends_and_its_size() -> None:
    start, end = np.array([[0.0, 0.0], [5.0, 5.0]]), np.array([[100.0, 0.0], [5.0, 90.0]])
    noise = unit_noise("seed", ["a", "b"])
    lines = bend(start, end, noise, 3, np.array([0.2, 0.0]))
    assert lines.shape == (2, 9, 2)
    assert (lines[:, 0] == start).all()
    assert (lines[:, -1] == end).all()
    assert np.abs(lines[0, :, 1]).max() > 1
    assert (lines[1, :, 0] == 5.0).all()  # no strength, no bend


def test_noise_depends_on_seed_and_key_alone() -> None:
    assert (unit_noise("s", ["a", "b"])[1] == unit_noise("s", ["b"])[0]).all()
    assert (unit_noise("s", ["a"]) != unit_noise("t", ["a"])).any()
    assert np.abs(unit_noise("s", [str(i) for i in range(500)])).max() <= 1
    assert generator("s", 1).random() == generator("s", "1").random()


def test_a_roughened_edge_has_pieces_of_the_size_asked_for() -> None:
    line = roughen("seed", np.array([0.0, 0.0]), np.array([1600.0, 0.0]), 100.0, 0.2)
    assert len(line) == 17
    assert line[0].tolist() == [0, 0]
    assert line[-1].tolist() == [1600, 0]


def test_crossings_are_found_and_shared_ends_are_not_crossings() -> None:
    corner = [np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 1.0]])]
    assert crossing_edges(corner, np.array([[0, 1], [1, 2]])).tolist() == []
    across = [*corner, np.array([[0.5, -1.0], [0.5, 1.0]])]
    ends = np.array([[0, 1], [1, 2], [3, 4]])
    assert crossing_edges(across, ends).tolist() == [0, 2]
    assert crossing_edges(across, ends, np.array([1])).tolist() == []
    loop = [np.array([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]])]
    assert crossing_edges(loop, np.array([[0, 1]])).tolist() == [0]


def test_lines_that_share_an_end_and_cross_elsewhere_are_found() -> None:
    lines = [np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 1.0], [1.0, -1.0]])]
    assert crossing_edges(lines, np.array([[0, 1], [0, 2]])).tolist() == [0, 1]
