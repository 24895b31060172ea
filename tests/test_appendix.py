"""What an appendix displays is what was proved, and what is read back from its text."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from latex_reader import misprints
from netfiles import Drawn, solution
from strategies import QUICK, networks
from sympy import ImmutableMatrix, Integer, Matrix, Pow, Symbol, conjugate, exp, expand, eye, sinh

from derive import Proved, Refuted, chain, closed_form, families, is_zero, langevin, netfile, steady_state
from derive.appendix import _master_residual, appendix, following, microscopic, motion
from derive.build import argued, body
from derive.builders import aharonov_bohm_chain, complete, positive, tree
from derive.derivation import Derivation, Equation
from derive.evolution import steady_state_residual
from derive.kernel import canonical
from derive.latex import Notation, typeset
from derive.latex.letters import told_apart
from derive.latex.steps import ONE_COLUMN, TWO_COLUMNS
from derive.network import Bath, Squeezing
from derive.optimum import maximum
from derive.resting import moments, steady_steps
from derive.stories import STORIES
from derive.stories.formulas import GAMMA, turning
from derive.stories.induction import stored
from derive.tex import compile_pdf

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.toml"))
every_story = pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def loaded(path):
    return netfile.loads(path.read_text(encoding="utf-8"), path.name)


@every_story
def test_every_step_of_a_story_is_proved(story):
    assert {
        label: type(verdict)
        for label, verdict in argued(story).check().items()
        if type(verdict) is not Proved
    } == {}


@every_story
def test_every_displayed_equation_of_a_story_reads_back_as_what_it_was_printed_from(story):
    derivation = argued(story)
    assert misprints(derivation, story.notation, body(derivation, story.notation, story.key), story.key) == []


@every_example
def test_every_displayed_equation_of_an_example_reads_back(path):
    derivation = appendix(loaded(path))
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []


def test_the_moments_of_a_warm_network_read_back():
    net = chain(1, distinct=True)
    warm = replace(net, baths=tuple(replace(b, thermal=positive(f"n_{k}")) for k, b in enumerate(net.baths)))
    derivation = appendix(warm)
    assert [step.label for step in derivation.steps][-3:] == ["amplitudes", "moments", "energies"]
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []


def test_long_denominators_of_second_moments_have_letters():
    net = chain(2, distinct=True)
    warm = replace(net, baths=(replace(net.baths[0], thermal=positive("n")), *net.baths[1:]))
    derivation, exact = appendix(warm), steady_state(langevin(warm))
    *_, amplitudes, denominators, moments_, energies = derivation.steps
    assert [step.label for step in (amplitudes, denominators, moments_)] == ["amplitudes", "denominators", "moments"]
    letters = {e.lhs: e.rhs for e in denominators.equations}
    printed = next(e.rhs for e in moments_.equations if e.lhs.name == "N")
    assert set(letters) == printed.free_symbols - exact.number.free_symbols
    assert isinstance(is_zero(printed.xreplace(letters) - exact.number), Proved)
    below = [power.base for power in printed.atoms(Pow) if power.exp.is_negative]
    assert set(below) == set(letters)
    assert all(e.rhs.free_symbols & set(letters) for e in energies.equations)
    assert energies.uses == ("amplitudes", "denominators", "moments")
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    for width in (ONE_COLUMN, TWO_COLUMNS):
        assert misprints(derivation, Notation(), typeset(derivation, Notation(), width), width=width) == []


def test_moments_too_long_to_be_read_are_told_by_their_lyapunov_equations():
    """What is short is written out all the same: amplitudes, balanced moments, energies in letters of the others."""
    net = chain(3, distinct=True)
    n, m = positive("n"), positive("m")
    squeezed = replace(net, baths=tuple(replace(b, thermal=n, squeezing=m) for b in net.baths))
    hot = replace(net, baths=tuple(replace(b, thermal=positive(f"n_{k}")) for k, b in enumerate(net.baths)))
    eq = langevin(squeezed)
    *_, amplitudes, moments, lyapunov, energies = appendix(squeezed).steps
    assert [step.label for step in (amplitudes, moments, lyapunov)] == ["amplitudes", "moments", "lyapunov"]
    assert [(e.lhs.name, e.rhs) for e in moments.equations] == [("N", n * eye(4))]
    assert [(e.lhs.name, e.rhs) for e in lyapunov.equations] == [("S", eq.squeezing)]
    assert energies.equations[1].rhs.has(n)
    *_, denominator, amplitudes, lyapunov, energies = appendix(hot).steps
    assert [(e.lhs.name, e.rhs) for e in lyapunov.equations] == [("D", langevin(hot).noise)]
    cold = steady_state(langevin(net))
    letter = {e.lhs: e.rhs for e in denominator.equations}
    assert isinstance(is_zero(Matrix([e.rhs for e in amplitudes.equations]).xreplace(letter) - cold.mean), Proved)
    assert [e.rhs.free_symbols & {Symbol(f"N_{k}") for k in hot.names} for e in energies.equations] == [
        {Symbol(f"N_{name}")} for name in hot.names
    ]
    for derivation in (appendix(squeezed), appendix(hot)):
        assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
        assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []


def test_short_names_of_fluctuations_are_introduced_where_energies_use_them():
    parametric = next(path for path in EXAMPLES if path.stem == "parametric")
    warm = chain(3, distinct=True)
    warm = replace(warm, baths=tuple(replace(b, thermal=positive(f"n_{k}")) for k, b in enumerate(warm.baths)))
    for net, used in ((loaded(parametric), False), (warm, True)):
        text = body(appendix(net), Notation(), "x")
        assert ("in short $N_i$ for" in text, "+ N_" in text, r"\label{eq:x:lyapunov}" in text) == (used, used, True)


def test_the_text_says_what_the_network_is():
    """Frame, squeezed dissipator, threshold: each where the network has a drive, a squeezed bath, gain or pairing."""

    def text(net):
        return " ".join(step.because for step in appendix(net).steps)

    driven = chain(1)
    squeezed = replace(driven, baths=(replace(driven.baths[0], thermal=positive("n"), squeezing=Symbol("m")),))
    gain = replace(driven, baths=(*driven.baths, Bath((), positive("G"), gain=(("a", Integer(1)),))))
    paired = replace(driven, squeezings=(Squeezing("a", "b_1", Symbol("chi")),))
    undriven = replace(driven, drives=())
    frame, tick, threshold = "rotating with the drive", "\\mathcal{D}'[q]", "below threshold"
    assert [[word in text(net) for word in (frame, tick, threshold)] for net in (driven, undriven)] == [
        [True, False, False],
        [False, False, False],
    ]
    assert [[word in text(net) for word in (tick, threshold, "Inverting")] for net in (squeezed, gain, paired)] == [
        [True, False, True],
        [False, True, True],
        [False, True, False],
    ]
    assert "Inverting" not in text(undriven)


@pytest.mark.parametrize(
    ("frequencies", "says"),
    [
        ((1, 1), "In units of its frequency a battery stores the energy $E = \\langle a^\\dagger a\\rangle$, hence"),
        (("omega", "omega"), "A battery stores the energy $E = \\omega\\langle a^\\dagger a\\rangle$, hence"),
        (("omega", 1), "$E$, its frequency times $\\langle a^\\dagger a\\rangle$, hence"),
        (("omega_a", "omega"), "$E$, its frequency times $\\langle a^\\dagger a\\rangle$, hence"),
        (("Omega", "Omega"), "$E$, its frequency times $\\langle a^\\dagger a\\rangle$, hence"),
    ],
)
def test_energies_name_the_frequency_only_where_it_is_one_and_called_so(frequencies, says):
    given = [positive(w) if isinstance(w, str) else Integer(w) for w in frequencies]
    net = chain(1)
    net = replace(net, modes=tuple(replace(m, frequency=w) for m, w in zip(net.modes, given, strict=True)))
    energy = next(step for step in appendix(net).steps if step.label == "energies")
    assert energy.because.endswith(says)


def test_a_single_mode_has_one_amplitude_and_fluctuates_alone():
    alone, pair = netfile.loads('modes.a = {loss = "kappa", drive = "epsilon"}'), chain(1)
    gain = Bath((), positive("G"), gain=(("a", Integer(1)),))

    def text(net, *modes):
        return " ".join(step.because for step in appendix(net, modes).steps[2:])

    for net in (alone, replace(alone, drives=()), replace(alone, baths=(*alone.baths, gain))):
        told = text(net)
        assert [word for word in ("amplitudes of", "the amplitudes", "modes", "ij") if word in told] == []
    assert "the amplitude of the steady state" in text(alone)
    assert "gives the amplitude of" in text(pair, "a")
    assert "gives the amplitudes of" in text(pair)


def test_energies_cite_the_step_that_tells_their_fluctuations_or_say_that_there_are_none():
    """Moments that are displayed, and sources of those that are too long to be."""
    warm = chain(1, "nonreciprocal")
    warm = replace(warm, baths=tuple(replace(bath, thermal=positive("n")) for bath in warm.baths))
    triangle = loaded(next(path for path in EXAMPLES if path.stem == "ring"))
    for net, label in ((warm, "moments"), (triangle, "lyapunov"), (chain(1), None)):
        steps = appendix(net).steps
        assert steps[-1].uses == ("amplitudes", label) if label else ("amplitudes",)
        assert label is None or label in [step.label for step in steps]
        coherent = "coherent state, $\\langle a^\\dagger a\\rangle = |\\langle a\\rangle|^2$"
        assert (coherent in steps[-1].because) == (label is None)


def test_energies_are_divided_by_what_their_amplitudes_are_divided_by():
    text = """
    modes.a = {loss = "kappa", drive = "epsilon"}
    modes.b = {loss = "kappa"}
    couplings = [{between = ["a", "b"], strength = "g"}]
    baths = [{rate = "Gamma", jump = {a = "1", b = "1"}, thermal = "sinh(r)**2"}]
    """
    *_, amplitudes, moments, energies = appendix(netfile.loads(text)).steps
    assert isinstance(is_zero(energies.residual), Proved)

    def divisors(step):
        sides = Matrix([part for equation in step.equations for part in Matrix([equation.rhs])])
        return {power.base for power in sides.atoms(Pow) if power.exp.is_negative and power.base.is_Add}

    known = divisors(amplitudes) | {conjugate(e).expand() for e in divisors(amplitudes)}
    assert divisors(energies) <= known | divisors(moments)


def test_squeezing_stays_in_hyperbolic_functions():
    r, net = positive("r"), chain(1, "nonreciprocal")
    squeezed = replace(net, baths=(*net.baths[:-1], replace(net.baths[-1], thermal=sinh(r) ** 2)))
    moments, energies = appendix(squeezed).steps[-2:]
    assert moments.label == "moments"
    for step in (moments, energies):
        assert isinstance(is_zero(step.residual), Proved)
        assert step.equations[0].rhs.has(sinh)
        assert not step.equations[0].rhs.has(exp)


def test_moments_and_their_denominators_stay_in_the_functions_of_weights():
    text = """
    modes.a = {}
    modes.b = {detuning = "Delta"}
    couplings = [{between = ["a", "b"], strength = "J"}]
    baths = [{rate = "Gamma", jump = {a = 1, b = "tanh(r)"}}, {rate = "kappa", jump = {a = 1}, thermal = "n"}]
    symbols = {Delta = "real"}
    """
    derivation = appendix(netfile.loads(text))
    told = {step.label: step for step in derivation.steps}
    for step in (told["denominators"], told["moments"]):
        assert not any(equation.rhs.has(exp) for equation in step.equations)
        assert isinstance(is_zero(step.residual), Proved)
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []


def test_amplitudes_that_are_factored_together_keep_their_functions():
    """Not (1 + e^{2r})² e^{−2r} for 4 cosh² r, where another amplitude is shorter in factors."""
    text = """
    modes.a = {drive = "epsilon"}
    modes.b = {loss = "kappa*cosh(r)**2"}
    couplings = [{between = ["a", "b"], strength = "J*exp(I*phi) + J*sin(theta)*exp(I*(phi - theta))"}]
    symbols = {phi = "real", theta = "real"}
    """
    *_, amplitudes, energies = appendix(netfile.loads(text)).steps
    for step in (amplitudes, energies):
        assert not step.equations[0].rhs.has(exp(2 * positive("r")))
        assert isinstance(is_zero(step.residual), Proved)


@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
def test_every_warm_reservoir_is_one_term_of_the_master_equation(width):
    """κ{(n + 1) D[q] + n D[q†] − m D′[q†] − m* D′[q]} of each, which one column does not break."""
    net = chain(2, "nonreciprocal")
    n, m = positive("n"), Symbol("m")
    warm = [replace(bath, thermal=n, squeezing=m if k else Integer(0)) for k, bath in enumerate(net.baths[:-1])]
    net = replace(net, baths=(*warm, net.baths[-1]))
    derivation = Derivation("Warm", microscopic(net))
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    (master,) = derivation.steps[1].equations
    assert len(master.rhs.terms) == 1 + len(net.baths)
    text = typeset(derivation, Notation(), width)
    assert misprints(derivation, Notation(), text, width=width) == []
    lines = text[text.rindex(r"\frac{d\rho}") : text.rindex(r"\label")].split(r"\notag \\")
    brackets = [(line.count(r"\bigl["), line.count(r"\bigr]")) for line in lines]
    assert sum(begun for begun, _ in brackets) == len(warm)
    assert width != ONE_COLUMN or all(begun == ended for begun, ended in brackets)
    doubled = tuple((2 * c, word) for c, word in master.rhs.terms[1:])
    assert isinstance(is_zero(_master_residual(net, master.rhs.terms[1:])), Proved)
    assert isinstance(is_zero(_master_residual(net, doubled)), Refuted)


@pytest.mark.parametrize("detuning", [0, Symbol("Delta", real=True)])
def test_energies_are_divided_by_the_denominator_that_amplitudes_share(detuning):
    net = chain(3, distinct=True)
    turned = replace(net, modes=tuple(replace(mode, detuning=detuning) for mode in net.modes))
    *_, denominator, amplitudes, energies = appendix(turned).steps
    ((letter, shared),) = ((e.lhs, e.rhs) for e in denominator.equations)
    last = energies.equations[-1].rhs
    assert last.has(letter)
    assert last.count_ops() < shared.count_ops() / 2
    point = {symbol: Integer(k) for k, symbol in enumerate(sorted(shared.free_symbols | last.free_symbols, key=str), 2)}
    value = last.xreplace({letter: shared, conjugate(letter): conjugate(shared)}).xreplace(point)
    eq = langevin(turned)
    exact = eq.drift.xreplace(point).LUsolve(-eq.force.xreplace(point))[-1]
    assert expand(value.doit() - point[Symbol("omega", positive=True)] * exact * conjugate(exact)) == 0
    assert isinstance(is_zero(energies.residual), Proved)


def test_the_energies_of_a_network_of_numbers_are_numbers():
    pair = Drawn({"a": {"loss": "2/3", "drive": "1"}, "b": {"loss": "3/4", "frequency": "0.3"}})
    pair.couplings = [("a", "b", "1/2 - I/3")]
    pair.baths = [{"rate": "1/7", "jump": {"b": "1"}, "thermal": "1/2"}]
    found = [equation.rhs for equation in appendix(netfile.loads(pair.toml())).steps[-1].equations]
    assert all(e.is_Rational for e in found), found
    assert [float(e) for e in found] == pytest.approx(solution(pair, {}, 0)["energies"])


def test_energies_name_the_fluctuations_that_are_too_long_to_be_repeated():
    values = {"kappa_a": 0.7, "kappa_b": 1.1, "Delta": 0.4, "chi": 0.3, "epsilon": 0.9, "n": 0.6}
    pair = Drawn({"a": {"loss": "kappa_a", "drive": "epsilon"}, "b": {"detuning": "Delta"}}, kinds={"Delta": "real"})
    pair.squeezings, pair.values = [("a", "b", "chi")], values
    pair.baths = [{"rate": "kappa_b", "jump": {"b": "1"}, "thermal": "n"}]
    derivation = appendix(netfile.loads(pair.toml()))
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []
    *_, amplitudes, denominators, moments, energies = derivation.steps
    letters = {equation.lhs: equation.rhs for equation in denominators.equations}
    number = moments.equations[0].rhs.xreplace(letters)
    entries = {Symbol(f"N_{k}{k}"): number[k - 1, k - 1] for k in (1, 2)}
    means = {equation.lhs: equation.rhs for equation in amplitudes.equations}
    shown = [equation.rhs.xreplace(letters) for equation in energies.equations]
    assert [e.free_symbols & set(entries) for e in shown] == [{letter} for letter in entries]
    point = {s: values[s.name] for e in (*entries.values(), *means.values()) for s in e.free_symbols}
    found = [complex(e.xreplace(means).doit().xreplace(entries).subs(point)) for e in shown]
    assert found == pytest.approx(solution(pair, values, 0)["energies"])


def test_energies_name_long_fluctuations_where_a_parameter_is_called_as_they_are():
    text = """
    modes.a = {loss = "N_11", drive = "epsilon"}
    modes.b = {detuning = "Delta"}
    baths = [{rate = "kappa_b", jump = {b = "1"}, thermal = "n"}]
    squeezings = [{between = ["a", "b"], strength = "chi"}]
    symbols = {Delta = "real"}
    """
    net, notation = told_apart(netfile.loads(text))
    derivation = appendix(net)
    assert misprints(derivation, notation, body(derivation, notation, "x"), "x") == []
    energies = derivation.steps[-1]
    for k, equation in enumerate(energies.equations, start=1):
        assert Symbol(f"N_{k}{k}") in equation.rhs.free_symbols
    assert isinstance(is_zero(energies.residual), Proved)


def test_wrong_equations_are_refuted_where_they_are_displayed_instead_of_an_answer(monkeypatch):
    """No solution is at hand that could disagree: what is displayed is held against normal ordering."""
    net = chain(3, distinct=True)
    hot = replace(net, baths=tuple(replace(b, thermal=positive(f"n_{k}")) for k, b in enumerate(net.baths)))
    dense = complete(5, "general", distinct=True)
    for whole, wrong, label in ((hot, "noise", "lyapunov"), (dense, "force", "amplitudes")):
        eq = langevin(whole)
        for factor, verdict in ((1, Proved), (2, Refuted)):
            changed = replace(eq, **{wrong: factor * getattr(eq, wrong)})
            monkeypatch.setattr("derive.appendix.langevin", lambda _, changed=changed: changed)
            shown = next(step for step in appendix(whole).steps if step.label == label)
            assert isinstance(is_zero(shown.residual), verdict)


@pytest.mark.parametrize("letter", "NM")
def test_moments_of_another_network_are_refuted(letter):
    net = chain(1, distinct=True)

    def warm(*occupations):
        baths = (replace(b, thermal=n, squeezing=n) for b, n in zip(net.baths, occupations, strict=True))
        return langevin(replace(net, baths=tuple(baths)))

    eq, other = warm(positive("n_0"), positive("n_1")), warm(1, 2)
    state = steady_state(eq)
    known = (state.number, None) if letter == "N" else (None, state.anomalous)
    for equations, verdict in ((eq, Proved), (other, Refuted)):
        (step,) = moments(equations, *known)
        assert [equation.lhs.name for equation in step.equations] == [letter]
        assert isinstance(is_zero(step.residual), verdict)


def test_an_optimum_that_is_none_is_refuted():
    kappa, gamma = positive("kappa"), GAMMA
    energy = gamma**2 / (gamma + kappa) ** 4
    right = maximum(energy, gamma)
    assert right.point == kappa
    for found, slope, best in (
        (right, Proved, Proved),
        (replace(right, point=2 * kappa), Proved, Refuted),
        (replace(right, point=2 * kappa, factor=gamma - 2 * kappa), Proved, Refuted),
        (replace(right, slope=2 * right.slope), Refuted, Proved),
    ):
        steps = turning(energy, gamma, found, "J_op", ())
        for step, verdict in zip(steps, (slope, best), strict=True):
            assert isinstance(is_zero(step.residual), verdict)


@given(networks(max_modes=3))
@settings(QUICK, max_examples=6, phases=[Phase.generate])  # shrinking would parse LaTeX for an hour
def test_every_displayed_equation_of_a_random_network_reads_back(net):
    # A letter that is a mode and a parameter at once cannot be told apart on paper.
    assume(not set(net.names) & {symbol.name for symbol in net.symbols})
    derivation = Derivation("A network", (*microscopic(net), *motion(net, langevin(net))))
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []


def test_a_misprint_is_noticed():
    story = STORIES["cascaded"]
    derivation = argued(story)
    text = body(derivation, story.notation, story.key)
    wrong = text.replace(r"\Lambda_0^2 \Lambda_1^2", r"\Lambda_0^2 \Lambda_1^3", 1)
    assert wrong != text
    assert misprints(derivation, story.notation, wrong, story.key)


def test_a_formula_for_every_size_is_refuted_if_it_is_wrong():
    n = Symbol("N", positive=True, integer=True)
    gamma, kappa, epsilon, omega = (positive(x) for x in ("Gamma", "kappa", "epsilon", "omega"))
    right = (
        4 ** (n + 1)
        * omega
        * epsilon**2
        * gamma ** (2 * n)
        / ((gamma + kappa) ** 4 * (2 * gamma + kappa) ** (2 * n - 2))
    )
    state = closed_form(families.chain(scheme="nonreciprocal"))
    for formula, verdict in (
        (right, Proved),
        (right.subs(n, n + 1), Refuted),
        (right * (2 * gamma + kappa) / gamma, Refuted),
    ):
        step = stored(state, "E_N", formula, "Each stores", ())
        assert isinstance(is_zero(step.residual), verdict)


def test_a_wrong_drift_matrix_is_refuted():
    net, wrong = chain(2, distinct=True), chain(2, "nonreciprocal", distinct=True)
    for steps, verdict in ((motion(net, langevin(net)), Proved), (motion(net, langevin(wrong)), Refuted)):
        assert all(isinstance(is_zero(step.residual), verdict) for step in steps)


def test_amplitudes_of_another_network_are_refuted():
    eq, other = langevin(chain(2)), langevin(chain(2, "nonreciprocal"))
    assert isinstance(is_zero(steady_steps(eq, steady_state(eq), eq.modes)[0].residual), Proved)
    assert isinstance(is_zero(steady_steps(eq, steady_state(other), eq.modes)[0].residual), Refuted)


def test_a_master_equation_is_said_to_come_of_the_kinds_of_baths_that_the_network_has():
    both, gain = chain(1, "nonreciprocal"), Bath((), positive("G"), gain=(("a", Integer(1)),))
    for baths, said in (
        (both.baths, "Every local loss and every shared reservoir contributes"),
        (chain(1).baths, "Every local loss contributes"),
        ((*both.baths, gain), "Every local gain, every local loss, and every shared reservoir contributes"),
        ((gain,), "Every local gain contributes"),
        (tuple(bath for bath in both.baths if len(bath.legs) > 1), "Every shared reservoir contributes"),
        ((), "Without losses the density matrix"),
    ):
        assert microscopic(replace(both, baths=baths))[1].because.startswith(said)


def test_a_hamiltonian_of_another_network_is_refuted():
    (hamiltonian, _), (other, _) = microscopic(chain(2)), microscopic(chain(2, distinct=True))
    assert isinstance(is_zero(hamiltonian.residual), Proved)
    assert hamiltonian.equations != other.equations


def test_elimination_is_displayed_with_its_commuting_square():
    steps = following(aharonov_bohm_chain(1), ("a_1",))
    assert all(isinstance(is_zero(step.residual), Proved) for step in steps)
    wrong = Matrix(steps[1].equations[0].rhs)
    wrong[0, 0] *= 2
    assert isinstance(is_zero(wrong - steps[1].equations[0].rhs), Refuted)


def test_a_large_network_displays_its_system_instead_of_a_page_of_terms():
    net = complete(5, "general", distinct=True)
    last = appendix(net).steps[-1]
    assert last.label == "amplitudes"
    assert "fills more than a page" in last.because
    assert [equation.rhs for equation in last.equations] == list(-langevin(net).force)
    assert all(isinstance(equation, Equation) for equation in last.equations)


@pytest.mark.parametrize(
    "net",
    [chain(7, distinct=True), chain(29, distinct=True), tree(2, 3, distinct=True), chain(5, "general", distinct=True)],
    ids=["short chain", "chain", "tree", "general chain"],
)
def test_a_long_steady_state_is_told_by_the_determinants_of_its_branches(net):
    """Each row needs few definitions to vanish, so that a chain of 30 modes, 10⁶ terms, is proved at once.

    One of 8 modes has 88 terms, few enough to be solved for and too many to be read.
    """
    derivation = appendix(net, net.names[:3])
    assert [step.label for step in derivation.steps][-3:] == ["letters", "amplitudes", "energies"]
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    short = Derivation("The end", tuple(replace(step, uses=()) for step in derivation.steps[-3:]))
    assert misprints(short, Notation(), body(short, Notation(), "x"), "x") == []


def test_determinants_of_other_branches_are_refuted():
    eq = langevin(chain(6, distinct=True))
    state = steady_state(eq, 0)
    assert state.in_factors
    assert isinstance(is_zero(steady_state_residual(eq, state)), Proved)
    (letter, definition), *others = state.where
    for wrong in (
        replace(state, where=((letter, 2 * definition), *others)),
        replace(state, mean=ImmutableMatrix([2 * state.mean[0], *state.mean[1:]])),
    ):
        assert isinstance(is_zero(steady_state_residual(eq, wrong)), Refuted)


def test_a_long_denominator_that_amplitudes_share_is_written_once():
    net = chain(2, "general", distinct=True)
    derivation = appendix(net)
    *_, denominator, amplitudes, _ = derivation.steps
    assert [step.label for step in (denominator, amplitudes)] == ["denominator", "amplitudes"]
    (shared,) = denominator.equations
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    assert misprints(derivation, Notation(), body(derivation, Notation(), "x"), "x") == []
    state = steady_state(langevin(net))
    for equation, value in zip(amplitudes.equations, state.mean, strict=True):
        assert equation.rhs.has(shared.lhs)
        found = is_zero(equation.rhs.subs(shared.lhs, shared.rhs) - value)
        assert isinstance(found, Proved)
        (pole,) = found.provided  # the denominator itself, up to a phase
        assert canonical(pole / shared.rhs).free_symbols <= {Symbol(f"theta_{k}", real=True) for k in (1, 2)}
    wrong = {shared.lhs: 2 * shared.rhs}
    assert isinstance(is_zero(Matrix([e.rhs.subs(wrong) for e in amplitudes.equations]) - state.mean), Refuted)
    # one mode alone, or a product of short factors, stays as it is
    assert [step.label for step in appendix(net, ("b_1",)).steps][-2] == "amplitudes"
    assert "denominator" not in [step.label for step in appendix(chain(3, "nonreciprocal")).steps]


def test_a_shorter_denominator_is_written_once_where_more_amplitudes_share_it():
    for batteries, labels in ((1, ["drift", "amplitudes", "energies"]), (3, ["denominator", "amplitudes", "energies"])):
        net = chain(batteries)
        modes = tuple(replace(mode, detuning=Symbol("Delta", real=True)) for mode in net.modes)
        derivation = appendix(replace(net, modes=modes))
        assert [step.label for step in derivation.steps][-3:] == labels
        assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())


def test_modes_restrict_what_is_displayed():
    names = [eq.lhs.name for eq in appendix(chain(3), ("b_3",)).steps[-1].equations]
    assert names == ["E_b_3"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [47_000, 24_600], ids=["one column", "two columns"])
@every_story
def test_nothing_overflows_the_column(story, width):
    from derive.latex import typeset

    options = "onecolumn" if width > 40_000 else "twocolumn"
    text = (
        f"\\documentclass[aps,pra,{options}]{{revtex4-2}}\\usepackage{{amsmath,amssymb}}\\begin{{document}}"
        f"{typeset(story.derivation(), story.notation, width, story.key)}\\end{{document}}"
    )
    assert compile_pdf(text).overfull == ()
