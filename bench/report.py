"""One line for each thing measured: what, how much, against what, the ratio and its target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a ratio, or a figure, is to be; *at_most* if less is better."""

    target: float
    at_most: bool = False

    def said(self, value: float) -> str:
        met = value <= self.target if self.at_most else value >= self.target
        bound = "at most" if self.at_most else "at least"
        return f"target {bound} {self.target:g}: {'met' if met else 'MISSED'}"


def show(what: str, measured: str, *, baseline: str = "", ratio: float | None = None,
         goal: Goal | None = None) -> None:  # fmt: skip
    """Print the line. *goal* is about *ratio*."""
    parts = [f"{what}: {measured}"]
    if baseline:
        parts.append(f"baseline {baseline}")
    if ratio is not None:
        parts.append(f"ratio {ratio:.2f}")
    if goal is not None and ratio is not None:
        parts.append(goal.said(ratio))
    print("; ".join(parts), flush=True)
