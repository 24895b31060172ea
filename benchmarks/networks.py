"""Families of networks whose parameters are all distinct: drift matrix A and drive b of A x = b, and the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sympy import Expr, I, Matrix, Symbol, conjugate, zeros

from derive.network import Bath, Coupling, Drive, Mode, Network, loss

Pairs = list[tuple[int, int]]


def positive(name: str) -> Symbol:
    return Symbol(name, positive=True)


def chain(n: int) -> Pairs:
    return [(i, i + 1) for i in range(n - 1)]


def star(n: int) -> Pairs:
    return [(0, i) for i in range(1, n)]


def triangles(n: int) -> Pairs:
    return [pair for i in range(0, n - 2, 2) for pair in ((i, i + 1), (i + 1, i + 2), (i, i + 2))]


def ring(n: int) -> Pairs:
    return [(i, (i + 1) % n) for i in range(n)]


def ladder(n: int) -> Pairs:
    return [(i, i + 2) for i in range(n - 2)] + [(i, i + 1) for i in range(0, n, 2)]


def sparse(n: int) -> Pairs:
    """A random tree with extra edges at random, of mean degree 3."""
    rng = Random(n)
    pairs = {(rng.randrange(i), i) for i in range(1, n)}
    while len(pairs) < min(3 * n // 2, n * (n - 1) // 2):
        i, j = sorted(rng.sample(range(n), 2))
        pairs.add((i, j))
    return sorted(pairs)


def complete(n: int) -> Pairs:
    return [(i, j) for j in range(n) for i in range(j)]


def tree(n: int) -> Pairs:
    return [((i - 1) // 2, i) for i in range(1, n)]


@dataclass(frozen=True)
class Family:
    """Links between `size` modes of which the first is driven; `kind` says what a link is.

    reciprocal   W_ij = W_ji = −iJ
    one way      W_ji = −Γ from i to j, W_ij = 0, and Γ/2 more loss of both
    both ways    W_ji = −Γ, W_ij = −Λ, and (Γ + Λ)/2 more loss of both
    general      W_ij = −iJ − Γp*q/2, W_ji = −iJ* − Γpq*/2, and Γ|p|²/2, Γ|q|²/2 more loss

    Of `plain` matrices the diagonal entries are letters of their own: a pattern of zeros that other systems like
    better, but no network, for which a reservoir that two modes share adds to the losses of both.
    """

    pairs: Callable[[int], Pairs]
    kind: str = "reciprocal"
    plain: bool = False

    def matrices(self, size: int) -> tuple[Matrix, Matrix]:
        """A and b."""
        A, b = zeros(size, size), zeros(size, 1)
        b[0] = I * positive("epsilon")
        for i in range(size):
            A[i, i] = -positive(f"kappa_{i}") / 2
        for i, j in self.pairs(size):
            J, rate, back, p, q = _letters(i, j, self.kind)
            if self.kind == "reciprocal":
                A[i, j] = A[j, i] = -I * J
            elif self.kind == "general":
                A[i, i] -= rate / 2 * p * conjugate(p)
                A[j, j] -= rate / 2 * q * conjugate(q)
                A[i, j] = -I * J - rate / 2 * conjugate(p) * q
                A[j, i] = -I * conjugate(J) - rate / 2 * conjugate(q) * p
            else:
                back = back if self.kind == "both ways" else rate * 0
                A[j, i], A[i, j] = -rate, -back
                if not self.plain:
                    A[i, i] -= (rate + back) / 2
                    A[j, j] -= (rate + back) / 2
        return A, b

    def network(self, size: int) -> Network | None:
        """The picture, if there is one."""
        if self.plain:
            return None
        names = [f"m_{i}" for i in range(size)]
        couplings, baths = [], [loss(name, positive(f"kappa_{i}")) for i, name in enumerate(names)]
        for i, j in self.pairs(size):
            J, rate, back, p, q = _letters(i, j, self.kind)
            if self.kind in ("one way", "both ways"):
                back = back if self.kind == "both ways" else rate * 0
                J, rate, p, q = I * (rate - back) / 2, rate + back, rate**0, rate**0
            couplings.append(Coupling(names[i], names[j], J))
            if self.kind != "reciprocal":
                baths.append(Bath(((names[i], p), (names[j], q)), rate))
        drive = Drive(names[0], positive("epsilon"))
        return Network(tuple(map(Mode, names)), tuple(couplings), drives=(drive,), baths=tuple(baths))


def _letters(i: int, j: int, kind: str) -> tuple[Expr, Expr, Expr, Expr, Expr]:
    """J, Γ, Λ, p and q of a link."""
    J = Symbol(f"J_{i}_{j}") if kind == "general" else positive(f"J_{i}_{j}")
    rates = (positive(f"{letter}_{i}_{j}") for letter in ("Gamma", "Lambda"))
    return (J, *rates, Symbol(f"p_{i}_{j}"), Symbol(f"q_{i}_{j}"))


FAMILIES: dict[str, Family] = {
    "chain": Family(chain),
    "cascade": Family(chain, "one way"),
    "open cascade": Family(complete, "one way"),
    "general chain": Family(chain, "general"),
    "star": Family(star),
    "nonreciprocal star": Family(star, "both ways"),
    "triangles": Family(triangles),
    "ring": Family(ring),
    "ladder": Family(ladder),
    "random sparse": Family(sparse),
    "complete": Family(complete),
    "binary tree": Family(tree),
    "bidiagonal": Family(chain, "one way", plain=True),
    "triangular": Family(complete, "one way", plain=True),
    "arrow": Family(star, "both ways", plain=True),
}
