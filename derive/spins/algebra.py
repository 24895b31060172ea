"""Normal-ordered operators of collective spins and modes, and their equations of motion.

    S⁻S⁺ = S⁺S⁻ − 2S^z,   S⁻S^z = S^zS⁻ + S⁻,   S^zS⁺ = S⁺S^z + S⁺,   a a† = a†a + 1
    dO/dt = i[H, O] + Σ γ{(n+1) D†[q]O + n D†[q†]O},   D†[z]O = ½(z†[O, z] + [z†, O]z)

A word is a product of letters (node, "+"), (node, "z") and (node, "-"), which stand for S⁺, S^z, S⁻, or for a†
and a of a mode; a polynomial maps words to coefficients. Nothing here knows the length of a spin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from sympy import Add, Expr, I, Integer, Mul

from derive.kernel import conjugated
from derive.network import Bath, Coupling, Drive, Mode, Network, NetworkError, Spins

Letter = tuple[str, str]
Word = tuple[Letter, ...]
Polynomial = Mapping[Word, Expr]

RAISE, HEIGHT, LOWER = "+", "z", "-"
PLACES = (RAISE, HEIGHT, LOWER)
FLIPPED = str.maketrans("+-", "-+")


def letter(node: str, sign: str) -> Polynomial:
    """S⁺, S^z or S⁻ of a node ("+", "z", "-"), or a† and a of a mode ("+", "-")."""
    return {((node, sign),): Integer(1)}


def total(polynomials: Iterable[Polynomial]) -> dict[Word, Expr]:
    """The sum, sorted by word, without structural zeros."""
    return _collected(term for polynomial in polynomials for term in polynomial.items())


def scaled(factor: Expr, polynomial: Polynomial) -> Polynomial:
    """A multiple."""
    return {word: factor * x for word, x in polynomial.items()}


def times(left: Polynomial, right: Polynomial, modes: frozenset[str] = frozenset()) -> dict[Word, Expr]:
    """The product, normal-ordered; `modes` are the nodes that are bosonic."""
    return _collected(
        (word, Mul(count, x, y))
        for (u, x), (v, y) in product(left.items(), right.items())
        for word, count in normal_ordered(u + v, modes).items()
    )


def commutator(left: Polynomial, right: Polynomial, modes: frozenset[str] = frozenset()) -> dict[Word, Expr]:
    """[A, B] = AB − BA."""
    return total((times(left, right, modes), scaled(Integer(-1), times(right, left, modes))))


def adjoint(polynomial: Polynomial) -> Polynomial:
    """O†."""
    return {reversed_word(word): conjugated(x) for word, x in polynomial.items()}


def reversed_word(word: Word) -> Word:
    """The adjoint of a normal-ordered word, which is normal-ordered again."""
    return arranged((node, sign.translate(FLIPPED)) for node, sign in reversed(word))


def arranged(letters: Iterable[Letter]) -> Word:
    """Letters in normal order, without what their exchange costs."""
    return tuple(sorted(letters, key=_place))


def charge(word: Word) -> int:
    """How many quanta a word adds."""
    return sum((sign == RAISE) - (sign == LOWER) for _, sign in word)


def normal_ordered(word: Word, modes: frozenset[str]) -> dict[Word, int]:
    """A product of letters in any order as a sum of words: node by node, S⁺ before S^z before S⁻."""
    found: dict[Word, int] = {}
    left = [(word, 1)]
    while left:
        w, count = left.pop()
        k = next((k for k in range(len(w) - 1) if _place(w[k]) > _place(w[k + 1])), None)
        if k is None:
            found[w] = found.get(w, 0) + count
            continue
        (node, x), (other, y) = w[k], w[k + 1]
        left.append(((*w[:k], w[k + 1], w[k], *w[k + 2 :]), count))
        if node == other:
            weight, middle = _exchange(node, x, y, modes)
            left.append(((*w[:k], *middle, *w[k + 2 :]), count * weight))
    return {w: count for w, count in found.items() if count}


def _exchange(node: str, x: str, y: str, modes: frozenset[str]) -> tuple[int, Word]:
    """[x, y] of two letters in the wrong order."""
    if node in modes:
        return 1, ()
    if (x, y) == (LOWER, RAISE):
        return -2, ((node, HEIGHT),)
    return 1, ((node, LOWER if x == LOWER else RAISE),)


def _place(item: Letter) -> tuple[str, int]:
    return item[0], PLACES.index(item[1])


def hamiltonian(part: object) -> Polynomial:
    """What a coupling, a drive or a detuning contributes to H, with S⁻ in place of a and S^z in place of a†a.

    Raises:
        NetworkError: if the part is a parametric pairing.
    """
    if isinstance(part, Spins):
        return scaled(part.detuning, letter(part.name, HEIGHT))
    if isinstance(part, Mode):
        return {((part.name, RAISE), (part.name, LOWER)): part.detuning}
    if isinstance(part, Drive):
        upper = scaled(part.amplitude, letter(part.mode, RAISE))
    elif isinstance(part, Coupling):
        upper = scaled(part.strength, times(letter(part.a, RAISE), letter(part.b, LOWER)))
    else:
        raise NetworkError(f"Spins must have couplings, drives and baths only, but there is {part}.")
    return total((upper, adjoint(upper)))


def jump(bath: Bath) -> Polynomial:
    """q = Σ u_i S_i⁻ + Σ v_i S_i⁺."""
    legs = [scaled(weight, letter(node, LOWER)) for node, weight in bath.jump]
    return total((*legs, *(scaled(weight, letter(node, RAISE)) for node, weight in bath.gain)))


def heisenberg(part: object, operator: Polynomial, modes: frozenset[str] = frozenset()) -> dict[Word, Expr]:
    """What one part of a network (a bath, a coupling, a drive, a node's detuning) contributes to dO/dt.

    Raises:
        NetworkError: if a bath is squeezed, or the part is a parametric pairing.
    """
    if isinstance(part, Bath):
        return _damped(part, operator, modes)
    return dict(scaled(I, commutator(hamiltonian(part), operator, modes)))


def jumps(bath: Bath) -> tuple[tuple[Expr, Polynomial], ...]:
    """The rates and operators z of the dissipators D[z] of a bath: γ(n+1) with q and, where n ≠ 0, γn with q†.

    Raises:
        NetworkError: if the bath is squeezed.
    """
    if bath.squeezing != 0:
        raise NetworkError(
            f"A reservoir of spins must not be squeezed, but the bath on {', '.join(bath.legs)} has squeezing "
            f"{bath.squeezing}."
        )
    q = jump(bath)
    both = ((bath.rate * (bath.thermal + 1), q), (bath.rate * bath.thermal, adjoint(q)))
    return tuple((rate, z) for rate, z in both if rate != 0)


def _damped(bath: Bath, operator: Polynomial, modes: frozenset[str]) -> dict[Word, Expr]:
    """Σ rate · ½(z†[O, z] + [z†, O]z)."""
    found = []
    for rate, z in jumps(bath):
        z_dagger = adjoint(z)
        ahead = times(z_dagger, commutator(operator, z, modes), modes)
        behind = times(commutator(z_dagger, operator, modes), z, modes)
        found += [scaled(rate / 2, ahead), scaled(rate / 2, behind)]
    return total(found)


def parts(net: Network) -> tuple[object, ...]:
    """Everything that moves an operator: couplings, pairings, drives, baths and the detuned nodes."""
    detuned = tuple(node for node in net.modes if node.detuning != 0)
    return (*net.couplings, *net.squeezings, *net.drives, *net.baths, *detuned)


def legs(part: object) -> tuple[str, ...]:
    """The nodes that a part acts on."""
    if isinstance(part, Bath):
        return part.legs
    if isinstance(part, Drive):
        return (part.mode,)
    if isinstance(part, Mode | Spins):
        return (part.name,)
    return (part.a, part.b) if isinstance(part, Coupling) else ()


def _collected(terms: Iterable[tuple[Word, Expr]]) -> dict[Word, Expr]:
    found: dict[Word, list[Expr]] = {}
    for word, x in terms:
        found.setdefault(word, []).append(x)
    added = ((word, Add(*(term.expand() for term in summands))) for word, summands in sorted(found.items()))
    return {word: x for word, x in added if x != 0}
