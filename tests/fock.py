"""The master equation of a network on a truncated Fock space: matrices, no normal ordering, no moments.

Everything takes networks of numbers (`numbers` puts some in for letters). A density matrix of at most s
quanta per mode has exact derivatives of its moments on s + 3 levels: the generator raises by at most two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from random import Random

import numpy as np
import qutip
from oracles import array
from scipy.linalg import solve_sylvester
from sympy import Expr, I, Rational, Symbol

from derive.langevin import Langevin
from derive.network import Network
from derive.operators import Operator

Array = np.ndarray


def value(symbol: Symbol, random: Random) -> Expr:
    """A number that keeps the symbol's promise, of order one."""
    size = Rational(random.randint(2, 9), 7)
    if symbol.is_positive:
        return size
    signed = size * random.choice((-1, 1))
    return signed if symbol.is_real else signed + I * Rational(random.randint(-9, 9), 8)


def numbers(net: Network, seed: int, given: Mapping[str, Expr] | None = None) -> Network:
    """The network with a number for every letter: the `given` ones by name, random ones for the others."""
    random, given = Random(seed), given or {}
    return net.subs({s: given.get(s.name, value(s, random)) for s in net.symbols})


def annihilators(names: tuple[str, ...], levels: int) -> dict[str, Array]:
    """a of every mode, as matrices on the space of all modes."""
    single, one = np.diag(np.sqrt(np.arange(1, levels)), 1), np.eye(levels)
    return {
        name: reduce(np.kron, [single if other == name else one for other in names]).astype(complex)
        for name in names
    }


def hamiltonian(net: Network, a: dict[str, Array]) -> Array:
    """H, term by term as in the conventions."""
    upper = [complex(c.strength) * a[c.a].conj().T @ a[c.b] for c in net.couplings]
    upper += [complex(s.strength) * a[s.a].conj().T @ a[s.b].conj().T for s in net.squeezings]
    upper += [complex(d.amplitude) * a[d.mode].conj().T for d in net.drives]
    # half of Δ a†a, because its Hermitian conjugate is added below
    upper += [complex(mode.detuning) / 2 * a[mode.name].conj().T @ a[mode.name] for mode in net.modes]
    half = sum(upper, np.zeros_like(a[net.names[0]]))
    return half + half.conj().T


def jumps(net: Network, a: dict[str, Array]) -> list[tuple[float, float, complex, Array]]:
    """(γ, n, m, q) of every bath."""
    found = []
    for bath in net.baths:
        q = sum(complex(weight) * a[name] for name, weight in bath.jump)
        q = q + sum(complex(weight) * a[name].conj().T for name, weight in bath.gain)
        found.append((float(bath.rate), float(bath.thermal), complex(bath.squeezing), q))
    return found


def generator(net: Network, a: dict[str, Array], rho: Array) -> Array:
    """dρ/dt of the master equation."""
    h = hamiltonian(net, a)
    out = -1j * (h @ rho - rho @ h)
    for rate, n, m, q in jumps(net, a):
        dag = q.conj().T
        out += rate * ((n + 1) * sandwich(q, rho, dag) + n * sandwich(dag, rho, q))
        out -= rate * (m * sandwich(dag, rho, dag) + m.conjugate() * sandwich(q, rho, q))
    return out


def sandwich(left: Array, rho: Array, right: Array) -> Array:
    """zρw − ½{wz, ρ}: D[z] for w = z†, L′[z] for w = z."""
    product = right @ left
    return left @ rho @ right - (product @ rho + rho @ product) / 2


def state(names: tuple[str, ...], levels: int, quanta: int, seed: int) -> Array:
    """A random mixed state with at most `quanta` in each mode."""
    low = np.arange(levels) <= quanta
    keep = reduce(np.kron, [low] * len(names)).astype(bool)
    random = np.random.default_rng(seed)
    root = random.normal(size=(keep.sum(), keep.sum())) + 1j * random.normal(size=(keep.sum(), keep.sum()))
    rho = np.zeros((len(keep), len(keep)), dtype=complex)
    rho[np.ix_(keep, keep)] = root @ root.conj().T
    return rho / np.trace(rho)


