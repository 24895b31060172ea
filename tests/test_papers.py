"""The audit of the papers: verdicts, twins, and counterexamples by NumPy."""

import re
from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from dias import ORACLES as DIAS
from dias import half_full, negativity, stored_late, turned
from operating import ORACLES as OPERATING
from operating import energies, powers
from oracles import slope
from power import ORACLES as POWER
from relaxing import ORACLES as RELAXATION
from relaxing import star_on_its_way
from reservoirs import ORACLES as RESERVOIRS
from scipy.integrate import solve_ivp, trapezoid
from scipy.linalg import expm
from scipy.optimize import brentq, minimize_scalar
from wang import ORACLES as WANG
from wang import battery, capacity, correlated
from wang import state as wang_state
from wang import texture as joint_texture

from derive.claims import Equal, judge, record
from derive.papers import OWN, PAPERS
from derive.report import quantity

CLAIMS = [(paper, claim) for paper in (*PAPERS, *OWN) for claim in paper.claims]
every_claim = pytest.mark.parametrize(
    ("paper", "claim"), CLAIMS, ids=[f"{paper.key}: {claim.label}" for paper, claim in CLAIMS]
)


@cache
def found(paper, label):
    """A claim whose statements are built once, and its finding."""
    (claim,) = (c for p, c in CLAIMS if (p.key, c.label) == (paper, label))
    says, corrected = (each and cache(lambda each=each: tuple(each())) for each in (claim.says, claim.corrected))
    once = replace(claim, says=says, corrected=corrected)
    return once, judge(paper, once)


@every_claim
def test_claim_has_its_expected_verdict(paper, claim):
    _, finding = found(paper.key, claim.label)
    assert finding.verdict == claim.expected, finding.reason
    assert finding.verdict in ("holds", "corrected", "fitted")
    assert finding.verdict == "holds" or claim.because


@every_claim
def test_slightly_wrong_copies_of_a_claim_are_refuted(paper, claim):
    once, finding = found(paper.key, claim.label)
    assert len(finding.twins) == len((once.corrected or once.says)()) > 0
    assert finding.vacuous == 0


@pytest.mark.parametrize(
    ("paper", "claim"),
    [
        pytest.param(paper, claim, id=f"{paper.key}: {claim.label}")
        for paper in (*PAPERS, *OWN)
        for claim in paper.claims
    ],
)
def test_what_does_not_hold_as_printed_says_what_kind_of_departure_it_is(paper, claim):
    departure = claim.departure
    assert (departure is None) == (claim.expected in ("holds", "open"))
    if departure is None:
        return
    assert (departure.kind == "fit") == (claim.expected == "fitted")
    assert departure.by or departure.kind == "error"
    assert len(departure.readings) != 1
    labels = {other.label for other in paper.claims}
    if departure.kind == "misprint":
        shown = re.findall(r"\(([AB]?\d+)\)", departure.by)
        assert shown, "a misprint names the paper's own equations that show what is meant"
        assert {f"Eq. ({number})" for number in shown} <= labels
    for reading in departure.readings:
        _, see, label = reading.partition(": holds, see ")
        assert not see or label in labels
        assert "see" not in reading or see


@every_claim
def test_finding_is_written_in_the_papers_letters(paper, claim):
    _, finding = found(paper.key, claim.label)
    written = record(paper, finding)
    for formula in (written["printed"], written["corrected"]):
        if formula is not None:
            assert formula.isascii(), formula
            assert not re.search(r"\+ -|\d\.\d", formula), formula
    stands = finding.verdict in ("holds", "fitted")
    assert (written["corrected"] is None) == (written["counterexample"] is None) == stands


HAMILTONIANS = (
    ("liu2026", "Eq. (1)", r"H_I = J_1 e^{i \theta_1} a^\dagger b_1 + J_1 e^{i \theta_1} b_1^\dagger b_2 "
     r"+ \mathrm{h.c.}"),
    ("liu2026", "Eq. (B1)", r"H = J a^\dagger b_1 + J b_1^\dagger b_2 + J b_1^\dagger b_3 + J b_2^\dagger b_3 "
     r"+ \epsilon a^\dagger + \mathrm{h.c.}"),
    ("liu2026", "Eq. (6)", ""),
    ("zhao2025", "Eq. (1)", ""),
    ("zhao2025", "Above Eq. (4), H_p", ""),
)  # fmt: skip


@pytest.mark.parametrize(("paper", "label", "printed"), HAMILTONIANS, ids=lambda text: text or "…")
def test_hamiltonians_are_written_in_operators_and_not_in_means(paper, label, printed):
    _, finding = found(paper, label)
    (paper_,) = (p for p in PAPERS if p.key == paper)
    written = record(paper_, finding)
    assert printed in ("", written["printed"])
    for formula in (written["printed"], written["corrected"] or written["printed"]):
        assert formula.endswith((r"^\dagger + \mathrm{h.c.}", r"b_2 + \mathrm{h.c.}"))
        assert r"\langle" not in formula


@every_claim
def test_what_a_counterexample_is_of_is_printed_as_it_is_called(paper, claim):
    _, finding = found(paper.key, claim.label)
    of = finding.counterexample.of if finding.counterexample else None
    printed = "" if of is None else quantity(finding.counterexample, paper.notation)
    assert printed.count("|") == str(of).count("|")
    assert printed.isascii()


def test_every_place_is_in_the_catalogue_once():
    for paper in (*PAPERS, *OWN):
        labels = [claim.label for claim in paper.claims]
        assert len(set(labels)) == len(labels)
    zhao = " ".join(claim.label for claim in PAPERS[1].claims)
    for place in ("g_1 = g_2", "theta_k", "g_b^opt", "= Liu Eq. (5)", "= Liu Eq. (9)"):
        assert place in zhao


def test_derived_sides_contain_no_letter_that_the_network_does_not_have():
    """A printed Γ in Eq. (13) of Liu et al. must come from the paper, not from the engine."""
    once, _ = found("liu2026", "Eq. (13)")
    assert {s.name for s in once.says()[0].derived.free_symbols} == {"J", "epsilon", "kappa", "omega"}


