"""Adiabatic elimination: the square of pictures and equations commutes, and the kept modes do what they did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracles import moments
from sympy import Expr, I, Integer, Matrix, Rational, Symbol, conjugate, exp, symbols, zeros

from derive.builders import aharonov_bohm_chain, aharonov_bohm_star
from derive.eliminate import NotEliminable, eliminate, elimination_residual, schur
from derive.evolution import steady_state
from derive.kernel import Proved, Refuted, conjugated, is_zero
from derive.langevin import Langevin, langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

kappa_a, kappa_b, rate, rate_d, n, shared, J, eps, eta = symbols(
    "kappa_a kappa_b Gamma Gamma_d n Gamma_1 J epsilon eta", positive=True
)
delta, theta = symbols("Delta theta", real=True)
g, f, k, chi, chi_c, m, p, q, u, xi = symbols("g f k chi chi_c m p q u xi")

A, B, C, D = "a", "b", "c", "d"
KEPT = (Coupling(A, B, J * exp(I * theta)),)
LEGS = (Coupling(A, C, g), Coupling(C, B, f))
LOSSES = (loss(A, kappa_a), loss(B, kappa_b))
DRIVE = Drive(A, eps)


def triangle(auxiliary: Mode = Mode(C), *baths: Bath, **more: tuple[object, ...]) -> Network:  # noqa: B008
    """Two modes, coupled to each other and to a third one that is to be eliminated."""
    return Network(
        (Mode(A), Mode(B), auxiliary),
        KEPT + LEGS,
        (DRIVE, *more.get("drives", ())),  # type: ignore[arg-type]
        (*LOSSES, *baths),
        more.get("squeezings", ()),  # type: ignore[arg-type]
    )


NETWORKS = {
    "vacuum": (triangle(Mode(C), loss(C, rate)), (C,)),
    "thermal": (triangle(Mode(C), loss(C, rate, n)), (C,)),
    "squeezed": (triangle(Mode(C), loss(C, rate, n, m)), (C,)),
    "detuned and squeezed": (triangle(Mode(C, delta), loss(C, rate, n, m)), (C,)),
    "driven": (triangle(Mode(C, delta), loss(C, rate), drives=(Drive(C, xi),)), (C,)),
    "leg of a reservoir": (triangle(Mode(C), Bath(((A, p), (C, q)), shared), loss(C, rate)), (C,)),
    "leg of a squeezed reservoir": (triangle(Mode(C), Bath(((A, p), (C, q)), shared, n, m)), (C,)),
    "third leg of a reservoir": (triangle(Mode(C), Bath(((A, p), (B, u), (C, q)), shared, n)), (C,)),
    "paired with one that stays": (triangle(Mode(C), loss(C, rate), squeezings=(Squeezing(A, C, chi),)), (C,)),
    "paired with itself": (triangle(Mode(C), loss(C, rate, n), squeezings=(Squeezing(C, C, chi_c),)), (C,)),
    "driven and paired with itself": (
        triangle(Mode(C), loss(C, rate, n), drives=(Drive(C, xi),), squeezings=(Squeezing(C, C, chi_c),)),
        (C,),
    ),
    "the others paired": (triangle(Mode(C), loss(C, rate, n, m), squeezings=(Squeezing(A, B, chi),)), (C,)),
    "gain": (
        Network(
            (Mode(A), Mode(C, delta)),
            (Coupling(A, C, g),),
            (DRIVE, Drive(C, xi)),
            (loss(A, kappa_a), loss(C, rate), Bath((), shared, gain=((C, Integer(1)),))),
        ),
        (C,),
    ),
    "gain leg beside a loss leg": (
        Network(
            (Mode(A), Mode(C)),
            (Coupling(A, C, g),),
            (DRIVE,),
            (loss(A, kappa_a), loss(C, rate), Bath(((A, p),), shared, n, gain=((C, q),))),
        ),
        (C,),
    ),
    "two at once, coupled": (
        Network(
            (Mode(A), Mode(C, delta), Mode(D)),
            (Coupling(A, C, g), Coupling(C, D, k), Coupling(A, D, f)),
            (DRIVE, Drive(D, xi)),
            (loss(A, kappa_a), loss(C, rate, n), loss(D, rate_d)),
        ),
        (C, D),
    ),
    "two at once, in one reservoir": (
        Network(
            (Mode(A), Mode(C), Mode(D)),
            (Coupling(A, C, g), Coupling(A, D, f)),
            (),
            (loss(A, kappa_a), Bath(((A, u), (C, p), (D, q)), shared, n, m), loss(C, rate), loss(D, rate_d)),
        ),
        (C, D),
    ),
    "two at once, paired": (
        Network(
            (Mode(A), Mode(C), Mode(D)),
            (Coupling(A, C, g),),
            (),
            (loss(A, kappa_a), loss(C, rate), loss(D, rate_d, n)),
            (Squeezing(C, D, chi),),
        ),
        (C, D),
    ),
}
every_network = pytest.mark.parametrize(("net", "gone"), NETWORKS.values(), ids=NETWORKS.keys())


def difference(one: Langevin, other: Langevin) -> Matrix:
    parts = ("drift", "pairing", "force", "noise", "squeezing")
    return Matrix.hstack(*(getattr(one, part) - getattr(other, part) for part in parts))


@every_network
def test_elimination_commutes_with_equations_of_motion(net: Network, gone: tuple[str, ...]) -> None:
    assert isinstance(is_zero(elimination_residual(net, *gone)), Proved)


@every_network
def test_the_square_of_another_picture_does_not_commute(net: Network, gone: tuple[str, ...]) -> None:
    right = schur(langevin(net), *gone)
    for wrong in perturbed(eliminate(net, *gone)):
        assert isinstance(is_zero(difference(langevin(wrong), right)), Refuted)


def perturbed(net: Network) -> list[Network]:
    """The picture with one strength, rate, temperature, drive or phase changed."""
    more = Rational(8, 7)
    found = []
    for i, bath in enumerate(net.baths):
        changed = [replace(bath, rate=bath.rate * more)]
        changed += (
            [replace(bath, jump=((bath.jump[0][0], bath.jump[0][1] * (1 + I)), *bath.jump[1:]))]
            if bath.jump
            else []
        )
        changed += [replace(bath, thermal=bath.thermal + n)] if i == len(net.baths) - 1 else []
        found += [replace(net, baths=(*net.baths[:i], new, *net.baths[i + 1 :])) for new in changed]
    for i, drive in enumerate(net.drives):
        new = replace(drive, amplitude=-drive.amplitude)
        found.append(replace(net, drives=(*net.drives[:i], new, *net.drives[i + 1 :])))
    for i, coupling in enumerate(net.couplings):
        turned = replace(coupling, strength=conjugated(coupling.strength) + I)
        found.append(replace(net, couplings=(*net.couplings[:i], turned, *net.couplings[i + 1 :])))
    return found


@pytest.mark.parametrize("name", [name for name, (_, gone) in NETWORKS.items() if len(gone) == 2])
def test_modes_go_at_once_or_one_after_the_other(name: str) -> None:
    net, gone = NETWORKS[name]
    at_once = langevin(eliminate(net, *gone))
    for first, second in (gone, gone[::-1]):
        after = langevin(eliminate(eliminate(net, first), second))
        assert isinstance(is_zero(difference(after, at_once)), Proved)
    assert isinstance(is_zero(difference(langevin(eliminate(net, C)), langevin(eliminate(net, D))).row(0)), Refuted)


@pytest.mark.parametrize("net", [aharonov_bohm_chain(2, distinct=True), aharonov_bohm_star(2, distinct=True)])
def test_lossy_modes_beside_links_become_shared_reservoirs(net: Network) -> None:
    reduced = eliminate(net, "a_1", "a_2")
    assert reduced.names == ("c", "b_1", "b_2")
    assert sorted(len(bath.legs) for bath in reduced.baths) == [1, 1, 1, 2, 2]
    assert [bath.rate for bath in reduced.baths] == [bath.rate for bath in net.baths]
    assert isinstance(is_zero(elimination_residual(net, "a_1", "a_2")), Proved)


@every_network
def test_steady_amplitudes_of_kept_modes_are_exact(net: Network, gone: tuple[str, ...]) -> None:
    full, reduced = steady_state(firsts(net)), steady_state(firsts(eliminate(net, *gone)))
    kept = [name for name in net.names if name not in gone]
    residual = Matrix([full.amplitude(name) - reduced.amplitude(name) for name in kept])
    assert isinstance(is_zero(residual), Proved)
    if net.drives:
        assert isinstance(is_zero(residual + Matrix([full.amplitude(name) for name in kept]) / 10**6), Refuted)


def firsts(net: Network) -> Langevin:
    """The equations of motion of the amplitudes alone."""
    eq, size = langevin(net), len(net.modes)
    return replace(
        eq, noise=Matrix(zeros(size, size)).as_immutable(), squeezing=Matrix(zeros(size, size)).as_immutable()
    )


VALUES: dict[Symbol, complex] = {
    kappa_a: 1.0, kappa_b: 0.7, rate: 1.0, rate_d: 1.0, n: 0.3, shared: 0.5, J: 0.4, eps: 1.1, eta: 0.2, delta: 0.2,
    theta: 0.7, g: 0.3 + 0.2j, f: 0.4 - 0.1j, k: 0.3j, chi: 0.1 + 0.05j, chi_c: 0.1j, m: 0.2 + 0.1j,
    p: 0.8 - 0.3j,
    q: 0.5j, u: 0.4,
    xi: 0.3,
}  # fmt: skip


def lyapunov(net: Network, values: dict[Symbol, complex]) -> np.ndarray:
    """Stationary centred second moments by an independent numerical solution."""
    numbers = moments(net, values)
    a, c = numbers.matrix, numbers.source
    one = np.eye(len(a))
    return np.linalg.solve(np.kron(a, one) + np.kron(one, a.conj()), -c.ravel()).reshape(len(a), -1)


@pytest.mark.parametrize(
    "name",
    ["thermal", "squeezed", "detuned and squeezed", "paired with one that stays", "paired with itself"],
)
def test_second_moments_of_kept_modes_converge_as_one_over_the_lifetime(name: str) -> None:
    net, gone = NETWORKS[name]
    fast, scale = Symbol("s", positive=True), Symbol("w", positive=True)
    strong = net.subs(
        {rate: fast * rate, g: scale * g, f: scale * f, chi: scale * chi, delta: fast * delta, chi_c: fast * chi_c}
    )
    kept = [i for i, mode in enumerate(net.names) if mode not in gone]
    places = kept + [len(net.names) + i for i in kept]
    errors = []
    for speed in (1e4, 1e6):
        values = VALUES | {fast: speed, scale: speed**0.5}
        exactly = lyapunov(strong, values)[np.ix_(places, places)]
        reduced = lyapunov(eliminate(strong, *gone), values)
        errors.append(abs(reduced - exactly).max() / abs(exactly).max())
    assert errors[1] < 1e-4
    assert 30 < errors[0] / errors[1] < 300


def test_a_squeezed_reservoir_keeps_its_phase() -> None:
    net = Network((Mode(A), Mode(C)), (Coupling(A, C, g),), (), (loss(A, kappa_a), loss(C, rate, n, m)))
    bath = eliminate(net, C).baths[-1]
    assert (bath.rate, bath.thermal, bath.squeezing) == (rate, n, m)
    ((leg, weight),) = bath.jump
    assert leg == A
    assert isinstance(is_zero(weight * conjugate(weight) - 4 * g * conjugate(g) / rate**2), Proved)
    assert isinstance(is_zero(langevin(eliminate(net, C)).squeezing - Matrix([[-4 * m * g**2 / rate]])), Proved)


@pytest.mark.parametrize(
    ("gone", "says"),
    [(("e",), "'e'"), ((A, B, C), "a, b, c"), ((), "none"), ((C, "e"), "'e'")],
)
def test_what_cannot_be_eliminated_is_said(gone: tuple[str, ...], says: str) -> None:
    with pytest.raises(NotEliminable, match=says):
        eliminate(triangle(Mode(C), loss(C, rate)), *gone)
    with pytest.raises(NotEliminable, match=says):
        schur(langevin(triangle(Mode(C), loss(C, rate))), *gone)


def test_a_resonant_mode_without_loss_is_not_eliminable() -> None:
    with pytest.raises(NotEliminable, match="give them a loss"):
        eliminate(triangle(Mode(C)), C)
    detuned: Expr = langevin(eliminate(triangle(Mode(C, delta)), C)).drift[0, 0]
    assert isinstance(is_zero(detuned - (I * g * conjugate(g) / delta - kappa_a / 2)), Proved)
