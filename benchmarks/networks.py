"""Drift matrices of networks whose parameters are all distinct, with their drives: A x = b."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sympy import I, Matrix, Symbol, conjugate, zeros

System = tuple[Matrix, Matrix]


def losses(n: int) -> System:
    A, b = zeros(n, n), zeros(n, 1)
    for i in range(n):
        A[i, i] = -Symbol(f"kappa_{i}", positive=True) / 2
    b[0] = I * Symbol("epsilon", positive=True)
    return A, b


def coupled(n: int, pairs: list[tuple[int, int]]) -> System:
    """Reciprocal couplings: W_ij = W_ji = −iJ_ij."""
    A, b = losses(n)
    for i, j in pairs:
        A[i, j] = A[j, i] = -I * Symbol(f"J_{i}_{j}", positive=True)
    return A, b


def directed(n: int, pairs: list[tuple[int, int]], back: bool = False) -> System:
    """Nonreciprocal couplings: W_ji = −Γ_ij from i to j, and another rate back if asked for."""
    A, b = losses(n)
    for i, j in pairs:
        A[j, i] = -Symbol(f"Gamma_{i}_{j}", positive=True)
        if back:
            A[i, j] = -Symbol(f"Lambda_{i}_{j}", positive=True)
    return A, b


def chain(n: int) -> System:
    return coupled(n, [(i, i + 1) for i in range(n - 1)])


def cascade(n: int) -> System:
    return directed(n, [(i, i + 1) for i in range(n - 1)])


def open_cascade(n: int) -> System:
    return directed(n, [(i, j) for j in range(n) for i in range(j)])


def general_chain(n: int) -> System:
    """Complex couplings and shared reservoirs between neighbours: unequal off-diagonals, shared losses."""
    A, b = losses(n)
    for i in range(n - 1):
        J, p, q = (Symbol(f"{letter}_{i}") for letter in "Jpq")
        rate = Symbol(f"Gamma_{i}", positive=True) / 2
        A[i, i] -= rate * p * conjugate(p)
        A[i + 1, i + 1] -= rate * q * conjugate(q)
        A[i, i + 1] = -I * J - rate * conjugate(p) * q
        A[i + 1, i] = -I * conjugate(J) - rate * conjugate(q) * p
    return A, b


def star(n: int) -> System:
    return coupled(n, [(0, i) for i in range(1, n)])


def nonreciprocal_star(n: int) -> System:
    return directed(n, [(0, i) for i in range(1, n)], back=True)


def triangles(n: int) -> System:
    ends = range(0, n - 2, 2)
    return coupled(n, [pair for i in ends for pair in ((i, i + 1), (i + 1, i + 2), (i, i + 2))])


def ring(n: int) -> System:
    return coupled(n, [(i, (i + 1) % n) for i in range(n)])


def ladder(n: int) -> System:
    return coupled(n, [(i, i + 2) for i in range(n - 2)] + [(i, i + 1) for i in range(0, n, 2)])


def sparse(n: int) -> System:
    """A random tree with extra edges at random, of mean degree 3."""
    rng = Random(n)
    pairs = {(rng.randrange(i), i) for i in range(1, n)}
    while len(pairs) < 3 * n // 2:
        i, j = sorted(rng.sample(range(n), 2))
        pairs.add((i, j))
    return coupled(n, sorted(pairs))


def complete(n: int) -> System:
    return coupled(n, [(i, j) for j in range(n) for i in range(j)])


def tree(n: int) -> System:
    return coupled(n, [((i - 1) // 2, i) for i in range(1, n)])


FAMILIES: dict[str, Callable[[int], System]] = {
    "chain": chain,
    "cascade": cascade,
    "open cascade": open_cascade,
    "general chain": general_chain,
    "star": star,
    "nonreciprocal star": nonreciprocal_star,
    "triangles": triangles,
    "ring": ring,
    "ladder": ladder,
    "random sparse": sparse,
    "complete": complete,
    "binary tree": tree,
}
