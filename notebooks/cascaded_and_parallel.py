# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Cascaded and parallel networks of quantum batteries
#
# A driven mode, the *charger*, feeds $N$ other modes, the *batteries*. They stand in series, each
# charging the next (*cascaded*), or side by side, all charged at once (*parallel*). How much energy
# arrives, at which coupling, and does it help if energy can only flow forward?
#
# Two papers answer: B.-B. Liu *et al.*, "Connection-topology-dependent energy transport and ergotropy
# in quantum battery networks with reciprocal and nonreciprocal couplings" (2026), and H.-W. Zhao
# *et al.*, "Enhanced charging in multi-battery systems by nonreciprocity", Phys. Rev. A **112**, 022214
# (2025). Below, every formula in a display comes out of the engine, which has proved it; every energy
# comes out of the emitted NumPy modules; and what the text says of them is asserted in the code. Where
# a paper's sentence needs a condition, the condition is stated.

# %%
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Latex, display

from derive import aharonov_bohm_chain, aharonov_bohm_star, chain, star
from derive.display import in_letters, table
from derive.latex import displays
from derive.modules.arguments import uniform
from derive.stories import STORIES
from generated import (
    cascaded,
    parallel,
    reciprocal_chain,
    reciprocal_star,
    triangles_cascaded,
)

in_letters(STORIES["cascaded"].notation)  # of Liu et al.

# %% [markdown]
# ## The picture
#
# Circles are modes, all of frequency $\omega$; the orange one is driven. A line is a coherent coupling,
# a rounded box a reservoir that two modes share, a wavy arrow the loss of one mode. First the chain,
# then the star.

# %%
chain(3, "general", distinct=True)

# %%
star(3, "general", distinct=True)

# %% [markdown]
# For two batteries in series this picture means

# %%
FORMULAS = {
    key: displays(STORIES[key].derivation(), STORIES[key].notation)
    for key in ("cascaded", "parallel", "reciprocal_chain", "reciprocal_star", "triangles_cascaded")
}


def show(story, label, tag=""):
    """One display of a story, with the number that the paper gives it."""
    number = rf" \tag{{{tag}}}" if tag else ""
    display(Latex(f"$${FORMULAS[story][label]}{number}$$"))


show("cascaded", "hamiltonian", "Liu 1")
show("cascaded", "master", "Liu 2")

# %% [markdown]
# with $\mathcal{D}[q]\rho = q\rho q^\dagger - \frac12\{q^\dagger q, \rho\}$. Everything is linear, so
# that the amplitudes obey closed equations $d\langle a\rangle/dt = W\langle a\rangle + f$. In a vacuum
# the drift matrix $W$ and the force $f$ are all that matters: the modes stay in coherent states and
# store $E = \omega|\langle a\rangle|^2$.

# %%
show("cascaded", "letters")
show("cascaded", "drift")

# %% [markdown]
# Each link brings the product $\mu_k = p^*_{k-1}p_k$ of the weights with which its modes leak into the
# shared reservoir. (Liu *et al.* print $\mu_1 = p_a p_{b_1}$ in the main text; their appendix has the
# conjugate, which is right.)
#
# ## What isolation means
#
# The entry $W_{jk}$ tells how mode $k$ drives mode $j$. A coherent coupling drives both ways; so does a
# shared reservoir; but the two interfere, and the interference depends on the direction. It is
# destructive for the way back if

# %%
show("cascaded", "isolation")

# %% [markdown]
# for example at $\theta_k = \pi/2$, $\mu_k = 1$, $J_k = \Gamma_k/2$. Then nothing flows back, and $W$ is
# triangular:

# %%
show("cascaded", "lower-drift")
chain(3, "nonreciprocal")

# %% [markdown]
# No mode notices what comes after it. To see it, make the last of two batteries ten times as lossy and
# watch the others. Shorter chains are the long emitted module with the later links switched off.


# %%
PAPER = {"kappa": 0.003, "epsilon": 0.01, "omega": 1}  # Liu et al.: in units of ω


def directed(module, N, J, **more):
    """Energies of a, b_1, b_2, … in a nonreciprocal network, Γ = 2J."""
    value = {**PAPER, "Gamma": 2 * J, "p": 1, **more}
    return module.energies(**uniform(module.PARAMETERS, value, ("Gamma",), N))


def plain(module, N, J, **more):
    """Energies of a, b_1, b_2, … in a reciprocal network."""
    return module.energies(**uniform(module.PARAMETERS, {**PAPER, "J": J, **more}, ("J",), N))


