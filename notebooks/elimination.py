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
# # Shared reservoirs from lossy modes
#
# The master equations of Liu *et al.* (2026) and of Zhao *et al.* (2025) let energy flow one way only. They
# owe this to reservoirs that two modes share, and such a reservoir is a lossy mode that somebody has
# eliminated. How good is that? What does the lossy mode do meanwhile? Over which range of frequencies is
# the network nonreciprocal, and how exactly must it be tuned?
#
# Every formula in a display comes out of the engine, which has proved it; every number comes out of the
# emitted NumPy modules or is computed beside them; and what the text says of the numbers is asserted in
# the code.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Latex, display
from sympy import I, Integer, Rational, pi, sqrt, symbols

from derive import (
    corrections,
    elimination_bound,
    isolation,
    langevin,
    leakage,
    loops,
    mediated_chain,
    steady_state,
)
from derive.display import in_letters, table
from derive.eliminate import eliminate
from derive.latex import displays
from derive.stories import STORIES
from generated import cascaded, elimination, triangles_cascaded

STORY = STORIES["elimination"]

# %% [markdown]
# ## The network
#
# Two modes, coupled directly with a phase, and a lossy one beside the link that couples to both.

# %%
in_letters(STORY.notation)
mediated_chain(1)

# %%
FORMULAS = displays(STORY.derivation(), STORY.notation)


def show(label):
    """One display of the story."""
    display(Latex(f"$${FORMULAS[label]}$$"))


show("hamiltonian")
show("master")

# %% [markdown]
# If $c_1$ follows the others, its loss becomes one that they share,

# %%
show("eliminated")

# %% [markdown]
# which is Eq. (2) of Liu *et al.* with the weights $p = 2ig/\Gamma$. The lossy mode has not gone: its
# amplitude is

# %%
show("recovered")

# %% [markdown]
# ## What is exact, and what is not
#
# At frequency $\nu$ from the drive the exact motion of $a$ and $b_1$ is that of a drift matrix $W_\nu$,

# %%
show("frequency")

# %% [markdown]
# whose value at $\nu = 0$ is the eliminated one. **The steady amplitudes are therefore exact**, however
# slow the lossy mode. Only what happens in time is not, and in steady states what baths of different
# temperature stir up. Both errors have bounds: with $B = W_{sc}$, $C = W_{cs}$, $D = W_{cc}$ and from the
# vacuum,
#
# $$\|\langle a_s\rangle(t) - \langle a'\rangle(t)\| \le \|B\|\,\|D^{-1}C\|\,\|f\|\; e[-\gamma_s, -\gamma, -\gamma_c](t)
# \le \frac{\|B\|\,\|D^{-1}C\|\,\|f\|}{\gamma_s\gamma_c},$$
#
# where $e[\dots](t)$ is a divided difference of $x \mapsto e^{xt}$ and the $\gamma$ are half the smallest
# local loss of the kept modes, of all, and of the eliminated ones.
#
# We compare, with the coupling $J = \kappa/2$, tuned to isolation with $g_1 = f_1 = \sqrt{J\Gamma/2}$, so that the
# eliminated network is the same for every $\Gamma$: Liu's chain with one battery and $\Gamma_\mathrm{Liu} =
# 2J$.
#
# A charger and a battery joined by a lossy mode of rate $\Gamma$. (a) The battery's energy in time with the
# lossy mode kept, and eliminated. (b) The largest distance of the amplitudes at any time, and its bound.

# %%
# Okabe and Ito's colours, each with a dash: told apart by any eye.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#A0527F", "#6b6f76"
plt.style.use("derive.templates.figures")
KAPPA, J = 1.0, 0.5


def exact(Gamma, **more):
    """Keywords of the network with its lossy mode, tuned to isolation."""
    g = np.sqrt(J * Gamma / 2)
    given = {"J_1": J, "theta_1": np.pi / 2, "g_1": g, "f_1": g, "Gamma_1": Gamma}
    return {**given, "kappa_a": KAPPA, "kappa_1": KAPPA, "epsilon": 1.0, "omega": 1.0, **more}


