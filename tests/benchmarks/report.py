"""How a benchmark says what it found: ratios beside their bars, all from one run."""

from dataclasses import dataclass, field


@dataclass
class Report:
    missed: list[str] = field(default_factory=list)

    def unmeasured(self, name: str, size: int, least: int, benchmark: str) -> None:
        """Say of a bar that only a larger run measures how to run that."""
        print(
            f"       –  {name}  (not measured at N={size}: make bench N={least} ARGS={benchmark})",
            flush=True,
        )

    def ratio(
        self,
        name: str,
        value: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Print one ratio; a bar that it misses is remembered."""
        bar, held = "", True
        if at_most is not None:
            bar, held = f"at most {at_most:g}", value <= at_most
        if at_least is not None:
            bar, held = f"at least {at_least:g}", value >= at_least
        print(f"{value:8.2f}  {name}  ({bar}: {'held' if held else 'MISSED'})", flush=True)
        if not held:
            self.missed.append(name)
