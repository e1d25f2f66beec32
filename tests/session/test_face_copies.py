"""Faces that are kept for long are copies, side by side."""

from dataclasses import replace

import numpy as np
from synthetic_face import observed, synthetic_face

from coach.session.face_copies import BLOCK, FaceCopies


def test_a_copy_is_the_face_and_stays_it():
    """The same in every field, the mirrored face in it too, whatever becomes of the first one."""
    face = observed(synthetic_face(), 1.5)
    face = replace(face, mirrored=observed(synthetic_face(), 1.5))
    before = face.landmarks.copy()
    copy = FaceCopies().of(face)
    face.landmarks[:] = 0
    assert np.array_equal(copy.landmarks, before)
    assert np.array_equal(copy.blendshapes, face.blendshapes)
    assert np.array_equal(copy.mirrored.landmarks, before)
    assert (copy.t, copy.size, copy.light) == (face.t, face.size, face.light)


def test_many_faces_share_a_block():
    """A new block of memory is begun only once one is full."""
    copies, face = FaceCopies(), observed(synthetic_face(), 0.0)
    kept = [copies.of(replace(face, t=float(n))) for n in range(BLOCK + 1)]
    assert [one.t for one in kept] == list(range(BLOCK + 1))
    assert kept[0].landmarks.base is kept[BLOCK - 1].landmarks.base
    assert kept[0].landmarks.base is not kept[BLOCK].landmarks.base