# -- counterexamples by plain NumPy --------------------------------------------------------------------------


class Point(dict):
    """Values by name; letters that do not matter are one."""

    def __missing__(self, name):
        return 1.0

    def largest(self, stem):
        return max(int(name[len(stem) + 1 :].rstrip(">")) for name in self if re.fullmatch(rf"{stem}_\d+>?", name))


def motion(size, links, losses, drive=1.0):
    """Drift and force of linear modes with links (i, j, h, Γ, p_i, p_j), h the coefficient of a_i†a_j in H."""
    w = -np.diag(np.asarray(losses, dtype=complex)) / 2
    for i, j, h, rate, p_i, p_j in links:
        w[i, j] += -1j * h
        w[j, i] += -1j * np.conj(h)
        for m, p in ((i, p_i), (j, p_j)):
            for n, q in ((i, p_i), (j, p_j)):
                w[m, n] -= rate / 2 * np.conj(p) * q
    force = np.zeros(size, dtype=complex)
    force[0] = -1j * drive
    return w, force


def steady(size, links, losses, drive=1.0):
    """Steady amplitudes of `motion`."""
    w, force = motion(size, links, losses, drive)
    return np.linalg.solve(w, -force)


def charged(size, links, losses, drive, t):
    """Amplitudes of `motion` at time t, from vacuum."""
    w, force = motion(size, links, losses, drive)
    augmented = np.block([[w, force[:, None]], [np.zeros((1, size + 1))]])
    return expm(augmented * t)[:size, size]


def directed(point, size, source, t=None):
    """Liu's nonreciprocal network: the k-th link leads from source(k) to k with iΓ_k p* p/2; steady, or at t."""
    p = [point["p_a"], *(point[f"p_{k}"] for k in range(1, size + 1))]
    links = []
    for k in range(1, size + 1):
        i, rate = source(k), point[f"Gamma_{k}"]
        links.append((i, k, 0.5j * rate * np.conj(p[i]) * p[k], rate, p[i], p[k]))
    losses = [point["kappa_a"], *(point[f"kappa_{k}"] for k in range(1, size + 1))]
    drive = point["epsilon"]
    amplitudes = steady(size + 1, links, losses, drive) if t is None else charged(size + 1, links, losses, drive, t)
    return point["omega"] * abs(amplitudes) ** 2


def uniform(size, source, coupling, gamma, point):
    """Energies of uniform networks of Liu: coupling J, shared rate Γ."""
    links = [(source(k), k, coupling, gamma, 1, 1) for k in range(1, size + 1)]
    amplitudes = steady(size + 1, links, [point["kappa"]] * (size + 1), point["epsilon"])
    return point["omega"] * abs(amplitudes) ** 2


def chained(k):
    return k - 1


def starred(k):
    return 0


def triangles(size, source, point, phase, g_1, g_2, case=2):
    """|amplitudes|² of Zhao's network at one phase, with intermediate modes (case 2) or without (1)."""
    modes = 1 + size + (size if case == 2 else 0)
    links = []
    for k in range(1, size + 1):
        links.append((k, source(k), point["g_b"] * np.exp(1j * phase), 0, 0, 0))
        if case == 2:
            links += [(size + k, source(k), g_1, 0, 0, 0), (k, size + k, g_2, 0, 0, 0)]
    losses = [point["gamma_c"] if "gamma_c" in point else point["gamma"]]
    losses += [point[f"gamma_{k}"] if f"gamma_{k}" in point else point["gamma"] for k in range(1, size + 1)]
    losses += [point["Gamma"]] * (modes - size - 1)
    return abs(steady(modes, links, losses, point["xi"])) ** 2


def gains(size, source, point):
    """(G_{N1}, G_{N2}) of Zhao."""
    g = np.sqrt(point["g_b"] * point["Gamma"] / 2)
    best, first, second = (
        triangles(size, source, point, phase, g, g, case)[size]
        for phase, case in ((-np.pi / 2, 2), (0, 1), (0, 2))
    )
    return best / first, best / second


def liu_1(p):
    n = p.largest("<b")
    mean = [p["<a>"], *(p[f"<b_{k}>"] for k in range(1, n + 1))]

    def term(k, i, j):
        return 2 * (p[f"J_{k}"] * np.exp(1j * p[f"theta_{k}"]) * np.conj(mean[i]) * mean[j]).real

    printed = term(1, 0, 1) + sum(term(i, i, j) for j in range(1, n + 1) for i in range(1, j))
    return printed, sum(term(k, k - 1, k) for k in range(1, n + 1))


def back(p):
    """No flow back is printed; θ = π/2 and J = Γ/2, with p_b from the printed p_a p_b = 1."""
    return 0, 1j * p["Gamma_1"] / 2 * 1j + np.conj(p["p_a"]) / p["p_a"] * p["Gamma_1"] / 2


def in_time(p, form):
    """A printed energy of the first of one battery, and the true one; `form` makes the bracket."""
    x, y = (p["Gamma_1"] * abs(p[f"p_{k}"]) ** 2 + p[f"kappa_{k}"] for k in ("a", 1))
    above = 16 * p["omega"] * p["epsilon"] ** 2 * abs(np.conj(p["p_a"]) * p["p_1"]) ** 2 * p["Gamma_1"] ** 2
    bracket = form(x, y, np.exp(-x * p["t"] / 2), np.exp(-y * p["t"] / 2))
    return above * (bracket / (x * y * (x - y))) ** 2, directed(p, 1, chained, p["t"])[1]


def liu_3(p):
    return in_time(p, lambda x, y, first, last: x - y - y * first + x * last)


def liu_7(p):
    return in_time(p, lambda x, y, first, last: x - y - (x * first - y * last))


def liu_quanta(p):
    return abs(p["<a>"]) ** 2, directed(p, 2, chained, p["t"])[0]