J, rows = 0.0015, []
for name, energies, module in (
    ("nonreciprocal", directed, cascaded),
    ("reciprocal", plain, reciprocal_chain),
):
    before, after = energies(module, 2, J), energies(module, 2, J, kappa_2=0.03)
    assert np.array_equal(before[:2], after[:2]) == (name == "nonreciprocal")
    for k, mode in enumerate(("a", "b_1", "b_2")):
        rows.append((name, f"$E_{{{mode}}}/\\omega$", before[k], after[k]))
head = [r"chain, $J = \kappa/2$", "", r"$\kappa_2 = \kappa$", r"$\kappa_2 = 10\,\kappa$"]
table(head, rows)

# %% [markdown]
# In the nonreciprocal chain the charger and the first battery do not change by a single bit. The price
# stands on the diagonal of $W$: every reservoir also damps the two modes that it joins, so that an inner
# battery decays at $\Lambda = 2\Gamma + \kappa$.
#
# ## Steady state and optimal coupling
#
# A triangular system is solved from the top. In the chain each battery multiplies the amplitude by
# $-2\mu_k^*\Gamma_k/\Lambda_k$,

# %%
show("cascaded", "energies", "Liu 4")

# %% [markdown]
# and in the star all batteries tap the same charger, whose rate $\Lambda_0$ sums over *all* of them:

# %%
show("parallel", "letters")
show("parallel", "energies", "Liu 8")

# %% [markdown]
# (The paper's Eq. (8) prints $\Lambda_1$ where $\Lambda_0$ belongs, and the sum in its $\Lambda_0$ ends
# at $n$ instead of $N$. In Eq. (4), $\Lambda_n = \Gamma_n|p_{b_n}|^2 + \kappa_{b_n}$ holds for the last
# battery only.) With equal rates, $\mu_k = 1$ and $\Gamma = 2J$, the last battery of the chain and each
# battery of the star store

# %%
show("cascaded", "uniform", "Liu 5")
show("parallel", "uniform", "Liu 9")

# %% [markdown]
# Too small a coupling does not carry the energy on, too large a one loses it in the reservoirs. Between
# them there is exactly one optimum:

# %%
show("cascaded", "optimum", "Liu 10, chain")
show("parallel", "optimum", "Liu 10, star")

# %% [markdown]
# How energies and optimum depend on $N$, Liu Figs. 1 and 3 and Zhao Figs. 2 and 3, are in the notebook on
# [any number of batteries](any_number.ipynb). Here the formulas are held against the networks:

# %%
kappa = PAPER["kappa"]
unit = PAPER["omega"] * (PAPER["epsilon"] / kappa) ** 2


def best(module, n):
    """The optimal coupling of a nonreciprocal network and the energy stored there."""
    J = module.optimal_coupling(N=n, kappa=kappa)
    return J, module.terminal_energy(N=n, Gamma=2 * J, **PAPER)


head = ["$N$", r"chain: $J_\mathrm{op}/\omega$", r"$E_N/\omega$"]
head += [r"star: $J_\mathrm{op}/\omega$", r"$E_N/\omega$"]
table(head, [(n, *best(cascaded, n), *best(parallel, n)) for n in range(1, 7)])

for n in range(1, 7):
    for module in (cascaded, parallel):
        J_op, E = best(module, n)  # by the formulas in N, and by the network:
        assert np.isclose(directed(module, n, J_op)[n], E, rtol=1e-12)
        assert (directed(module, n, J_op * np.array([0.99, 1.01]))[n] < E).all()

# %% [markdown]
# ## Reciprocal networks: odd and even chains
#
# Without reservoirs, $H = \sum J\,a^\dagger b + \mathrm{h.c.}$ lets energy return, and waves interfere. With
# $\kappa = 4J\sinh\eta$ the last battery of a chain of $N$ then stores, for even and for odd $N$,

# %%
show("reciprocal_chain", "parity", "Liu 11, 12")

# %% [markdown]
# For odd $N$ a strong coupling splits the modes away from
# the drive, and the energy falls again. For even $N$ the chain of $N + 1$ sites keeps one mode at the
# frequency of the drive, and the energy saturates at $\omega\,[4\epsilon/((N+2)\kappa)]^2$. In the star
# every battery stores, at any $N$,

# %%
show("reciprocal_star", "uniform", r"Liu 13 with $\Gamma = 2J$")

# %% [markdown]
# (The paper prints $4\Gamma^2$ for $16J^2$, which is the same only if $\Gamma$ is read as $2J$; a
# reciprocal network has no $\Gamma$.)

# %%
for n in (2, 4, 6):
    saturated = plain(reciprocal_chain, n, 1e6 * kappa)[n]
    assert np.isclose(saturated, (4 / (n + 2)) ** 2 * unit)