def reduced(**more):
    """Keywords of Liu's chain with one battery and the same parameters: its later links are switched off."""
    values = dict.fromkeys(cascaded.PARAMETERS, 0.0)
    values |= {name: KAPPA for name in values if name.startswith("kappa")}
    values |= {name: 1.0 for name in values if name.startswith("p_")}
    return values | {"Gamma_1": 2 * J, "epsilon": 1.0, "omega": 1.0, **more}


t = np.linspace(0, 12, 481)
ratios = np.geomspace(1, 1000, 13)
after = cascaded.amplitudes_at(t, **reduced())[:2]
errors, bounds = [], []
for Gamma in ratios:
    before = elimination.amplitudes_at(t, **exact(Gamma))[:2]
    errors.append(np.linalg.norm(before - after, axis=0).max())
    # the bound of the engine, in letters, at these numbers
    bounds.append(8 * (J * Gamma) / (Gamma**2 * KAPPA))

steady = [abs(elimination.amplitudes(**exact(G))[:2] - cascaded.amplitudes(**reduced())[:2]).max() for G in ratios]
assert max(steady) < 1e-14

figure, panels = plt.subplots(1, 2)
ax = panels[0]
for Gamma, dash, colour in ((1, ":", ORANGE), (3, "-.", GREEN), (10, "--", PURPLE)):
    energy = elimination.energies_at(t, **exact(Gamma))[1]
    ax.plot(KAPPA * t, energy, dash, color=colour, label=rf"exact, $\Gamma/\kappa = {Gamma}$")
ax.plot(KAPPA * t, abs(after[1]) ** 2, color=BLUE, label="eliminated", zorder=1)
ax.set(xlabel=r"$\kappa t$", ylabel=r"energy of the battery $E/\omega$", xlim=(0, 12), ylim=(0, None))
ax.set_title("(a) charging")
ax.legend(loc="lower right")
ax = panels[1]
ax.loglog(ratios, bounds, color=GREY, linestyle="--", label="bound")
ax.loglog(ratios, errors, "o-", color=BLUE, label="largest error at any time")
ax.set(xlabel=r"$\Gamma/\kappa$", ylabel=r"$\max_t\|\langle a_s\rangle - \langle a'\rangle\|\;\kappa/\epsilon$")
ax.set_title("(b) exact against eliminated")
key = ax.legend(loc="lower left")

# %% [markdown]
# The bound comes out of the engine in letters,

# %%
show("bound")

# %%
rows = [(G, e, b, b / e, s) for G, e, b, s in zip(ratios, errors, bounds, steady, strict=True)]
head = [r"$\Gamma/\kappa$", "largest error", "bound", "bound/error", "steady state"]
table(head, rows[::3], 3)
assert all(0 < error < bound for _, error, bound, _, _ in rows)
assert np.isclose(errors[-1] / errors[-4], ratios[-4] / ratios[-1], rtol=0.05)

kappa_a, kappa_1, Gamma_1 = symbols("kappa_a kappa_1 Gamma_1", positive=True)
J_1, epsilon = symbols("J_1 epsilon", positive=True)
theta_1 = symbols("theta_1", real=True)
g_1, f_1 = symbols("g_1 f_1")


def at(Gamma, tuned=True):
    """The network at exact numbers; `tuned` follows g² = JΓ/2, otherwise g = f = 1/2 stays as it is."""
    g = sqrt(Gamma / 4) if tuned else Rational(1, 2)
    values = {kappa_a: 1, kappa_1: 1, Gamma_1: Gamma, J_1: Rational(1, 2), g_1: g, f_1: g}
    return mediated_chain(1).subs({**values, theta_1: pi / 2, epsilon: 1})