def liu_4(p):
    last = p["Gamma_1"] * abs(p["p_1"]) ** 2 + p["kappa_1"]
    charger = p["Gamma_1"] * abs(p["p_a"]) ** 2 + p["kappa_a"]
    above = 16 * p["omega"] * p["epsilon"] ** 2 * abs(np.conj(p["p_a"]) * p["p_1"]) ** 2 * p["Gamma_1"] ** 2
    return above / (charger * last) ** 2, directed(p, 2, chained)[1]


def liu_8(p):
    own = p["Gamma_1"] * abs(p["p_1"]) ** 2 + p["kappa_1"]
    above = 16 * p["omega"] * p["epsilon"] ** 2 * abs(np.conj(p["p_a"]) * p["p_1"]) ** 2 * p["Gamma_1"] ** 2
    return above / own**4, directed(p, 1, starred)[1]


def liu_lambda_0(p):
    return liu_4(p)[0], directed(p, 2, starred)[1]


def liu_13(p):
    size = int(p["N"])
    printed = 4 * p["Gamma"] ** 2 * p["omega"] * p["epsilon"] ** 2 / (4 * size * p["J"] ** 2 + p["kappa"] ** 2) ** 2
    return printed, uniform(size, starred, p["J"], 0, p)[1]


def charger(p, size, rate, index=lambda k: k, inside=False):
    """da/dt with printed and right links; `rate` is Λ_0."""
    coherent = [1j * p[f"J_{k}"] * np.exp(1j * p[f"theta_{k}"]) for k in range(1, size + 1)]
    shared = [np.conj(p["p_a"]) * p[f"p_{k}"] * p[f"Gamma_{k}"] / 2 for k in range(1, size + 1)]
    means = [p[f"<b_{k}>"] for k in range(1, size + 1)]
    own = -rate / 2 * p["<a>"] - 1j * p["epsilon"]
    true = own - sum((c + s) * b for c, s, b in zip(coherent, shared, means, strict=True))
    if inside:
        return own - coherent[0] - shared[0] * means[0], true
    return own - sum((coherent[index(k) - 1] + shared[k - 1]) * means[k - 1] for k in range(1, size + 1)), true


def liu_a1(p):
    return charger(p, 1, p["Gamma_1"] * abs(p["p_a"]) ** 2 + p["kappa_a"], inside=True)


def liu_a5(p):
    rate = (p["Gamma_1"] + p["Gamma_2"]) * abs(p["p_a"]) ** 2 + p["kappa_a"]
    return charger(p, 2, rate, index=lambda k: 1)


def liu_a9(p):
    n, g, k, e = int(p["N"]), p["Gamma"], p["kappa"], p["omega"] * p["epsilon"] ** 2
    printed = -(2 ** (3 + 2 * n)) * g ** (2 * n - 1) * e / (g + k) ** 5 * (2 * g + k) ** (1 - 2 * n)
    true = slope(lambda j: uniform(n, chained, 1j * j, 2 * j, p)[n], g / 2)
    return printed * (2 * g**2 - n * g * k - n * k**2), true


def liu_a10(p):
    n, g, k = int(p["N"]), p["Gamma"], p["kappa"]
    above = 32 * p["omega"] * g * p["epsilon"] ** 2 * (k**2 - n * g**2)
    true = slope(lambda j: uniform(n, starred, 1j * j, 2 * j, p)[n], g / 2)
    return above / ((g + k) * (n * g + k)) ** 3, true


def liu_b1(p):
    n = p.largest("<b")
    mean = [p["<a>"], *(p[f"<b_{k}>"] for k in range(1, n + 1))]

    def energy(pairs):
        links = sum(2 * p["J"] * (np.conj(mean[i]) * mean[j]).real for i, j in [(0, 1), *pairs])
        return 2 * p["epsilon"] * complex(mean[0]).real + links

    every = [(i, j) for j in range(1, n + 1) for i in range(1, j)]
    return energy(every), energy([(i, i + 1) for i in range(1, n)])


def liu_b16(p):
    """|b_2| and |b_1| in units of 2ε/κ at y = κ/(2J)."""
    energies = [uniform(n, chained, 1 / (2 * p["y"]), 0, Point()) for n in (2, 1)]
    return tuple(np.sqrt(e[-1]) / 2 for e in energies)


def zhao_g(p):
    g = np.sqrt(p["g_b"] * p["Gamma"] / 2)
    return 0, slope(lambda x: triangles(1, chained, p, -np.pi / 2, x, g)[1], g)


def zhao_ends(p):
    """The way back of one triangle at θ = −π, its lossy mode (rate 1) eliminated by hand."""
    g = np.sqrt(p["g_b"] / 2)
    links = [(1, 0, p["g_b"] * np.exp(-1j * np.pi), 0, 0, 0), (2, 0, g, 0, 0, 0), (1, 2, g, 0, 0, 0)]
    w, _ = motion(3, links, [1, 1, 1])
    return 0, w[0, 1] - w[0, 2] * w[2, 1] / w[2, 2]


def zhao_stronger(p):
    p["g_b"] = p["gamma"] / 10
    energies = [triangles(2, chained, p, -np.pi / 2, g, g)[2] for g in (np.sqrt(p["g_b"] / 2), np.sqrt(p["x"] / 2))]
    return tuple(energies)


def zhao_4(p):
    every = p["gamma_c"] * p["gamma_1"] * p["gamma_2"]
    others = p["gamma_c"] * (p["gamma_1"] + p["gamma_2"])
    above = 16 * p["xi"] ** 2 * p["g_b"] ** 2 * (p["gamma_c"] * p["gamma_2"]) ** 2
    return above / (4 * p["g_b"] ** 2 * others + every) ** 2, triangles(2, starred, p, 0, 0, 0, case=1)[1]


def zhao_ranges(p):
    return gains(1, chained, Point(g_b=p["x"]))


def zhao_further(p):
    """G_{N1} of two batteries in a chain and of one."""
    return tuple(gains(size, chained, Point(g_b=p["x"]))[0] for size in (2, 1))


