"""What a paper prints, read off a network, and the dictionary between two papers."""

import pytest
from sympy import Add, I, Integer, Mul, Symbol, conjugate, exp, pi, sqrt

from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    positive,
    real,
    ring,
    star,
)
from derive.derivation import mean
from derive.eliminate import eliminate
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, loss
from derive.reading import NotAlike, coherent, dictionary, hamiltonian, motion, ordered

g_b, g_1, g_2, Γ = (positive(name) for name in ("g_b", "g_1", "g_2", "Gamma"))


def same_equations(known, other, book):
    ours, theirs = langevin(known), langevin(other.subs(book))
    return is_zero((ours.drift - theirs.drift).row_join(ours.force - theirs.force))


@pytest.mark.parametrize("net", [
    chain(3, "general", distinct=True), star(3, "general", distinct=True), complete(2),
    ring(3, "nonreciprocal", distinct=True), aharonov_bohm_chain(2, distinct=True),
], ids=lambda net: net.title)  # fmt: skip
def test_hamiltonian_is_the_one_that_was_drawn_whatever_the_reservoirs_do(net):
    drawn = Add(
        *(c.strength * conjugate(mean(c.a)) * mean(c.b) for c in net.couplings),
        *(d.amplitude * conjugate(mean(d.mode)) for d in net.drives),
    )
    drawn += conjugate(drawn)
    assert isinstance(is_zero(hamiltonian(net) - drawn), Proved)
    assert isinstance(is_zero(hamiltonian(net, drives=False) - drawn), Refuted)


def test_detunings_stand_on_the_diagonal_of_the_hamiltonian():
    net = Network((Mode("a", real("Delta")), Mode("b")), (Coupling("a", "b", Symbol("J")),), (), (loss("a", 1),))
    h = coherent(net)
    assert (h[0, 0], h[1, 1], h[0, 1]) == (real("Delta"), 0, Symbol("J"))
    assert h[1, 0] == conjugate(Symbol("J"))


def test_a_driven_damped_mode_moves_as_its_equation_says():
    net = Network((Mode("a"),), (), (Drive("a", positive("epsilon")),), (loss("a", positive("kappa")),))
    (rate,) = motion(net)
    assert isinstance(is_zero(rate + positive("kappa") / 2 * mean("a") + I * positive("epsilon")), Proved)


@pytest.mark.parametrize("net", [
    chain(3, "general", distinct=True), star(3, "general", distinct=True), aharonov_bohm_chain(2, distinct=True),
    Network((Mode("a", real("Delta")), Mode("b")), (Coupling("b", "a", Symbol("J")),), (Drive("b", I),)),
], ids=lambda net: net.title)  # fmt: skip
def test_a_hamiltonian_is_told_by_operators_that_have_its_symbol(net):
    found = ordered(hamiltonian(net), net.names)
    letters = {f"{name}{dagger}": of(mean(name)) for name in net.names for dagger, of in (("", Add), ("†", conjugate))}
    own, half = (
        Add(*(c * Mul(*(letters[letter] for letter in word)) for c, word in terms))
        for terms in (found.terms, found.adjoint)
    )
    assert isinstance(is_zero(own + half + conjugate(half) - hamiltonian(net)), Proved)
    assert all("†" in word[0] and "†" not in "".join(word[1:]) for _, word in found.terms + found.adjoint)
    assert len(found.adjoint) == len(net.couplings) + len(net.drives)


@pytest.mark.parametrize("power", [mean("a") ** 2, mean("a") * mean("b"), Integer(1), mean("c")])
def test_what_is_no_coupling_is_not_told_by_operators(power):
    with pytest.raises(NotAlike, match="A term of H is linear"):
        ordered(power + conjugate(power), ("a", "b"))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_triangles_become_shared_reservoirs_with_a_dictionary_that_is_found(size):
    net = aharonov_bohm_chain(size, distinct=True)
    reduced = eliminate(net, *(name for name in net.names if name.startswith("a_")))
    theirs = chain(size, "general", distinct=True).subs({Symbol("p_a"): 1})
    book = dictionary(reduced, theirs)
    assert set(book) == set(theirs.symbols)
    assert book[positive("Gamma_1")] == 4 * positive("g_1_1") ** 2 / positive("Gamma_1")
    assert book[Symbol("p_1")] == positive("g_2_1") / positive("g_1_1")
    assert (book[positive("J_1")], book[real("theta_1")]) == (positive("g_b_1"), -real("theta_1"))
    assert isinstance(same_equations(reduced, theirs, book), Proved)
    assert isinstance(same_equations(reduced, theirs, {**book, Symbol("p_1"): 2 * book[Symbol("p_1")]}), Refuted)