rows = []
for n in range(1, 7):
    J_op, E = best(parallel, n)
    mutual = plain(reciprocal_star, n, J_op)[n]
    assert np.isclose(mutual, unit / n)
    assert np.isclose(E / mutual, 16 * n / (1 + np.sqrt(n)) ** 4)
    rows.append((n, E, mutual, n * E / unit, n * mutual / unit))
head = ["$N$", r"nonreciprocal star $E_N/\omega$", r"reciprocal $E_N/\omega$"]
head += ["nonreciprocal $N E_N/E_1$", "reciprocal $N E_N/E_1$"]
table(head, rows)

# %% [markdown]
# Both stars have their optimum at $\kappa/(2\sqrt N)$. There the reciprocal one shares
# $E_1 = \omega(\epsilon/\kappa)^2$ among its batteries without loss, $E_N = E_1/N$, and the nonreciprocal one
# holds only $16N/(1+\sqrt N)^4$ of that.

# %% [markdown]
# ## Reservoirs made of lossy modes
#
# Where would a shared reservoir come from? Zhao *et al.* put a lossy mode $a_k$ beside every link and
# give the direct coupling $g_b$ a phase: an Aharonov–Bohm triangle. One of them, two in series and two side by
# side (their Fig. 1):

# %%
in_letters(STORIES["triangles_cascaded"].notation)
aharonov_bohm_chain(1)

# %%
aharonov_bohm_chain(2)

# %%
aharonov_bohm_star(2)

# %%
show("triangles_cascaded", "hamiltonian", "Zhao 1")

# %% [markdown]
# When the modes $a_k$ follow the others adiabatically, each leaves behind a reservoir shared by its
# neighbours,

# %%
show("triangles_cascaded", "eliminated")

# %% [markdown]
# For $\theta_k = -\pi/2$ and $g_1 g_2 = g_b\Gamma/2$ the ways back cancel. With
# $g_1 = g_2 = \sqrt{g_b\Gamma/2}$ the drift matrix and the energy of the last battery become

# %%
show("triangles_cascaded", "isolated-drift")
show("triangles_cascaded", "uniform", "Zhao 3")

# %% [markdown]
# which no longer know the rate $\Gamma$ of the lossy modes. This is Liu's chain in other letters:
# $\Gamma_\mathrm{Liu} = 2g_b$, $\kappa = \gamma$, $\epsilon = \xi$. And it is no approximation here: in
# the steady state a lossy mode stands still, however slow it is, so that the full network with all its
# modes gives (3) to the last digits.

# %%
GAMMA = 0.1  # Zhao et al., in units of ω: Γ = γ_c = γ_b = 0.1, ξ = 1
DRIVEN = {"gamma": GAMMA, "omega": 1, "xi": 1}


def keywords(N, x, theta, share=1.0, loss=GAMMA):
    """Triangles with g_b = x γ, g_1 = g_2 = share √(g_b Γ/2) and one phase."""
    g = share * np.sqrt(x * GAMMA * loss / 2)
    links = {"g_b": x * GAMMA, "g_1": g, "g_2": g}
    return uniform(triangles_cascaded.PARAMETERS, {**links, **DRIVEN, "theta": theta, "Gamma": loss}, links, N)


def stored(N, x, theta, **more):
    """E_N of the full network, lossy modes and all."""
    return triangles_cascaded.energies(**keywords(N, x, theta, **more))[N]


def nonreciprocal(N, x):
    """θ_k = −π/2."""
    return stored(N, x, -np.pi / 2)


def case_1(N, x):
    """Reciprocal case I: no lossy modes."""
    return stored(N, x, 0, share=0)


def reciprocal(N, x):
    """Case I for up to twelve batteries, from Liu's reciprocal chain."""
    return plain(reciprocal_chain, N, x * GAMMA, kappa=GAMMA, epsilon=1)[N]


x = np.geomspace(1e-3, 10, 50)
for n in range(1, 5):
    formula = triangles_cascaded.terminal_energy(N=n, g_b=x * GAMMA, **DRIVEN)
    assert np.allclose(nonreciprocal(n, x), formula, rtol=1e-12)
    assert np.allclose(stored(n, x, -np.pi / 2, loss=1e-3 * GAMMA), formula, rtol=1e-9)
    liu = {"Gamma": 2 * x * GAMMA, "kappa": GAMMA, "epsilon": 1, "omega": 1}
    assert np.allclose(cascaded.terminal_energy(N=n, **liu), formula, rtol=1e-12)
    assert np.allclose(case_1(n, x), reciprocal(n, x), rtol=1e-12)

