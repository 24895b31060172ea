"""What solving costs, in operations, which no machine and no load changes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks.networks import FAMILIES
from derive.kernel import cofactors, components, independent, linear, solve, straight_line

GOLDEN = Path(__file__).with_name("costs.toml")
SIZES = {
    "chain": (5, 8, 12, 20),
    "cascade": (5, 8, 12),
    "open cascade": (5, 8),
    "general chain": (3, 5),
    "star": (5, 12),
    "nonreciprocal star": (5, 12, 30),
    "triangles": (5, 9, 13),
    "ring": (5, 8, 12, 20),
    "ladder": (6, 10, 16),
    "random sparse": (6, 10, 14),
    "complete": (4, 6, 8),
    "binary tree": (7, 15),
    "bidiagonal": (5, 12),
    "triangular": (5, 8),
    "arrow": (5, 12, 30),
}


class Tally:
    """A ring of which only the operations are of interest."""

    def __init__(self) -> None:
        self.one = object()
        self.products = self.sums = 0

    def times(self, x: object, y: object, negative: bool = False) -> object:
        if x is self.one or y is self.one:
            return y if x is self.one else x
        self.products += 1
        return object()

    def total(self, found: Sequence[cofactors.Product]) -> object:
        self.sums += len(found) - 1
        return [self.times(*product) for product in found][0]

    def both(self, x: object, y: object) -> Sequence[object]:
        return x, y

    def polynomial(self, x: object) -> object:
        return x


def cost(family: str, size: int) -> dict[str, int]:
    """Products and sums of polynomials, terms of all numerators and determinants, operations of the program."""
    A, b = FAMILIES[family].matrices(size)
    system = linear._system(A, b)
    shapes, _, _ = independent.predict(system)
    tally = Tally()
    rows = [{column: object() for column in row} for row in system.rows]
    independent._through(system, rows, tally, lambda number, found: cofactors.solved(found, shapes[number], tally))
    program = int(straight_line(A, b).note.split(" of ")[1].split()[0])
    return {"products": tally.products, "sums": tally.sums, "terms": solve(A, b).terms, "program": program}


def text(costs: dict[str, dict[str, int]]) -> str:
    lines = ["# products and sums of polynomials, terms of the expanded answer, operations of the program"]
    for name, found in costs.items():
        lines.append(f'"{name}" = {{ {", ".join(f"{key} = {value}" for key, value in found.items())} }}')
    return "\n".join([*lines, ""])


CASES = [(family, size) for family, sizes in SIZES.items() for size in sizes]


@pytest.mark.parametrize(("family", "size"), CASES)
def test_solving_costs_what_is_written_down(family: str, size: int) -> None:
    golden = tomllib.loads(GOLDEN.read_text())[f"{family} {size}"]
    found = cost(family, size)
    rise = {key: (golden[key], value) for key, value in found.items() if value > golden[key]}
    assert not rise, (
        f"{family} {size} costs more than tests/costs.toml says (before, now): {rise}. Undo what raised it; or, if it "
        "must be, say why in the message of the commit that refreshes the file by `python -m tests.test_cost`."
    )
    assert found == golden, (
        f"{family} {size} costs less than tests/costs.toml says: refresh it by `python -m tests.test_cost`."
    )


@pytest.mark.parametrize(
    ("family", "sizes", "products"),
    [
        ("chain", (5, 20, 30), lambda n: 5 * n - 6),
        ("star", (5, 20, 30), lambda n: 6 * n - 8),
        ("ring", (5, 20), lambda n: 11 * n - 15),
        ("ladder", (6, 20), lambda n: 20 * n - 62),
        ("complete", (5, 8), lambda n: n * 2 ** (n - 1)),
    ],
)
def test_products_are_as_many_as_the_page_on_solving_says(
    family: str, sizes: tuple[int, ...], products: Callable[[int], int]
) -> None:
    for size in sizes:
        rows = linear._system(*FAMILIES[family].matrices(size)).rows
        tally = Tally()
        cofactors.solved([{j: object() for j in row} for row in rows], components.shape(rows), tally)
        assert tally.products == products(size)


if __name__ == "__main__":
    GOLDEN.write_text(text({f"{family} {size}": cost(family, size) for family, size in CASES}))