def zhao_second_gain(p):
    return 2, gains(int(p["N"]), starred, Point(g_b=p["x"]))[1]


def largest_energies(size):
    """(nr, r1) of a chain, each at its own best coupling, in units of ωξ²/γ²."""
    found = []
    for phase, case in ((-np.pi / 2, 2), (0, 1)):

        def minus(x, phase=phase, case=case):
            g = np.exp(x)
            return -triangles(size, chained, Point(g_b=g, gamma=1.0), phase, np.sqrt(g / 2), np.sqrt(g / 2), case)[size]

        found.append(-minimize_scalar(minus, bounds=(-2, 2), method="bounded", options={"xatol": 1e-10}).fun)
    return found


def zhao_same_gain(p):
    """G_{N1} of one battery and of N in parallel."""
    return tuple(gains(size, starred, Point(g_b=p["x"]))[0] for size in (1, int(p["N"])))


def zhao_difference(p):
    """The difference at N = 5 rounded up and that at N = 3 rounded down, six digits."""
    three, five = (np.subtract(*largest_energies(size)) for size in (3, 5))
    return np.ceil(five * 1e6) / 1e6, np.floor(three * 1e6) / 1e6


ORACLES = {
    ("zhao2025", "Abstract, gain of every battery"): zhao_further,
    ("zhao2025", "Below Eq. (3), difference"): zhao_difference,
    ("zhao2025", "Below Fig. 3, same gain"): zhao_same_gain,
    ("liu2026", "Eq. (1)"): liu_1,
    ("liu2026", "Below Eq. (2), mu_1"): back,
    ("liu2026", "Eq. (3)"): liu_3,
    ("liu2026", "Eq. (7)"): liu_7,
    ("liu2026", "Eq. (A2), |<a>|^2"): liu_quanta,
    ("liu2026", "Eq. (4), n < N"): liu_4,
    ("liu2026", "Below Eq. (6), mu_i"): back,
    ("liu2026", "Eq. (8)"): liu_8,
    ("liu2026", "Below Eq. (7), Lambda_0"): liu_lambda_0,
    ("liu2026", "Eq. (13)"): liu_13,
    ("liu2026", "Eq. (A1)"): liu_a1,
    ("liu2026", "Eq. (A3)"): liu_a1,
    ("liu2026", "Eq. (A5)"): liu_a5,
    ("liu2026", "Eq. (A9)"): liu_a9,
    ("liu2026", "Eq. (A10)"): liu_a10,
    ("liu2026", "Eq. (B1)"): liu_b1,
    ("liu2026", "Eq. (B16)"): liu_b16,
    ("zhao2025", "Introduction, {-pi, 0}"): zhao_ends,
    ("zhao2025", "Below Eq. (2), g_1 = g_2"): zhao_g,
    ("zhao2025", "Fig. 2, g_1 = g_2"): zhao_stronger,
    ("zhao2025", "Below Eq. (3), G_N1 > G_N2"): zhao_ranges,
    ("zhao2025", "Eq. (4)"): zhao_4,
    ("zhao2025", "Below Fig. 3, G_N2"): zhao_second_gain,
    ("zhao2025", "Below Fig. 4, maximum of G_N2"): lambda p: (2, zhao_ranges(p)[1]),
    **POWER,
    **OPERATING,
    **RELAXATION,
    **RESERVOIRS,
    **WANG,
    **DIAS,
    # a paper of one's own brings its oracles in its test
    **{
        (paper.key, place): oracle
        for paper in OWN
        for place, oracle in import_module(f"test_{paper.key}").ORACLES.items()
    },
}


def test_every_correction_has_an_oracle_of_its_own():
    assert {(paper.key, claim.label) for paper, claim in CLAIMS if claim.corrected} == set(ORACLES)


@pytest.mark.parametrize("key", ORACLES, ids=": ".join)
def test_counterexample_is_one_by_plain_numpy(key):
    once, finding = found(*key)
    example = finding.counterexample
    values = {symbol.name: complex(value) for symbol, value in example.point}
    assert all(symbol.is_real is None or values[symbol.name].imag == 0 for symbol, _ in example.point)
    assert all(values[symbol.name].real > 0 for symbol, _ in example.point if symbol.is_positive)
    point = Point({name: value if value.imag else value.real for name, value in values.items()})
    printed, true = ORACLES[key](point)
    assert complex(example.printed) == pytest.approx(complex(printed), rel=1e-9)
    assert complex(example.true) == pytest.approx(complex(true), rel=1e-7)
    if isinstance(once.says()[0], Equal):
        assert abs(complex(example.printed) - complex(example.true)) > 1e-6 * abs(complex(example.true))
    elif once.says()[0].strict:  # what is said to be larger is the same
        assert complex(example.printed).real <= complex(example.true).real * (1 + 1e-12)
    else:
        assert complex(example.printed).real < complex(example.true).real


def test_ranges_quoted_for_the_gains_are_where_the_gains_cross():
    """The ends 0.108, 0.116 and 0.118 in the reason given for `G_{N1} > G_{N2}`; N = 10 is first beyond 0.12."""

    def difference(x, size):
        first, second = gains(size, chained, Point(g_b=x, gamma=1.0))
        return first - second

    sizes = (*range(1, 13), 20, 40, 80)
    ends = [brentq(difference, 0.08, 0.2, args=(size,)) for size in sizes]
    told = re.findall(r"0\.1\d\d", found("zhao2025", "Below Eq. (3), G_N1 > G_N2")[0].because)
    assert [f"{end:.3f}" for end in (ends[2], ends[3], min(ends))] == told
    assert [end > 0.12 for end in ends] == [size >= 10 for size in sizes]


