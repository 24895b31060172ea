"""A network as a paper prints it: its Hamiltonian, its equations of motion, its letters in another paper's.

Two networks are the same physics if their frequencies, drives, coherent couplings h_ij and the rates Γ u_i* u_j of
their reservoirs agree; a common phase or scale of a reservoir's jump means nothing. Each of these is one equation
between the two sets of letters, and a letter is read off as soon as an equation holds no other unknown one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Mul, Symbol, arg, exp, sqrt

from derive.checks import checked
from derive.derivation import Equation, Operators, Word, mean
from derive.errors import DeriveError
from derive.kernel import Proved, abs_squared, canonical, conjugated, is_zero
from derive.langevin import langevin
from derive.network import Network


class NotAlike(DeriveError):
    """Two networks of different shapes: other numbers of modes, or reservoirs on other modes."""


@checked
def coherent(net: Network) -> ImmutableMatrix:
    """h of H = Σ h_ij a_i†a_j (n×n), from the equations of motion: i(W − W†)/2."""
    drift = langevin(net).drift
    return ImmutableMatrix((I * (drift - conjugated(drift).T) / 2).applyfunc(canonical))


@checked
def hamiltonian(net: Network, drives: bool = True) -> Expr:
    """H with every normally ordered a_i†a_j replaced by ⟨a_i⟩*⟨a_j⟩: its symbol in coherent states, which determines H.

    Read off the equations of motion of a network without pairing, Σ h_ij ⟨a_i⟩*⟨a_j⟩ + Σ (ε_i ⟨a_i⟩* + c.c.).
    """
    h, force = coherent(net), langevin(net).force
    alpha = [mean(name) for name in net.names]
    star = [conjugated(x) for x in alpha]
    places = range(len(alpha))
    terms = [h[i, j] * star[i] * alpha[j] for i in places for j in places]
    if drives:
        terms += [I * force[i] * star[i] + conjugated(I * force[i]) * alpha[i] for i in places]
    return Add(*terms)


def written(name: str, symbol: Expr, modes: Sequence[str]) -> Equation:
    """H = Σ h_ij a_i†a_j + …, as a paper writes it, for the symbol Σ h_ij ⟨a_i⟩*⟨a_j⟩ + … that determines it."""
    return Equation(Symbol(name), ordered(symbol, modes))


def ordered(symbol: Expr, modes: Sequence[str]) -> Operators:
    """The operator that has this symbol in coherent states, in normal order: a_i†a_j for ⟨a_i⟩*⟨a_j⟩.

    Couplings stand before drives, in the order of the modes. Of two terms that are each other's conjugates one stands
    before h.c., that without a minus sign in its phase.

    Raises:
        NotAlike: if a term is neither a coupling nor a drive.
    """
    found: dict[Word, Expr] = {}
    for term in Add.make_args(symbol.expand()):
        factors = Mul.make_args(term)
        stars, plain = ([name for name in modes if of(mean(name)) in factors] for of in (conjugated, Add))
        amplitudes = {conjugated(mean(name)) for name in stars} | {mean(name) for name in plain}
        rest = Mul(*(factor for factor in factors if factor not in amplitudes))
        if not 0 < len(amplitudes) < 3 or len(stars) > 1 or len(plain) > 1 or rest.free_symbols & set(map(mean, modes)):
            raise NotAlike(f"A term of H is linear in ⟨a⟩ or in ⟨a⟩*, or in both, but one is {term}.")
        word: Word = (*(f"{name}†" for name in stars), *plain)
        found[word] = found.get(word, Integer(0)) + rest
    places = {f"{name}{dagger}": k for k, name in enumerate(modes) for dagger in ("", "†")}

    def late(word: Word) -> tuple[bool, bool, list[int]]:
        turned = any(power.args[0].could_extract_minus_sign() for power in found[word].atoms(exp))
        return turned, not str(word[0]).endswith("†"), [places[str(letter)] for letter in word]

    own: list[tuple[Expr, Word]] = []
    halves: list[tuple[Expr, Word]] = []
    for word in sorted(found, key=lambda word: (-len(word), *sorted(places[str(letter)] for letter in word))):
        back: Word = tuple(f"{letter}†".removesuffix("††") for letter in reversed(word))
        if word == back or found.get(back) != conjugated(found[word]):
            own.append((found[word], word))
        elif word == min(word, back, key=late):
            halves.append((found[word], word))
    return Operators(tuple(own), tuple(halves))


@checked
def motion(net: Network) -> tuple[Expr, ...]:
    """The right sides W⟨a⟩ + f of the equations of motion, one for each mode, in the amplitudes ⟨a⟩."""
    eq = langevin(net)
    return tuple(eq.drift * Matrix([mean(name) for name in net.names]) + eq.force)


@checked
def dictionary(known: Network, other: Network) -> dict[Symbol, Expr]:
    """Every letter of `other` that the comparison with `known` fixes, in the letters of `known`.

    Modes correspond by their order. A phase whose e^{iθ} is not recognised stays as arg(e^{iθ}). That the dictionary
    makes the two networks one is a separate statement, for which `langevin` of both sides is compared.

    Raises:
        NotAlike: if the networks do not have the same number of modes and reservoirs on the same modes.
    """
    # One letter may mean two things in two papers (Γ), so the known ones are marked meanwhile.
    marked = {letter: Symbol(f"{letter.name}_known", **letter.assumptions0) for letter in known.symbols}
    pairs = correspondences(known.subs(marked), other)
    found: dict[Symbol, Expr] = {}
    unknown, left = set(other.symbols), list(pairs)
    progress = True
    while progress:
        progress = False
        for mine, theirs in list(left):
            new = _read_off(mine.xreplace(found), theirs, unknown)
            if new or not mine.free_symbols & unknown:
                left.remove((mine, theirs))
            progress = progress or bool(new)
            found |= new
            unknown -= set(new)
    back = {mark: letter for letter, mark in marked.items()}
    return {letter: found[letter].xreplace(back) for letter in sorted(found, key=lambda s: s.name)}


def correspondences(known: Network, other: Network) -> tuple[tuple[Expr, Expr], ...]:
    """The pairs (in `other`, in `known`) of a frequency, drive, coupling or rate of a reservoir.

    Raises:
        NotAlike: as `dictionary` does.
    """
    if len(known.modes) != len(other.modes) or _legs(known) != _legs(other):
        raise NotAlike(
            "Networks with a dictionary have equally many modes and reservoirs on the same of them, but those of "
            f"{', '.join(known.names)} and of {', '.join(other.names)} differ; eliminate modes first."
        )
    return tuple(zip(_invariants(other), _invariants(known), strict=True))


def _read_off(mine: Expr, theirs: Expr, unknown: set[Symbol]) -> dict[Symbol, Expr]:
    """A letter from mine = theirs where no other is unknown, or strength and phase from J e^{iθ} = theirs."""
    letters = sorted(mine.free_symbols & unknown, key=lambda s: s.name)
    if len(letters) == 1:
        (letter,) = letters
        rest = mine.xreplace({letter: Integer(1)})
        if letter not in rest.free_symbols and isinstance(is_zero(mine - letter * rest), Proved):
            return {letter: canonical(theirs / rest)}
    if len(letters) == 2:
        for strength, phase in (letters, letters[::-1]):
            turn = exp(I * phase)
            rest = mine.xreplace({strength: Integer(1), turn: Integer(1)})
            if not {strength, phase} & rest.free_symbols and isinstance(
                is_zero(mine - strength * turn * rest), Proved
            ):
                value = canonical(theirs / rest)
                size = sqrt(canonical(abs_squared(value)))
                return {strength: size, phase: _angle(canonical(value / size))}
    return {}


def _angle(turn: Expr) -> Expr:
    return turn.args[0] / I if isinstance(turn, exp) else arg(turn)


def _invariants(net: Network) -> tuple[Expr, ...]:
    eq, h = langevin(net), coherent(net)
    found = [*eq.frequencies, *(I * f for f in eq.force)]
    found += [h[i, j] for i, j in combinations_with_replacement(range(len(net.modes)), 2)]
    return tuple(found + [rate for _, rates in _reservoirs(net) for rate in rates])


def _legs(net: Network) -> tuple[tuple[int, ...], ...]:
    return tuple(legs for legs, _ in _reservoirs(net))


def _reservoirs(net: Network) -> list[tuple[tuple[int, ...], tuple[Expr, ...]]]:
    """The legs of every reservoir, as places of modes, and its Γ u_i* u_j."""
    found = []
    for bath in net.baths:
        if bath.gain:
            raise NotAlike(
                f"A dictionary reads passive reservoirs, but that on {', '.join(bath.legs)} has gain legs."
            )
        weights = {net.names.index(name): weight for name, weight in bath.jump}
        pairs = list(combinations_with_replacement(sorted(weights), 2))
        found.append(
            (tuple(sorted(weights)), tuple(bath.rate * conjugated(weights[i]) * weights[j] for i, j in pairs))
        )
    return sorted(found, key=lambda reservoir: reservoir[0])