def expectation(operator: Operator, a: dict[str, Array], rho: Array) -> complex:
    """Tr(Oρ) of a normal-ordered operator whose coefficients are numbers."""
    total = 0j
    for monomial, coefficient in operator.terms:
        # creation to the left of annihilation: applied to ρ from both sides, they never see the cut-off
        moved = rho
        for mode, c, d in monomial:
            moved = np.linalg.matrix_power(a[mode], d) @ moved @ np.linalg.matrix_power(a[mode].conj().T, c)
        total += complex(coefficient) * np.trace(moved)
    return total


def moments(names: tuple[str, ...], a: dict[str, Array], rho: Array) -> tuple[Array, Array, Array]:
    """⟨a_i⟩, ⟨a_i†a_j⟩, ⟨a_i a_j⟩, not centred."""
    first = np.array([np.trace(a[i] @ rho) for i in names])
    number = np.array([[np.trace(a[j] @ rho @ a[i].conj().T) for j in names] for i in names])
    anomalous = np.array([[np.trace(a[i] @ a[j] @ rho) for j in names] for i in names])
    return first, number, anomalous


def centred(first: Array, number: Array, anomalous: Array) -> tuple[Array, Array, Array]:
    """⟨a_i⟩, N and M."""
    return first, number - np.outer(first.conj(), first), anomalous - np.outer(first, first)


def derivatives(eq: Langevin, first: Array, number: Array, anomalous: Array) -> tuple[Array, Array, Array]:
    """d/dt of ⟨a⟩ and of the centred N and M, from the equations of motion."""
    w, q, noise, squeezing = (array(m) for m in (eq.drift, eq.pairing, eq.noise, eq.squeezing))
    return (
        w @ first + q @ first.conj() + array(eq.force)[:, 0],
        w.conj() @ number + number @ w.T + q.conj() @ anomalous + anomalous.conj() @ q.T + noise,
        w @ anomalous + anomalous @ w.T + q @ number + number.T @ q.T + squeezing,
    )


def lapack_steady_state(eq: Langevin) -> tuple[Array, Array, Array]:
    """⟨a⟩, N and M of the steady state: a linear and a Lyapunov equation of (a, a†), by LAPACK."""
    w, q, f, noise, squeezing = (array(m) for m in (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing))
    n = len(eq.modes)
    drift = np.block([[w, q], [q.conj(), w.conj()]])
    if max(np.linalg.eigvals(drift).real) >= 0:
        raise ValueError("the network is not stable")
    mean = np.linalg.solve(drift, -np.concatenate([f[:, 0], f[:, 0].conj()]))
    source = np.block([[squeezing, noise.T], [noise, squeezing.conj()]])
    ordered = solve_sylvester(drift, drift.T, -source)
    return mean[:n], ordered[n:, :n], ordered[:n, :n]


def lindblad(net: Network, levels: int) -> list[qutip.Qobj]:
    """H and the baths as positive Lindblad operators, sparse.

    The matrix [[n + 1, −m*], [−m, n]] of a bath over (q, q†) is diagonalised, which no formula of ours does.
    """
    dims = [[levels] * len(net.names)] * 2
    a = annihilators(net.names, levels)
    operators = [hamiltonian(net, a)]
    for rate, n, m, q in jumps(net, a):
        weights, vectors = np.linalg.eigh(np.array([[n + 1, -m.conjugate()], [-m, n]]))
        operators += [
            np.sqrt(max(rate * weight, 0)) * (vector[0] * q + vector[1] * q.conj().T)
            for weight, vector in zip(weights, vectors.T, strict=True)
            if weight > 1e-14
        ]
    return [qutip.Qobj(z, dims=dims).to("csr") for z in operators]


def qutip_steady_state(net: Network, levels: int) -> tuple[Array, Array, Array]:
    """⟨a⟩, N and M of QuTiP's steady state."""
    energy, *dissipators = lindblad(net, levels)
    rho = qutip.steadystate(energy, dissipators, method="direct").full()
    return centred(*moments(net.names, annihilators(net.names, levels), rho))