for Gamma in (1, 10, 1000):
    limit = elimination_bound(at(Integer(Gamma)), "c_1").amplitudes(1)
    assert np.isclose(float(limit), 8 * J / Gamma)

# %% [markdown]
# Error and bound fall as $\kappa/\Gamma$. The bound is larger by a factor of 14 here; in return it holds for
# any network that only loses. The steady amplitudes agree to the last digit (last column).
#
# ## The next orders
#
# In time the lossy mode lags behind by $2/\Gamma$. The slow manifold $a_c = X a_s + x$ is found order by
# order, and the drift of the kept modes with it. At *fixed* couplings, order $k$ leaves an error
# $\Gamma^{-k-1}$ in the rates of decay:

# %%
show("second-order")


# %%
def matrix(m):
    return np.array(m.evalf(20).tolist(), dtype=complex)


def slow_rates(w):
    """The two eigenvalues that decay least."""
    values = np.linalg.eigvals(w)
    return values[np.argsort(-values.real)][:2]


def distance(one, other):
    """The larger distance of two pairs of eigenvalues, in the better order."""
    return min(abs(one - other).max(), abs(one - other[::-1]).max())


speeds, orders = (4, 8, 16, 32, 64), (1, 2, 3)
gap = []
for Gamma in speeds:
    net = at(Integer(Gamma), tuned=False)
    true = slow_rates(matrix(langevin(net).drift))
    gap.append([distance(slow_rates(matrix(corrections(net, "c_1", order=k).drift)), true) for k in orders])
gap = np.array(gap)
falls = np.log2(gap[-2] / gap[-1])

# %% [markdown]
# A second question is whether the corrected equations are those of a master equation at all. Elimination
# always is. Its correction need not be: for modes without a loss of their own the determinant $d_2$ of its loss
# matrix is negative,

# %%
show("indefinite")

# %% [markdown]
# ### Heat
#
# In a steady state between baths of different temperatures, elimination is not exact either. Let the
# lossy mode's bath have one quantum and all others none. At *one* temperature, elimination is exact again.
#
# (a) Rates of decay at fixed couplings, order by order in the inverse lifetime. (b) Occupations of the steady
# state if only the lossy mode is hot, with the proved bound.

# %%
heat = []
for Gamma in (3, 10, 30, 100, 300):
    net = at(Integer(Gamma))
    warm = replace(net, baths=tuple(replace(b, thermal=Integer(b.legs == ("c_1",))) for b in net.baths))
    full = matrix(steady_state(langevin(warm)).number[:2, :2])
    less = matrix(steady_state(langevin(eliminate(warm, "c_1"))).number)
    limit = float(elimination_bound(warm, "c_1").moments(1))
    heat.append((Gamma, full[1, 1].real, less[1, 1].real, np.linalg.norm(full - less, 2), limit))
    assert heat[-1][3] <= limit
heat = np.array(heat)

figure, panels = plt.subplots(1, 2)
ax = panels[0]
for k, colour, marker in zip(orders, (BLUE, ORANGE, GREEN), "os^", strict=True):
    ax.loglog(speeds, gap[:, k - 1], marker + "-", color=colour, label=f"order {k}")
ax.set(xlabel=r"$\Gamma/\kappa$ at $g_1 = f_1 = \kappa/2$")
ax.set_ylabel(r"error of the rates, $|\lambda - \lambda_k|/\kappa$")
ax.set_xticks(speeds, [str(s) for s in speeds])
ax.minorticks_off()
ax.set_title("(a) rates of decay")
ax.legend(loc="lower left")
ax = panels[1]
ax.loglog(heat[:, 0], heat[:, 4], "--", color=GREY, label="bound")
ax.loglog(heat[:, 0], heat[:, 3], "o-", color=BLUE, label=r"$\|N_{ss} - N'\|$")
ax.set(xlabel=r"$\Gamma/\kappa$ at $g^2 = J\Gamma/2$", ylabel="error of the occupations")
ax.set_title("(b) a hot lossy mode")
key = ax.legend(loc="lower left")

