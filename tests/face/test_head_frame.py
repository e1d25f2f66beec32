"""The head's frame: the same face however it is turned, and the best fit where nothing fits exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.face.head_frame import fit
from coach.face.landmarks import RIGID, USED, places

ROWS = places(*RIGID)
quick = settings(max_examples=50)
SEEDS = st.integers(0, 2**32 - 1)


def a_face(seed):
    """Return a cloud of points about as wide as a face, around the origin, in units of the eyes' distance."""
    return np.random.default_rng(seed).normal(size=(len(USED), 3)) * (0.5, 0.7, 0.3)


def turned(yaw, pitch, roll):
    """Return a rotation matrix; degrees."""
    y, p, r = np.radians((yaw, pitch, roll))
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


def fit_by_quaternion(points, reference):
    """Return the least-squares similarity found by another method (Horn 1987, JOSA A 4:629)."""
    source, target = points[ROWS], reference[ROWS]
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    s = a.T @ b
    skew = np.array([s[1, 2] - s[2, 1], s[2, 0] - s[0, 2], s[0, 1] - s[1, 0]])
    n = np.empty((4, 4))
    n[0, 0], n[0, 1:], n[1:, 0] = np.trace(s), skew, skew
    n[1:, 1:] = s + s.T - np.trace(s) * np.eye(3)
    strengths, quaternions = np.linalg.eigh(n)
    w, v = quaternions[0, -1], quaternions[1:, -1]
    cross = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    rotation = np.eye(3) + 2 * w * cross + 2 * cross @ cross
    unit_px = strengths[-1] / (b**2).sum()
    return (points - source.mean(axis=0)) @ rotation.T / unit_px + target.mean(axis=0), unit_px


@quick
@given(
    seed=SEEDS,
    yaw=st.floats(-60, 60),
    pitch=st.floats(-60, 60),
    roll=st.floats(-180, 180),
    size=st.floats(20, 2000),
)
def test_a_turned_shifted_and_scaled_face_is_laid_back_over_itself(seed, yaw, pitch, roll, size):
    """Any pose is undone to a millionth, an upside-down camera's too, and the size in pixels is found."""
    face = a_face(seed)
    seen = size * face @ turned(yaw, pitch, roll).T + (320.0, 240.0, 5.0)
    fitted = fit(seen, face)
    np.testing.assert_allclose(fitted.points, face, atol=1e-6)
    assert fitted.unit_px == pytest.approx(size)


@quick
@given(seed=SEEDS, noise=st.floats(0.001, 0.3), roll=st.floats(-180, 180))
def test_the_fit_is_the_least_squares_one(seed, noise, roll):
    """If every point has moved by itself, the fit is the one that Horn's quaternions find."""
    face = a_face(seed)
    moved = face + noise * np.random.default_rng(seed + 1).normal(size=face.shape)
    seen = 100 * moved @ turned(10, -5, roll).T
    fitted = fit(seen, face)
    expected, expected_px = fit_by_quaternion(seen, face)
    np.testing.assert_allclose(fitted.points, expected, atol=1e-6)
    assert fitted.unit_px == pytest.approx(expected_px)


def test_a_mirrored_face_is_turned_but_never_mirrored_back():
    """A rotation cannot exchange left and right, however well that would fit."""
    face = a_face(2)
    placed = fit(face * (-1, 1, 1), face).points
    (a, b, c), (a1, b1, c1) = (points[1:4] - points[0] for points in (face * (-1, 1, 1), placed))
    assert np.sign(np.cross(a1, b1) @ c1) == np.sign(np.cross(a, b) @ c)


def test_an_upside_down_face_has_its_roll():
    """A camera hung upside down is half a turn of roll and no yaw."""
    face = a_face(1)
    pose = fit(face @ turned(0, 0, 180).T, face).pose
    assert abs(pose.roll) == pytest.approx(180)
