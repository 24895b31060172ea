"""Eigenvalues and propagators of networks whose modes feed each other, against NumPy, SciPy and mpmath."""

import mpmath
import numpy as np
import pytest
from scipy.linalg import expm
from sympy import (
    I,
    Integer,
    Matrix,
    Poly,
    Rational,
    Symbol,
    cos,
    cyclotomic_poly,
    exp,
    eye,
    pi,
    sqrt,
    symbols,
)

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    aharonov_bohm_chain,
    chain,
    complete,
    langevin,
    loss,
    propagator,
    propagator_residual,
    radicals,
    ring,
    roots,
    spectrum,
    spectrum_residual,
    star,
    tree,
)
from derive.kernel import Proved, Refuted, angular_roots, characteristic, is_zero
from derive.kernel.irreducible import LARGEST_ANGLE
from derive.spectrum import NoClosedForm

t = Symbol("t", positive=True)
J, K, DELTA = Symbol("J", positive=True), Symbol("K", positive=True), Symbol("Delta", real=True)
KAPPAS = symbols("kappa_0:5", positive=True)


def pairs_in_series():
    """Two reciprocal pairs, the first feeds the second: every eigenvalue twice, with one eigenvector."""
    modes = tuple(Mode(name) for name in "abcd")
    couplings = (Coupling("a", "b", J), Coupling("c", "d", J), Coupling("b", "c", I * K / 2))
    baths = (loss("a", K), Bath((("b", Integer(1)), ("c", Integer(1))), K), loss("d", K))
    return Network(modes, couplings, (Drive("a", Integer(1)),), baths)


def own_charger(net):
    """The same network with another loss of the charger: only the batteries are identical."""
    return (
        net.subs({})
        if not net.baths
        else Network(
            net.modes,
            net.couplings,
            net.drives,
            (loss("a", KAPPAS[0]), *(b for b in net.baths if b.jump[0][0] != "a")),
        )
    )


def detuned_triangle():
    modes = (Mode("a", DELTA), Mode("b"), Mode("c"))
    links = [("a", "b"), ("b", "c"), ("c", "a")]
    return Network(
        modes,
        tuple(Coupling(x, y, J) for x, y in links),
        (Drive("a", Integer(1)),),
        tuple(loss(x, k) for x, k in zip("abc", KAPPAS, strict=False)),
    )


COVERED = {
    "chain 2": chain(1),
    "chain 4": chain(3),
    "chain 5": chain(4),
    "chain 7": chain(6),
    "chain 8": chain(7),
    "chain 9": chain(8),
    "star": star(4),
    "large star": star(12),
    "star, own charger": own_charger(star(5)),
    "chain 3, own charger": own_charger(chain(2)),
    "chain 4, own charger": own_charger(chain(3)),
    "ring 4": ring(3),
    "ring 5": ring(4),
    "ring 7": ring(6),
    "directed ring": ring(4, "nonreciprocal"),
    "complete": complete(5),
    "complete, own charger": own_charger(complete(4)),
    "tree": tree(2, 2),
    "tree, own charger": own_charger(tree(3, 2)),
    "two modes": chain(1, distinct=True),
    "three modes": chain(2, distinct=True),
    "four modes": star(3, distinct=True),
    "general links": chain(2, "general"),
    "detuned triangle": detuned_triangle(),
    "lossy triangle": aharonov_bohm_chain(1),
    "pairs in series": pairs_in_series(),
}
LONG = (
    "chain 7",
    "chain 8",
    "chain 9",
    "tree, own charger",
    "general links",
    "four modes",
    "chain 4, own charger",
    "complete, own charger",
    "ring 7",
    "large star",
    "detuned triangle",
)
covered = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in COVERED]
)


def sampled(eq):
    """Exact values of a network's letters, no two alike."""
    letters = sorted(eq.drift.free_symbols, key=lambda s: s.name)
    return {
        s: Rational(5 + 3 * k, 7) + (I * Rational(k + 1, 3) if not s.is_real else 0)
        for k, s in enumerate(letters)
    }


def sampled_roots(eq, digits=50):
    """The same with the letters of roots."""
    values = sampled(eq)
    return values | {x: e.subs(values).evalf(digits) for x, e in radicals(eq).items()}


def numbers(matrix, values, digits=30):
    return np.array(matrix.subs(values).evalf(digits).tolist(), complex)


@covered
def test_propagator_is_proved_and_perturbed_ones_are_refuted(name):
    eq = langevin(COVERED[name])
    e, where, n = propagator(eq, t), roots(eq), len(eq.modes)
    assert isinstance(is_zero(propagator_residual(eq, t, e), where), Proved)
    wrong = e + eye(n) * t / 7
    assert isinstance(is_zero(propagator_residual(eq, t, wrong), where), Refuted)
    assert isinstance(is_zero(propagator_residual(eq, t, e.subs(t, 2 * t)), where), Refuted)


@covered
def test_propagator_is_scipys(name):
    eq = langevin(COVERED[name])
    e = propagator(eq, t)
    values = sampled_roots(eq)
    for time in (Rational(1, 3), Integer(2)):
        found = numbers(e, values | {t: time})
        expected = expm(numbers(eq.drift, values) * float(time))
        assert np.all(np.abs(found - expected) <= 1e-12 * np.abs(expected).max())