# %%
table([r"$\Gamma/\kappa$", "order 1", "order 2", "order 3"], [(s, *row) for s, row in zip(speeds, gap, strict=True)], 3)
assert (abs(falls - (2, 3, 4)) < 0.35).all()
head = [r"$\Gamma/\kappa$", r"$\langle b_1^\dagger b_1\rangle$ exact", "eliminated", "error", "bound"]
table(head, [(int(row[0]), *row[1:]) for row in heat], 3)

# %% [markdown]
# ## Scattering: one way, within a bandwidth
#
# Give every bath a port. What enters by one leaves by others, $S(\nu) = 1 - K^\dagger(-i\nu - W)^{-1}K$,
# and because every loss goes to some port, $S^\dagger S = 1$. The emitted module computes $S$ of the
# network *with* its lossy mode.
#
# (a) Power from a port to another, forward (solid) and back (dotted); dashed, forward without the lossy mode. (b)
# Back to forward, for lossy modes of three speeds.

# %%
nu = np.linspace(-6, 6, 601)


def powers(Gamma, at_nu=nu, **more):
    """|S_ij|² between the ports of a, b_1 and c_1."""
    given = {k: v for k, v in exact(Gamma, **more).items() if k not in ("epsilon", "omega")}
    s = elimination.scattering(nu=at_nu, **given).reshape(3, 3, -1)
    assert np.allclose(np.einsum("ikn,jkn->ijn", s, s.conj()), np.eye(3)[:, :, None])
    return abs(s) ** 2


w = np.array([[-KAPPA / 2 - J, 0], [-2 * J, -KAPPA / 2 - J]])
forward = abs(KAPPA * np.linalg.inv(-1j * nu[:, None, None] * np.eye(2) - w)[:, 1, 0]) ** 2

figure, panels = plt.subplots(1, 2)
ax = panels[0]
for Gamma, colour in ((5, ORANGE), (20, BLUE)):
    s = powers(Gamma)
    ax.semilogy(nu, s[1, 0], color=colour, label=rf"$a \to b_1$, $\Gamma/\kappa = {Gamma}$")
    ax.plot(nu, s[0, 1], color=colour, linestyle=":", label=r"$b_1 \to a$")
ax.plot(nu, forward, "--", color=GREY, linewidth=1.2, label=r"$a \to b_1$, eliminated")
ax.set(xlabel=r"frequency from the drive $\nu/\kappa$", ylabel=r"$|S_{ij}(\nu)|^2$", xlim=(-6, 6), ylim=(1e-10, 3))
ax.set_title("(a) transmission")
ax.legend(loc="lower left", fontsize=8.5, handlelength=1.6)
ax = panels[1]
wide = np.geomspace(1e-2, 100, 200)
for Gamma, colour, dash in ((5, ORANGE, "-."), (20, BLUE, "-"), (100, GREEN, "--")):
    s = powers(Gamma, wide)
    law = (wide / Gamma) ** 2 / (1 + (wide / Gamma) ** 2)
    assert np.allclose(s[0, 1] / s[1, 0], law)
    ax.loglog(wide, s[0, 1] / s[1, 0], dash, color=colour, label=rf"$\Gamma/\kappa = {Gamma}$")
ax.set(xlabel=r"$|\nu|/\kappa$", ylabel=r"back to forward, $|S_{ab}/S_{ba}|^2$", ylim=(1e-8, 3))
ax.set_title("(b) isolation")
key = ax.legend(loc="lower right")

# %%
rows = []
for Gamma in (5, 20, 100):
    zero, one = powers(Gamma, np.array([0.0]))[..., 0], powers(Gamma, np.array([1.0]))[..., 0]
    rows.append((Gamma, zero[1, 0], zero[0, 1], one[1, 0], one[0, 1], one[0, 1] / one[1, 0]))
    assert zero[0, 1] < 1e-30