def test_full_batteries_of_two_spins_are_half_full_in_the_end():
    assert half_full() == pytest.approx(0.5)


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1.0])
def test_two_reservoirs_fill_a_battery_to_less_than_half_by_a_known_amount(ratio):
    """1/2 − N_B/(4N_C) by integrating the angles of charger and battery from almost inverted."""

    def slope(_, angles):
        charger, battery = np.sin(angles)
        return [2 * charger + 2 * ratio * battery, charger + ratio * battery]

    charger, battery = solve_ivp(slope, (0, 400), [1e-6, np.pi], rtol=1e-9, atol=1e-12, method="LSODA").y[:, -1]
    assert (1 + np.cos(battery)) / 2 == pytest.approx(0.5 - ratio / 4, abs=1e-5)
    assert charger == pytest.approx(2 * (battery - np.pi), abs=1e-5)


@pytest.mark.parametrize("detuning", [-2.0, -1.0, -0.4, 0.4, 1.0, 2.0])
def test_capacity_and_the_texture_of_both_spins_part_where_capacity_has_vanished(detuning):
    """Whether the two rise together along the way of two spins, J_1 = 1: for all of it for δ ≤ −J_1 only."""
    p = {"omega_b": 1.3, "J_1": 1.0, "delta": detuning}
    states = [wang_state(p, t) for t in np.linspace(0, np.pi / np.hypot(1, detuning), 161)[1:-1]]
    signed = np.array([np.diff(battery(rho).diagonal().real[::-1])[0] for rho in states])
    held, texture = (np.diff([f(rho) for rho in states]) for f in (lambda x: capacity(x, 1.3), joint_texture))
    apart = np.sign(held * texture)[abs(signed[1:]) > 0.05]
    assert set(apart) == set(-np.sign(detuning * signed[1:])[abs(signed[1:]) > 0.05])
    assert (apart.min() > 0) == (detuning <= -1)
    assert "δ ≤ −J_1" in found("wang2026", "State texture, both spins")[0].departure.by


@pytest.mark.parametrize("detuning", [0.0, 0.5, 1.0, 2.0])
def test_capacity_is_back_after_the_transfer_on_resonance_only(detuning):
    assert "On resonance the capacity is back" in found("wang2026", "Speed against capacity")[0].because
    p = {"omega_b": 1.3, "J_1": 1.0, "delta": detuning}
    held = capacity(wang_state(p, np.pi / 2 / np.hypot(1, detuning)), 1.3)
    gap = 4 * 1.3 * min(detuning**2, 1) / (1 + detuning**2)
    assert held == pytest.approx(2.6 - gap, abs=1e-12)
    assert (gap == 0) == (detuning == 0)


@pytest.mark.parametrize(("one", "other"), [(4.0, 1.0), (1.0, 4.0)])
def test_residual_capacity_of_classical_correlations_is_that_of_the_faster_spin(one, other):
    once, _ = found("wang2026", "Residual capacity, mixed states")
    (proved, *_) = once.corrected()
    letters = {"omega_b": one, "omega_c": other}
    told = float(proved.printed.subs({s: letters[s.name] for s in proved.printed.free_symbols}))
    assert told == pytest.approx(correlated(letters)[1]) == 2 * max(one, other)


def test_percentages_quoted_at_the_optimal_coupling_are_found_by_search():
    """The 9 % to 20 % of odd and the 35 % to 42 % of even chains, and 4/(1 + 1/√N)² of a star, found by search."""
    ratios = {}
    for size in range(1, 13):
        best = minimize_scalar(
            lambda x, n=size: -energies(n, x, 1.0, 1.0, True, True)[-1], bounds=(0.2, size), method="bounded"
        ).x
        one_way, both = (energies(size, best, 1.0, 1.0, True, kind)[-1] for kind in (True, False))
        ratios[size] = one_way / both
        star = energies(size, 1 / np.sqrt(4 * size), 1.0, 1.0, False, True)
        assert star[1:].sum() / star[0] == pytest.approx(4 / (1 + 1 / np.sqrt(size)) ** 2)
    assert [round(100 * (ratios[n] - 1)) for n in (1, 3, 11)] == [0, 9, 20]
    even = [1 / ratios[n] - 1 for n in range(2, 13, 2)]
    assert [round(100 * x) for x in (min(even), max(even))] == [35, 42]


def test_what_is_injected_leaves_and_the_shared_reservoirs_take_nothing_at_the_end_of_the_window():
    for size, gamma in ((2, 0.3), (3, 1.0), (4, 2.5)):
        for cascaded in (True, False):
            drive, shared, local, _ = powers(size, gamma, {"kappa": 1.0, "epsilon": 0.7}, cascaded)
            assert drive == pytest.approx(shared + local)
        assert powers(size, 1.0, {"kappa": 1.0, "epsilon": 0.7})[1] == pytest.approx(0)
        turn = (1 + np.sqrt(1 + 8 * size)) / (2 * size)
        fed = [  # Λ_n E_n around its turn
            (x + 1) * powers(size, x, {"kappa": 1.0, "epsilon": 1.0})[3][-1] for x in (0.9 * turn, turn, 1.1 * turn)
        ]
        assert fed[1] > max(fed[0], fed[2])


def test_energies_quoted_of_the_panels_of_figure_2_are_those_of_numpy():
    """Charger, first and second battery for t → ∞ of every panel, by NumPy, and the 1.28 of panel (d)."""
    once, _ = found("liu2026", "Fig. 2, agreement")
    panels = {key: [float(x) for x in values] for *values, key in re.findall(
        r"([\d.]+), ([\d.]+), ([\d.]+) \(([a-f])\)", once.because
    )}  # fmt: skip
    columns = [(True, (1 + np.sqrt(5)) / 4), (False, 1 / np.sqrt(8))]
    for row, (cascaded, optimal) in enumerate(columns):
        for column, coupling in enumerate((0.001, 0.003 * optimal, 0.01)):
            true = energies(2, coupling, 0.003, 0.01, cascaded, True)
            assert panels["abcdef"[3 * row + column]] == [round(x, 2) for x in true]
    at_d = energies(2, 0.001, 0.003, 0.01, False, True)
    assert round(at_d[1:].sum() / at_d[0], 2) == 1.28


