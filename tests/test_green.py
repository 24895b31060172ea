"""Modes and parity of reciprocal chains, Liu et al. Appendix B and Sec. III, by plain NumPy and SciPy for many N."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from sympy import Integer, Rational

from derive.claims import Equal
from derive.kernel import Refuted
from derive.papers.liu2026_green import J, energy, k, n, psi
from derive.papers.liu2026_parity import CROSSINGS, WIDTH, fibonacci, ratio, y

KAPPA = 0.7
LENGTHS = (2, 3, 4, 7, 10, 13)


def hamiltonian(length, coupling=1.0, star=False):
    h = np.zeros((length, length))
    for j in range(1, length):
        i = 0 if star else j - 1
        h[i, j] = h[j, i] = coupling
    return h


def amplitude(size, coupling, kappa=KAPPA):
    """|b_N| at ε = 1."""
    w = -1j * hamiltonian(size + 1, coupling) - kappa / 2 * np.eye(size + 1)
    force = np.zeros(size + 1, complex)
    force[0] = -1j
    return abs(np.linalg.solve(w, -force)[size])


def isolated(size, coupling, kappa=KAPPA):
    """|b_N| of the nonreciprocal chain, Γ = 2J, ε = 1."""
    w = -kappa / 2 * np.eye(size + 1)
    for j in range(1, size + 1):
        w[j - 1, j - 1] -= coupling
        w[j, j] -= coupling
        w[j, j - 1] -= 2 * coupling
    return abs(np.linalg.solve(w, np.eye(size + 1)[0])[size])


@pytest.mark.parametrize("length", LENGTHS)
def test_printed_modes_are_the_eigenvectors(length):
    values, vectors = np.linalg.eigh(hamiltonian(length))
    at = {J: 1}
    numbers = range(1, length + 1)
    printed = [float(energy(Integer(j), Integer(length)).subs(at)) for j in numbers]
    assert np.allclose(sorted(printed), values)
    for j in numbers:
        mode = [float(psi(Integer(j), Integer(site), Integer(length))) for site in range(length)]
        column = vectors[:, np.argmin(abs(values - printed[j - 1]))]
        assert abs(np.dot(mode, column)) == pytest.approx(1)
    assert np.any(abs(values) < 1e-12) == (length % 2 == 1)


def test_a_wrong_mode_is_refuted():
    wrong = Equal(k, energy(k) * psi(k, n + 1), 2 * J * (psi(k, n) + psi(k, n + 2)))
    assert isinstance(wrong.verdict(), Refuted)


@pytest.mark.parametrize("size", range(1, 13))
def test_fibonacci_polynomials_are_the_amplitudes(size):
    for coupling in (0.05, 0.4, 3.0):
        f = float(fibonacci(size + 2).subs(y, Rational(str(KAPPA / (2 * coupling)))))
        assert 1 / (coupling * f) == pytest.approx(amplitude(size, coupling), rel=1e-9)


@pytest.mark.parametrize("size", range(1, 13))
def test_even_chains_saturate_and_odd_ones_peak_once(size):
    couplings = np.geomspace(1e-3, 1e3, 4001)
    slopes = np.sign(np.diff([amplitude(size, c) for c in couplings]))
    turns = np.flatnonzero(np.diff(slopes))
    if size % 2:
        assert len(turns) == 1
        assert slopes[0] == 1
    else:
        assert len(turns) == 0
        assert amplitude(size, 1e5) == pytest.approx(4 / ((size + 2) * KAPPA), rel=1e-6)
        assert amplitude(size, 1.0) < 4 / ((size + 2) * KAPPA)


@pytest.mark.parametrize(("size", "low"), CROSSINGS)
def test_b16_against_a_shorter_chain_holds_above_the_bracketed_coupling(size, low):
    def gain(coupling):
        return amplitude(size, coupling) - amplitude(size - 1, coupling)

    edge = brentq(gain, 0.1 * KAPPA, 10 * KAPPA)
    assert float(low) <= KAPPA / (2 * edge) <= float(low + WIDTH)
    quoted = {2: 0.877, 4: 1.201, 6: 1.499}
    assert edge / KAPPA == pytest.approx(quoted[size], abs=6e-4)
    for coupling in np.geomspace(1e-3, 1e3, 200):
        assert amplitude(size, coupling) > amplitude(size + 1, coupling)
        assert (gain(coupling) > 0) == (coupling > edge)


@pytest.mark.parametrize("size", range(1, 13))
def test_the_nonreciprocal_chain_is_ahead_up_to_half_the_loss(size):
    for coupling in KAPPA * np.linspace(0.01, 0.4999, 60):
        assert isolated(size, coupling) > amplitude(size, coupling)
    x = Rational(3, 10)
    assert float(ratio(size, x)) == pytest.approx(isolated(size, 0.3 * KAPPA) / amplitude(size, 0.3 * KAPPA))
    if size % 2:
        low = minimize_scalar(
            lambda u: isolated(size, np.exp(u)) / amplitude(size, np.exp(u)), bounds=(-3, 6), method="bounded"
        )
        assert low.fun > 1 - 1e-9


@pytest.mark.parametrize("size", [2, 5])
def test_the_star_keeps_dark_modes_at_zero_energy(size):
    values, vectors = np.linalg.eigh(hamiltonian(size + 1, star=True))
    dark = abs(values) < 1e-12
    assert dark.sum() == size - 1
    assert abs(vectors[0, dark]).max() < 1e-12


@pytest.mark.parametrize("size", [1, 3, 5, 9, 11, 13, 31, 101])
def test_the_nonreciprocal_chain_of_odd_length_is_never_behind(size):
    """f_N = 2 cosh((N + 2)φ)/(cosh φ (1 + 2 sinh φ)² (1 + sinh φ)^{N−1}) ≥ 1, in logarithms."""
    phi = np.geomspace(1e-6, 20, 20001)
    n, sinh = size + 2, np.sinh(phi)
    log_f = n * phi + np.log1p(np.exp(-2 * n * phi)) - np.log(np.cosh(phi))
    log_f -= 2 * np.log1p(2 * sinh) + (size - 1) * np.log1p(sinh)
    assert log_f.min() > (-1e-12 if size == 1 else 0.01)
    if size < 12:
        for k in range(0, 20001, 2500):
            coupling = KAPPA / (4 * sinh[k])
            if coupling < 1e3:
                expected = np.log(isolated(size, coupling) / amplitude(size, coupling))
                assert log_f[k] == pytest.approx(expected, abs=1e-8)