head = [r"$\Gamma/\kappa$", r"$|S_{ba}(0)|^2$", r"$|S_{ab}(0)|^2$", r"$|S_{ba}(\kappa)|^2$"]
head += [r"$|S_{ab}(\kappa)|^2$", "back/forward"]
table(head, rows, 3)

# %% [markdown]
# At the frequency of the drive nothing goes back. Away from it the lossy mode's answer turns its phase,
# and the ratio is $(\nu/\Gamma)^2/[1 + (\nu/\Gamma)^2]$, whatever the coupling: **the isolation has the
# bandwidth of the lossy mode.** The eliminated network is isolated at all frequencies; this is what it
# does not know.
#
# ## How exactly must it be tuned?
#
# One way of the link is cut by one complex number, strength and phase. What is left the other way does
# not depend on it: it is the loss that both modes share.

# %%
show("isolation")
show("leakage")
net = mediated_chain(1)
link = isolation(net, "a", "b_1", "c_1")
(loop,) = loops(net.subs({J_1: link.amplitude.subs({g_1: I, f_1: 2}), theta_1: 0, g_1: I, f_1: 2}))
assert loop.flux == -pi / 2

# %% [markdown]
# Put in a gauge-invariant way: isolation is a flux of $-\pi/2$ through the loop of the link and its lossy
# mode (or reservoir), together with equal strengths of the two ways. Liu's two recipes, $\theta = \pi/2$,
# $\mu = 1$ and $\theta = 0$, $\mu = -i$, are the same network in two gauges.
#
# What still comes back, where the coupling misses its amplitude by a factor $1 + \delta$ and its phase by
# $\phi$, at $\Gamma = 20\kappa$ and zero frequency. Black: as much back as forward.

# %%
delta, phi = symbols("delta phi", real=True)
leak = leakage(net, "a", "b_1", delta, phi, "c_1").ratio


def mistuned(d, p, Gamma=20.0):
    """|S_ab/S_ba|² at zero frequency, from the emitted code, for J e^{iθ} → (1 + d)e^{ip} J e^{iθ}."""
    s = powers(Gamma, np.zeros_like(d + p), J_1=J * (1 + d), theta_1=np.pi / 2 + p)
    return s[0, 1] / s[1, 0]


small = np.geomspace(1e-3, 1, 31)
figure, panels = plt.subplots(1, 2)
ax = panels[0]
zeros = np.zeros_like(small)
ax.loglog(small, mistuned(small, zeros), "o", color=BLUE, markersize=3.5, label=r"strength, $\phi = 0$")
ax.loglog(small, mistuned(zeros, small), "^", color=ORANGE, markersize=3.5, label=r"phase, $\delta = 0$")
ax.loglog(small, small**2 / 4, "--", color=GREY, label=r"$(\delta^2 + \phi^2)/4$")
ax.set(xlabel=r"mismatch $\delta$ or $\phi$", ylabel=r"back to forward, $|W_{ab}/W_{ba}|^2$")
ax.set_title("(a) isolation against mismatch")
ax.legend(loc="upper left")
ax = panels[1]
d, p = np.meshgrid(np.linspace(-0.9, 1.5, 121), np.linspace(-np.pi, np.pi, 121))
level = 10 * np.log10(np.maximum(mistuned(d.ravel(), p.ravel()).reshape(d.shape), 1e-6))
filled = ax.contourf(d, p / np.pi, level, levels=np.arange(-40, 41, 10), cmap="RdBu_r", extend="both")
ax.contour(d, p / np.pi, level, levels=[0], colors="black", linewidths=0.8)
figure.colorbar(filled, ax=ax, label="back to forward (dB)")
ax.set(xlabel=r"$\delta$", ylabel=r"$\phi/\pi$")
text = ax.set_title("(b) both at once")