def test_times_of_arrival_quoted_at_the_optimal_coupling_are_those_of_an_integral():
    """∫ (1 − ⟨b_N⟩(t)/⟨b_N⟩) dt of chains by numerical integration, κ = 1; 2 of all nonreciprocal ones."""
    quoted = re.search(r"grow: ([\d., ]+) times", found("liu2026", "Sec. III, delay at weak coupling")[0].because)
    for size, told in enumerate(map(float, quoted[1].split(", ")), start=1):
        coupling = (size + np.sqrt(size**2 + 8 * size)) / 8
        both = [(k - 1, k, coupling, 0, 0, 0) for k in range(1, size + 1)]
        one_way = [(k - 1, k, 1j * coupling, 2 * coupling, 1, 1) for k in range(1, size + 1)]
        for links, expected in ((both, told), (one_way, 2)):
            w, _ = motion(size + 1, links, [1] * (size + 1))
            end = steady(size + 1, links, [1] * (size + 1))
            times = np.linspace(0, 60, 6001)
            step = expm(w * times[1])
            gone, left = end.copy(), []
            for _ in times:
                left.append(gone[-1] / end[-1])
                gone = step @ gone
            assert round(trapezoid(np.real(left), times), 2) == expected


def test_full_batteries_stay_full_in_the_mean_field_while_they_are_alike():
    """Dias' Fig. 2(c) by plain angles, N_B = 10: alike, and apart by 2 · 10⁻³, a turn by t = 1 at e^{N_B t}."""
    assert turned(2, 1, 10, [0, 0], [0.01, 1, 3]).min() > 0.999
    before, after = turned(2, 1, 10, [-1e-3, 1e-3], [0.01, 1]).T
    assert before.min() > 0.999
    assert after.max() < 0.1


def test_an_empty_charger_with_a_pump_fills_finite_batteries_as_far_as_a_full_one_in_the_end():
    """Dias' Fig. 2(c) with four spins and none of them excited."""
    early, late = stored_late(4, 0, (0.01, 4))
    assert early < 1e-4
    assert late == pytest.approx(stored_late(4, 4, (4,))[0], abs=1e-3)
    assert late > 0.3


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1, 2])
def test_three_batteries_stop_where_the_mean_field_says(ratio):
    """Dias' Fig. 2(d) at any N_B/N_C: the pulse begins at θ_0, which is taken as small."""
    (stopped,) = {round(float(e), 6) for e in turned(3, 0, 1e5 * ratio, [0, 0, 0], [2e-3])[:, 0]}
    assert stopped == pytest.approx(1 / 2 - np.sqrt(1 + ratio) / 4, abs=3e-3)
    assert stopped < 1 / 4


def test_negativities_quoted_under_pumping_are_the_largest_in_time():
    quoted = re.search(r"at most ([\d.]+), ([\d.]+) without a pump, and ([\d.]+) with", found(
        "dias2024", "Below Fig. 2, entanglement under pumping"
    )[0].because)  # fmt: skip
    largest = [negativity(batteries, pump) for batteries, pump in ((2, 1), (2, 0), (1, 0))]
    assert [float(x) for x in quoted.groups()] == [round(x, 3) for x in largest]


@pytest.mark.parametrize("size", [3, 4, 5])
def test_no_choice_of_phases_beats_the_proved_maximum(size):
    """The induction behind `theta_k`, by random search over the phases of the cascaded network."""
    rng = np.random.default_rng(size)
    for loss in (1e-3, 0.3, 3.0):
        g = np.sqrt(0.5)
        best = 4 ** (2 * size + 1) / ((2 + loss) ** 4 * (4 + loss) ** (2 * size - 2))
        for _ in range(60):
            phases = rng.normal(-np.pi / 2, rng.choice([0.05, 0.5, 2.0]), size)
            links = []
            for k in range(1, size + 1):
                links += [(k, k - 1, np.exp(1j * phases[k - 1]), 0, 0, 0)]
                links += [(size + k, k - 1, g, 0, 0, 0), (k, size + k, g, 0, 0, 0)]
            energy = abs(steady(2 * size + 1, links, [loss] * (size + 1) + [1.0] * size)[size]) ** 2
            assert energy <= best * (1 + 1e-9)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_strong_lossy_modes_fill_every_battery_whatever_the_coupling(size):
    """The dark superposition behind `Fig. 2, g_1 = g_2`: 4ξ²/((N + 1)γ)² as g_1 = g_2 → ∞, for any g_b."""
    for g_b in (0.01, 0.1, 0.7):
        energy = triangles(size, chained, Point(g_b=g_b, gamma=1.0), -np.pi / 2, 3e3, 3e3)[size]
        assert energy == pytest.approx(4 / (size + 1) ** 2, rel=1e-4)


def settled(curve, part, until=15.0):
    """The time from which a curve is within a part of one: the last crossing on a grid, and its root."""
    times = np.linspace(0, until, 601)
    last = np.nonzero([abs(curve(t) - 1) > part for t in times])[0][-1]
    return brentq(lambda t: abs(curve(t) - 1) - part, *times[last : last + 2])


def test_times_quoted_of_stars_at_their_optimum_are_those_of_their_last_crossing():
    """When the last crossing of 90 % and 99 % is, or of 110 % and 101 %, in κt, of both stars."""
    once, _ = found("liu2026", "Sec. III, relaxation at J_op, parallel")
    quoted = [float(x) for x in re.findall(r"\d+\.\d\d", once.because)]
    curves = [lambda t: (1 - np.exp(-t / 2) * (np.cos(t / 2) + np.sin(t / 2))) ** 2]
    curves += [lambda t, size=size: star_on_its_way(size, t) for size in (2, 6)]
    assert [round(settled(curve, part), 2) for part in (0.1, 0.01) for curve in curves] == quoted