@covered
def test_factors_annihilate_the_matrix_and_have_its_eigenvalues(name):
    w = langevin(COVERED[name]).drift
    found = spectrum(w)
    if name in ("star", "ring 4", "complete", "three modes", "pairs in series", "directed ring"):
        assert isinstance(is_zero(spectrum_residual(w, found)), Proved)
        wrong = spectrum(w + J * Matrix(w.rows, w.rows, lambda i, j: int(i == j == 0)))
        assert isinstance(is_zero(spectrum_residual(w, wrong)), Refuted)
    values = sampled_roots(langevin(COVERED[name]))
    mine = [
        complex((found.center + found.scale * y).subs(values).evalf(30))
        for part in found.parts
        for y in part.roots
    ]
    theirs = np.linalg.eigvals(numbers(w, values))
    for x in theirs:
        assert min(abs(x - y) for y in mine) < 1e-6
    for y in mine:
        assert min(abs(x - y) for x in theirs) < 1e-6


@pytest.mark.parametrize("name", ["three modes", "chain 9", "pairs in series"])
def test_propagator_has_fifty_digits(name):
    eq = langevin(COVERED[name])
    e = propagator(eq, t).subs(sampled_roots(eq, 80) | {t: Rational(3, 2)})
    with mpmath.workdps(80):
        w = mpmath.matrix(
            [[mpmath.mpmathify(x.evalf(80)) for x in row] for row in eq.drift.subs(sampled(eq)).tolist()]
        )
        expected = mpmath.expm(w * 1.5, method="taylor")
        for i in range(w.rows):
            found = mpmath.mpmathify(e[i, 0].evalf(60, maxn=400))
            assert abs(found - expected[i, 0]) <= mpmath.mpf(10) ** -50 * abs(expected[i, 0])


def test_at_an_exceptional_point_the_propagator_is_a_polynomial_times_an_exponential():
    """κ_a − κ_b = 4J: the two eigenvalues meet, and so do their eigenvectors."""
    net = chain(1, distinct=True).subs(
        {Symbol("kappa_a", positive=True): Symbol("kappa_1", positive=True) + 4 * J, Symbol("J_1", positive=True): J}
    )
    eq = langevin(net)
    (part,) = spectrum(eq.drift).parts
    assert (part.degree, part.power) == (1, 2)
    e = propagator(eq, t)
    assert is_zero(propagator_residual(eq, t, e)) == Proved()
    near = propagator(langevin(chain(1, distinct=True)), t)
    values = {"kappa_1": 1, "J": Rational(1, 2), "J_1": Rational(1, 2), "kappa_a": 3 + Rational(1, 10**14), "t": 2}

    def at(m):
        return numbers(m, {s: values[s.name] for s in m.free_symbols}, 40)

    assert np.allclose(at(e), at(near), rtol=1e-12)


def test_equal_branches_are_one_factor_and_equal_cascaded_pairs_a_repeated_one():
    parts = {(part.degree, part.power) for part in spectrum(langevin(own_charger(star(30))).drift).parts}
    assert parts == {(1, 1), (2, 1)}
    (part,) = spectrum(langevin(pairs_in_series()).drift).parts
    assert part.power == 2


def test_cubic_and_quartic_radicals_are_the_roots():
    a, b, c, d = symbols("a b c d")
    y = Symbol("y")
    for factor in (
        (c, b, a, Integer(1)),
        (a, Integer(0), b, Integer(0), Integer(1)),
        (d, c, b, a, Integer(1)),
        (a, Integer(0), Integer(0), Integer(1)),
    ):
        n = len(factor) - 1
        companion = Matrix(n, n, lambda i, j, f=factor, n=n: -f[i] if j == n - 1 else Integer(i == j + 1))
        found = spectrum(companion)
        (part,) = found.parts
        values = {a: 2 + I, b: Rational(-1, 3), c: 5, d: I - 3}
        from derive.spectrum import named

        mine = [complex((found.center + found.scale * x).subs(values).evalf(30)) for _, x in named(part)]
        theirs = np.roots([complex(x.subs(values)) for x in reversed(factor)])
        assert len(mine) == n
        for x in theirs:
            assert min(abs(x - z) for z in mine) < 1e-9
        assert y not in found.relations


def test_angles_are_recognised_and_other_numbers_are_not():
    assert angular_roots((Integer(-1), Integer(-1), Integer(1))) is not None
    path = Matrix(6, 6, lambda i, j: int(abs(i - j) == 1))
    for factor, power in characteristic(path):
        assert power == 1
        found = angular_roots(factor)
        assert found is not None
        for x in found:
            assert abs(sum(complex(c) * complex(x) ** k for k, c in enumerate(factor))) < 1e-12
    last, beyond = (
        tuple(reversed(Poly(cyclotomic_poly(n, t), t).all_coeffs())) for n in (LARGEST_ANGLE, LARGEST_ANGLE + 2)
    )
    assert exp(2 * I * pi / LARGEST_ANGLE) in (angular_roots(last) or ())
    assert angular_roots(beyond) is None
    assert angular_roots((Integer(-3), Integer(0), Integer(0), Integer(1))) is None
    assert angular_roots((sqrt(J), Integer(1))) is None
    assert 2 * cos(2 * pi / 7) in angular_roots((Integer(-1), Integer(-2), Integer(1), Integer(1)))


def test_modes_that_a_cold_drive_does_not_reach_need_no_closed_form():
    """Five distinct modes beside a driven pair."""
    from derive import evolution_residual, evolve, vacuum

    other = chain(4, distinct=True)
    net = Network(
        (*other.modes, Mode("x"), Mode("y")),
        (*other.couplings, Coupling("x", "y", J)),
        (Drive("x", Integer(1)),),
        (*other.baths, loss("x", K), loss("y", K)),
    )
    eq = langevin(net)
    state = evolve(eq, vacuum(eq), t)
    assert isinstance(is_zero(evolution_residual(eq, vacuum(eq), t, state)), Proved)
    with pytest.raises(NoClosedForm):
        propagator(eq, t)