# %%
rows = []
for d, p in ((0.01, 0), (0, 0.01), (0.1, 0), (0, 0.1), (0.1, 0.1), (0.5, 0)):
    exactly = complex(leak.evalf(15, subs={delta: d, phi: p})).real
    measured = mistuned(np.array([float(d)]), np.array([float(p)]))[0]
    assert np.isclose(exactly, measured, rtol=1e-6)
    rows.append((float(d), float(p), exactly, (d**2 + p**2) / 4, f"{-10 * np.log10(exactly):.1f} dB"))
table([r"$\delta$", r"$\phi$", "back/forward", r"$(\delta^2 + \phi^2)/4$", "isolation"], rows, 3)

# %% [markdown]
# A mismatch of one per cent, in strength or in phase, leaves 46 dB of isolation; ten per cent leaves 26 dB.
# At $\phi = \pm\pi/2$ the link is reciprocal (black line), at $\phi = \pi$ the direction is reversed.
#
# ## What the couplings of Zhao *et al.* optimise
#
# Zhao *et al.* tune $g_1 = g_2 = \sqrt{g_b\Gamma/2}$ "to optimize the steady-state energy of the terminal
# battery". That is the condition of isolation.
#
# Energy of the last battery against $g_1 = g_2$, at $\theta_k = -\pi/2$ and the weak coupling $g_b = 0.1\,\gamma$ of
# their Fig. 2(a). Points: isolation.


# %%
def triangles(N, g_1, g_b=0.1):
    """Energies of c, b_1, … in chains of N triangles, in units of ω(ξ/γ)²; later links are switched off."""
    values = {}
    for name in triangles_cascaded.PARAMETERS:
        stem, _, index = name.rpartition("_")
        number = int(index) if index.isdigit() else 1
        given = {"g_b": g_b, "g_1": g_1, "g_2": g_1, "theta": -np.pi / 2, "gamma": 1.0, "Gamma": 1.0}
        values[name] = given.get(stem, 1.0) if number <= N or stem in ("gamma", "Gamma") else 0.0
    return triangles_cascaded.energies(**values)


scale = np.geomspace(0.1, 200, 300)
figure, ax = plt.subplots(figsize=(5.2, 3.2))
for N, colour, dash in ((1, BLUE, "-"), (2, ORANGE, "--"), (3, GREEN, "-."), (4, PURPLE, ":")):
    curve = triangles(N, scale * np.sqrt(0.1 / 2))[N]
    ax.loglog(scale, curve, dash, color=colour, label=f"$N = {N}$")
    ax.plot(1, triangles(N, np.sqrt(0.1 / 2))[N], "o", color=colour)
    ax.axhline(4 / (N + 1) ** 2, color=GREY, linewidth=0.7, linestyle=":")
    assert (np.diff(curve) > 0).all()
ax.set(xlabel=r"$g_1/\sqrt{g_b\Gamma/2}$", ylabel=r"$E_N\gamma^2/(\omega\xi^2)$", xlim=(0.1, 200))
key = ax.legend(loc="lower right")

# %%
rows = []
for N in (1, 2, 3, 4):
    isolating, strong = triangles(N, np.sqrt(0.1 / 2))[N], triangles(N, 1e4)[N]
    assert np.isclose(strong, 4 / (N + 1) ** 2, rtol=1e-3)
    rows.append((N, isolating, 4 / (N + 1) ** 2, strong / isolating))
table(["$N$", "at isolation (points)", "$4/(N+1)^2$", "ratio"], rows)

# %% [markdown]
# The energy only grows with $g_1$, to $4\omega\xi^2/[(N+1)\gamma]^2$: what is left is the superposition
# $c - b_1 + b_2 - \dots$ to which no lossy mode couples, and which all modes share alike, whatever $g_b$.
# For two batteries that is 17.6 times the isolated energy. Isolation is not what maximises the energy.
# (Elimination is exact here, however large the $g$: these are steady states.)