def test_gains_quoted_in_time_are_those_with_lossy_modes_as_slow_as_the_batteries():
    """E_4^nr(t)/E_4^r1(t) of Zhao's Fig. 3(d) at γt = 1, 3 and in the end: charger, batteries 1–4, lossy modes 5–8."""
    g, lossy = 0.01, np.sqrt(0.01 / 2)

    def energy(phase, strength, time):
        h = np.zeros((9, 9), complex)
        for k in range(1, 5):
            h[k, 0], h[k + 4, 0], h[k, k + 4] = g * np.exp(1j * phase), strength, strength
        drift = -1j * (h + h.conj().T) - np.eye(9) / 2
        steady = np.linalg.solve(drift, np.eye(9)[0])
        return abs((steady - expm(drift * time) @ steady)[4]) ** 2

    ratios = [energy(-np.pi / 2, lossy, time) / energy(0, 0, time) for time in (1, 3, 100)]
    once, _ = found("zhao2025", "Fig. 3(d)")
    assert [float(x) for x in re.findall(r"\d\.\d\d", once.because)] == [round(x, 2) for x in ratios]


def test_the_overshoot_quoted_of_a_nonreciprocal_chain_is_that_with_its_lossy_modes():
    """Zhao's chain of two at Γ = γ, g_b = γ/2: charger, two batteries, two lossy modes; without them never more."""
    g = 0.5
    ways = [(k - 1, k, -np.pi / 2) for k in (1, 2)]
    kept = [(k, i, g * np.exp(1j * phase), 0, 0, 0) for i, k, phase in ways]
    kept += [(k + 2, m, np.sqrt(g / 2), 0, 0, 0) for i, k, _ in ways for m in (i, k)]
    gone = [(i, k, 1j * g, 2 * g, 1, 1) for i, k, _ in ways]
    largest = []
    for size, links in ((5, kept), (3, gone)):
        end = abs(steady(size, links, [1] * size)[2]) ** 2
        largest.append(max(abs(charged(size, links, [1] * size, 1, t)[2]) ** 2 for t in np.linspace(0, 30, 600)) / end)
    told = re.search(r"by (\d)%", found("zhao2025", "Charging power, maximum at the steady state")[0].because)
    assert round(100 * (largest[0] - 1)) == int(told[1])
    assert largest[1] < 1 + 1e-9


def test_gains_of_chains_at_the_coupling_of_the_losses_are_those_quoted():
    once, _ = found("zhao2025", "Abstract, gain of every battery")
    told = re.search(r"it is ([\d., ]+) for N = 1 to 4, and it exceeds ([\d.]+) for N = (\d+)", once.because)
    values = [gains(size, chained, Point(g_b=1.0))[0] for size in range(1, 41)]
    assert [float(v) for v in told[1].split(", ")] == [round(v, 2) for v in values[:4]]
    assert float(told[2]) == round(values[0], 2)
    first = int(told[3])
    assert max(values[1 : first - 1]) < values[0] < min(values[first - 1 :])


@pytest.mark.parametrize("g_b", [0.05, 0.5, 1.0, 3.0])
def test_the_gain_of_long_chains_grows_at_the_proved_base_at_every_coupling(g_b):
    """G_{N1} of two and of a hundred and two batteries from full networks, no closed form: its growth and its bound."""
    base = ((1 + np.sqrt(1 + 16 * g_b**2)) / (1 + 4 * g_b)) ** 2
    assert base > 1
    sizes = (2, 3, 100, 102)
    found_there = [gains(size, chained, Point(g_b=g_b))[0] for size in sizes]
    prefactor = ((1 + 4 * g_b) / (1 + 2 * g_b) ** 2) ** 2
    assert all(gain >= prefactor * base**size for gain, size in zip(found_there, sizes, strict=True))
    if g_b <= 1:  # at strong coupling parity is lost later
        assert (found_there[3] / found_there[2]) ** 0.5 == pytest.approx(base, rel=1e-6)


def test_the_base_of_the_gain_is_above_one_by_as_much_as_quoted_at_strong_coupling():
    assert "γ²/(16g_b²)" in found("zhao2025", "Abstract, exponential gain")[0].because
    base = ((1 + np.sqrt(1 + 16 * 50.0**2)) / (1 + 4 * 50.0)) ** 2
    assert base - 1 == pytest.approx(1 / (16 * 50.0**2), rel=0.01)


def test_reciprocal_chains_at_their_optimum_scale_as_quoted():
    """E_N N² of even and odd chains at J_op, κ = ω = ε = 1, and what either law becomes at strong coupling."""
    def stored(size, coupling):
        return uniform(size, chained, coupling, 0, Point())[size]

    def optimal(size):
        return (size + np.sqrt(size**2 + 8 * size)) / 8

    even, odd = (stored(size, optimal(size)) * size**2 for size in (600, 601))
    told = re.search(r"hold ([\d.]+) times as much", found("liu2026", "Above Eq. (11), scaling laws")[0].because)
    assert even / odd == pytest.approx(np.tanh(1) ** -2, rel=1e-2)
    assert float(told[1]) == round(np.tanh(1) ** -2, 2)
    assert even == pytest.approx(16 / np.sinh(1) ** 2, rel=2e-2)
    for size in (3, 4, 7, 8):
        law = (4 / (size + 2)) ** 2 if size % 2 == 0 else 1e-6
        assert stored(size, 1e3) == pytest.approx(law, rel=1e-3)
    z = 0.25 + np.sqrt(1 + 0.25**2)  # at J = κ
    for size in (60, 61):  # one law for both
        assert stored(size, 1.0) == pytest.approx((z + 1 / z) ** 2 * z ** (-2 * size - 4), rel=1e-9)