# %% [markdown]
# ### One triangle
#
# What one triangle of Zhao *et al.* carries forward and back, $|W_\mathrm{eff}|$ between the charger $c$ and the
# battery $b_1$ at $g_b/\gamma = 0.1$, against its phase. It is one-way at $-\pi/2$, directed for
# $-\pi < \theta < 0$, and reciprocal at the ends of this interval (the paper's "$\theta \in \{-\pi, 0\}$" must be
# read as the interval).

# %%
# Okabe and Ito's colours, each with a dash: told apart by any eye.
NONRECIPROCAL = {"color": "#0072B2", "linestyle": "-"}
RECIPROCAL = {"color": "#D55E00", "linestyle": "--"}
plt.style.use("derive.templates.figures")
theta, x = np.linspace(-np.pi, np.pi, 121), 0.1
W = triangles_cascaded.drift_matrix(**keywords(1, x, theta))
s, a = triangles_cascaded.MODES.index("c"), triangles_cascaded.MODES.index("a_1")
W_eff = W[:2, :2] - W[:2, None, a] * W[None, a, :2] / W[a, a]
back, forward = np.abs(W_eff[0, 1]) / (x * GAMMA), np.abs(W_eff[1, 0]) / (x * GAMMA)

figure, ax = plt.subplots(figsize=(4.4, 3.0))
ax.plot(theta, forward, **NONRECIPROCAL, label=r"$c \to b_1$")
ax.plot(theta, back, **RECIPROCAL, label=r"$b_1 \to c$")
ax.set(xlabel=r"$\theta_1$", xlim=(-np.pi, np.pi), ylim=(0, 2.7), ylabel=r"$|W_{\mathrm{eff}}|/g_b$")
ax.set_xticks(np.pi * np.arange(-1, 1.5, 0.5), [r"$-\pi$", r"$-\pi/2$", "0", r"$\pi/2$", r"$\pi$"])
key = ax.legend(loc="upper center", ncols=2, columnspacing=1.2, handlelength=1.8)

# %%
assert ((forward > back * (1 + 1e-9)) == (np.sin(theta) < -1e-9)).all()
assert back.min() < 1e-12
assert np.isclose(forward.max(), 2)
at = [np.abs(theta - phase).argmin() for phase in (-np.pi, -np.pi / 2, 0, np.pi / 2)]
phases = [r"$-\pi$", r"$-\pi/2$", "0", r"$\pi/2$"]
rows = [(p, round(forward[k], 12), round(back[k], 12)) for p, k in zip(phases, at, strict=True)]
table((r"$\theta_1$", r"$c \to b_1$", r"$b_1 \to c$"), rows)

# %% [markdown]
# ### What $\sqrt{g_b\Gamma/2}$ does
#
# The paper says that $g_1 = g_2 = \sqrt{g_b\Gamma/2}$ *optimizes* the energy of the last battery. It does
# not: it is the condition of isolation. At fixed weak $g_b$ the energy goes on growing with $g = g_1 = g_2$.
# At last a strongly coupled lossy mode pins its neighbours to opposite amplitudes: a dark state, which
# stores $\omega\,[2\xi/((N+1)\gamma)]^2$ and is anything but isolated.

# %%
rows, shares = [], (1, 2, 5, 20, 500)
for n in (1, 2, 3):
    E = [stored(n, 0.1, -np.pi / 2, share=share) for share in shares]
    dark = (2 / ((n + 1) * GAMMA)) ** 2
    assert (np.diff(E) > 0).all()
    assert np.isclose(E[-1], dark, rtol=1e-3)
    rows.append((n, *E, dark))
head = [rf"$\times\,{share}$" for share in shares]
table((r"$N$; $g = \sqrt{g_b\Gamma/2}$", *head, "dark state"), rows)

# %% [markdown]
# The table has $E_N/\omega$ at $g_b/\gamma = 0.1$. With $g_b$ free as well, isolation is worth its price:
# from two batteries on it stores more at $g_b^\mathrm{opt}$ than the dark state ever does.

# %%
n = np.arange(1, 1001)
g_b = triangles_cascaded.optimal_coupling(N=n, gamma=GAMMA)
isolated = triangles_cascaded.terminal_energy(N=n, g_b=g_b, **DRIVEN)
dark = (2 / ((n + 1) * GAMMA)) ** 2
assert (isolated[1:] > dark[1:]).all()
head = ("$N$", r"$E_N/\omega$, isolated at $g_b^\mathrm{opt}$", "dark state")
table(head, [(k, isolated[k - 1], dark[k - 1]) for k in (1, 2, 3, 10)])
