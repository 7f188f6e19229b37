"""The bending of the plain: why no border, road or block of a fabric is straight over a distance."""

from dataclasses import dataclass

import numpy as np

from landdb.conformance.walls import Floats

#: Length and height of the waves in metres. Together they compress the plain by less than a third, so it never
#: folds, and curve it by about a thousandth per metre: 40 m of a road bulge by 20 cm.
_WAVES_M = ((6_000.0, 150.0), (4_300.0, 90.0), (1_700.0, 18.0), (1_300.0, 13.0), (520.0, 2.5), (430.0, 1.8))
_MILLIMETRES = 1_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Waves with their directions; bends nominal positions into VN-2000 metres."""

    wave: Floats
    phase: Floats
    heave_m: Floats

    def bend(self, nominal: Floats) -> Floats:
        """Give the bent positions of an array (n, 2)."""
        turn = nominal @ self.wave.T + self.phase
        return nominal + np.sin(turn) @ self.heave_m


def make_relief(rng: np.random.Generator) -> Relief:
    """Give a relief of waves in random directions."""
    length, height = np.array(_WAVES_M).T
    heading, pull = rng.uniform(0, 2 * np.pi, (2, len(length)))
    wave = (2 * np.pi / length)[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    heave = height[:, None] * np.stack([np.cos(pull), np.sin(pull)], axis=1)
    return Relief(wave, rng.uniform(0, 2 * np.pi, len(length)), heave)


def on_grid(position: Floats) -> Floats:
    """Give positions on the grid of 1 mm that cadastral coordinates are written in."""
    rounded: Floats = np.rint(position * _MILLIMETRES) / _MILLIMETRES
    return rounded