def test_times_quoted_of_reciprocal_chains_at_their_optimum_are_those_of_their_last_crossing():
    """When the energy was last off by more than a tenth, κ = 1, of the chains of two to six and of the star of six."""
    chains, stars = (
        found("liu2026", f"Sec. III, {place}")[0].because
        for place in ("relaxation of the reciprocal chain", "star against chain")
    )

    def last(size, source, coupling):
        links = [(source(k), k, coupling, 0, 0, 0) for k in range(1, size + 1)]
        w, _ = motion(size + 1, links, [1] * (size + 1))
        end = steady(size + 1, links, [1] * (size + 1))
        return settled(lambda t: abs(1 - (expm(w * t) @ end)[size] / end[size]) ** 2, 0.1)

    times = [last(size, chained, (size + np.sqrt(size**2 + 8 * size)) / 8) for size in range(2, 7)]
    told = re.search(r"κt = ([\d., ]+) for", chains)[1].split(", ")
    assert [float(x) for x in told] == [round(x, 2) for x in times]
    least, most = map(float, re.search(r"takes ([\d.]+) to ([\d.]+) of", stars).groups())
    shares = [last(6, starred, 1 / np.sqrt(24)) / time for time in times]
    assert (round(min(shares), 2), round(max(shares), 2)) == (least, most)


@pytest.mark.parametrize("coupling", [0.1, 0.5, 3.0])
def test_a_reciprocal_chain_of_two_never_holds_more_than_in_the_end_and_those_of_one_and_three_do(coupling):
    def largest(size):
        links = [(k - 1, k, coupling, 0, 0, 0) for k in range(1, size + 1)]
        w, _ = motion(size + 1, links, [1] * (size + 1))
        end = steady(size + 1, links, [1] * (size + 1))
        step, rest, energies = expm(w * 0.05), end.copy(), []
        for _ in range(600):
            rest = step @ rest
            energies.append(abs(1 - rest[size] / end[size]) ** 2)
        return np.array(energies)

    assert np.diff(largest(2)).min() > -1e-12
    assert largest(2).max() <= 1 + 1e-12
    assert coupling < 0.2 or min(largest(1).max(), largest(3).max()) > 1 + 1e-6


def test_what_few_levels_leave_of_the_ergotropy_in_heat_is_as_quoted():
    """ε = κ/6 in steady states of a master equation on 10 and 30 levels: energy less that of the sorted populations."""
    told = re.search(r"of ([\d., ω]+)ω for n_th = 0, 1, 2; of 30 it is ([\d.]+)ω", found(
        "liu2026", "Below Eq. (15), truncation"
    )[0].because)  # fmt: skip

    def ergotropy(levels, heat):
        a, one = np.diag(np.sqrt(np.arange(1, levels)), 1), np.eye(levels)
        h = (a + a.T) / 6
        generator = -1j * (np.kron(h, one) - np.kron(one, h))
        for rate, z in ((heat + 1, a), (heat, a.T)):
            lost = z.T @ z / 2
            generator = generator + rate * (np.kron(z, z) - np.kron(lost, one) - np.kron(one, lost))
        generator[0] = one.reshape(-1)
        rho = np.linalg.solve(generator, np.eye(levels**2)[0]).reshape(levels, levels)
        populations, quanta = np.linalg.eigvalsh(rho)[::-1], np.arange(levels)
        return (rho.diagonal().real - populations) @ quanta

    few = [float(x) for x in told[1].replace("ω", "").split(", ")]
    assert few == [round(ergotropy(10, heat), 3) for heat in (0, 1, 2)]
    assert [round(ergotropy(30, heat), 3) for heat in (0, 1, 2)] == [float(told[2])] * 3


@pytest.mark.parametrize("cascaded", [True, False])
def test_squeezing_enhances_the_ergotropy_at_every_time_and_the_more_the_stronger_it_is(cascaded):
    """Liu's Fig. 6(a), (b) by integrating the moments of two batteries, Γ = 1.3, κ = 1: X, ν and ℰ/E of the claim."""
    assert "1 − X" in found("liu2026", "Fig. 6(a, b), on the way")[0].because
    links = [((k - 1 if cascaded else 0), k, 0.65j, 1.3, 1, 1) for k in (1, 2)]
    w, force = motion(3, links, [1.0] * 3, 0.2)
    shared = np.diag([2.3 if cascaded else 3.6, 3.6 if cascaded else 2.3, 2.3])
    for i, k, *_ in links:
        shared[i, k] = shared[k, i] = 1.3

    def slope(_, x, n, m):
        a, number, anomalous = x[:3], x[3:12].reshape(3, 3), x[12:].reshape(3, 3)
        rates = w.conj() @ number + number @ w.T + n * shared, w @ anomalous + anomalous @ w.T + m * shared
        return np.concatenate([w @ a + force, *(rate.ravel() for rate in rates)])

    held = []
    for r in (0.0, 0.4, 0.8, 1.2):
        n, m = np.sinh(r) ** 2, np.sinh(r) * np.cosh(r) * np.exp(0.7j)
        moments = solve_ivp(
            slope, (0, 6), np.zeros(21, complex), t_eval=[0.3, 1, 2, 6], args=(n, m), rtol=1e-10, atol=1e-12
        ).y
        mean, number, anomalous = moments[2], moments[11].real, moments[20]
        nu = np.sqrt((number + 0.5) ** 2 - abs(anomalous) ** 2)
        held.append(abs(mean) ** 2 + number + 0.5 - nu)
        if r:
            part = number / n
            assert np.allclose(anomalous, m * part, atol=1e-8)
            assert np.allclose(nu**2, 0.25 + part * (1 - part) * n, atol=1e-7)
            assert (held[-1] < abs(mean) ** 2 + number)[:3].all()
    assert (np.diff(held, axis=0) > 0).all()


def test_what_other_modes_leave_of_the_zero_mode_is_as_quoted():
    """|b_N| of even chains beside 4ε/((N + 2)κ), κ = ε = 1: at J = κ, and far below."""
    told = re.search(r"leave ([\d., ]+) of it", found("liu2026", "Sec. III, zero mode")[0].because)[1].split(", ")
    left = {
        coupling: [np.sqrt(uniform(n, chained, coupling, 0, Point())[n]) * (n + 2) / 4 for n in (2, 4, 6)]
        for coupling in (1.0, 0.01)
    }
    assert [float(x) for x in told] == [round(x, 2) for x in left[1.0]]
    assert max(left[0.01]) < 1e-3
