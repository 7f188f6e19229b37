"""One quantity divided among parts so that nothing is lost to rounding."""

from collections.abc import Sequence

#: Areas in the register have one decimal: 0.1 m².
AREA_STEP_M2 = 0.1


def apportion(total: float, weights: Sequence[float], *, step: float = AREA_STEP_M2) -> list[float]:
    """Give a part per weight, in multiples of `step` but for one, that add up to `total` exactly.

    Largest remainders first (Hamilton's method); what `total` has below the step stays with the largest part.
    """
    steps = round(total / step, 6)
    whole = int(steps)
    shares = [whole * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in shares]
    by_remainder = sorted(range(len(weights)), key=lambda index: (counts[index] - shares[index], index))
    for index in by_remainder[: whole - sum(counts)]:
        counts[index] += 1
    parts = [round(count * step, 6) for count in counts]
    largest = max(range(len(parts)), key=lambda index: parts[index])
    rest = sum(parts) - parts[largest]
    parts[largest] = round(total - rest, 6)
    return parts