def test_without_balance_there_is_no_dictionary_into_equal_weights():
    """Liu's p = 1 needs g_1 = g_2: the letters that are found contradict each other."""
    reduced, theirs = eliminate(aharonov_bohm_chain(1), "a_1"), chain(1, "general")
    assert isinstance(same_equations(reduced, theirs, dictionary(reduced, theirs)), Refuted)
    balanced = eliminate(aharonov_bohm_chain(1).subs({g_2: g_1}), "a_1")
    assert isinstance(same_equations(balanced, theirs, dictionary(balanced, theirs)), Proved)


def test_isolation_is_what_makes_the_triangles_nonreciprocal():
    tuned = {g_1: sqrt(g_b * Γ / 2), g_2: sqrt(g_b * Γ / 2), real("theta_1"): -pi / 2}
    theirs = chain(1, "nonreciprocal")
    reduced = eliminate(aharonov_bohm_chain(1).subs(tuned), "a_1")
    book = dictionary(reduced, theirs)
    assert (book[Γ], book[positive("kappa")], book[positive("epsilon")]) == (
        2 * g_b,
        positive("gamma"),
        positive("xi"),
    )
    assert isinstance(same_equations(reduced, theirs, book), Proved)
    wrong = eliminate(aharonov_bohm_chain(1).subs({**tuned, g_1: 2 * tuned[g_1]}), "a_1")
    assert isinstance(same_equations(wrong, theirs, dictionary(wrong, theirs)), Refuted)


def test_a_phase_that_is_no_exponential_stays_an_argument():
    z = Symbol("z")
    known = Network((Mode("a"), Mode("b")), (Coupling("a", "b", z),), (), (loss("a", 1),))
    other = Network(
        (Mode("a"), Mode("b")),
        (Coupling("a", "b", positive("J") * exp(I * real("theta"))),),
        (),
        (loss("a", 1),),
    )
    book = dictionary(known, other)
    assert isinstance(is_zero(book[positive("J")] ** 2 - z * conjugate(z)), Proved)
    assert complex(exp(I * book[real("theta")]).subs(z, 3 + 4 * I)) == pytest.approx(0.6 + 0.8j)


def test_a_strength_is_read_off_up_to_its_factor_and_only_where_it_stands_alone():
    def pair(strength):
        return Network((Mode("a"), Mode("b")), (Coupling("a", "b", strength),), (), (loss("a", 1),))

    J, theta, g, phi = positive("J"), real("theta"), positive("g"), real("phi")
    assert dictionary(pair(g * exp(I * phi)), pair(3 * J * exp(I * theta))) == {J: g / 3, theta: phi}
    assert dictionary(pair(g * exp(I * phi)), pair(J**2 * exp(I * theta))) == {}
    assert dictionary(pair(g), pair(J**2)) == {}


@pytest.mark.parametrize("other", [chain(2), chain(1, "nonreciprocal"), star(3)], ids=lambda net: net.title)
def test_networks_of_other_shape_have_no_dictionary(other):
    with pytest.raises(NotAlike, match="reservoirs on the same of them, but those of a, b_1 and of"):
        dictionary(chain(1), other)


def test_reservoirs_that_create_have_no_dictionary():
    gain = Bath((), 1, gain=(("a", 1),))
    with pytest.raises(NotAlike, match="gain legs"):
        dictionary(Network((Mode("a"),), baths=(gain,)), Network((Mode("a"),), baths=(gain,)))


def test_the_star_of_triangles_is_liu_s_star():
    net = aharonov_bohm_star(3).subs({g_1: sqrt(g_b * Γ / 2), g_2: sqrt(g_b * Γ / 2)})
    net = net.subs({real(f"theta_{k}"): -pi / 2 for k in (1, 2, 3)})
    reduced, theirs = eliminate(net, "a_1", "a_2", "a_3"), star(3, "nonreciprocal")
    assert isinstance(same_equations(reduced, theirs, dictionary(reduced, theirs)), Proved)
