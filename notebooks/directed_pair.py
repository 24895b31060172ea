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
# # A charger and a battery in one reservoir: when four, when one, when less
#
# B. Ahmadi, P. Mazurek, P. Horodecki and S. Barzanjeh, "Nonreciprocal quantum batteries" (Phys. Rev. Lett.
# 132, 210402 (2024)), let a charger and a battery share a reservoir, so that energy flows one way, and
# report four times the energy of a conventional pair. Four times at which coupling, and is it the most
# that can be had?
#
# The sentences are those of the abstract; the paper's formulas were not at hand. Every formula in a
# display below comes out of the engine, which has proved it; every number comes out of the emitted NumPy
# module; what the text says of them is asserted. The conventional pair is the same one without the
# reservoir, at the same coupling $J$, drive $\epsilon$ and losses.

# %%

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Latex, display

from derive.display import in_letters, multiple, table
from derive.latex import displays
from derive.stories import STORIES
from generated import directed_pair as one

STORY = STORIES["directed_pair"]
in_letters(STORY.notation)
STORY.picture

# %%
FORMULAS = displays(STORY.derivation(), STORY.notation)


def show(label):
    """One display of the story."""
    display(Latex(f"$${FORMULAS[label]}$$"))


show("master")

# %% [markdown]
# The coupling and the reservoir interfere. At one coupling nothing flows back from the battery:

# %%
show("isolation")
show("energies")

# %% [markdown]
# ## The gain at equal coupling, drive and losses
#
# For $p_a = p_b = 1$ isolation needs $J = \Gamma/2$, and multiplies what the conventional pair stores by

# %%
show("gain")

# %%
# Okabe and Ito's colours, each with a dash: told apart by any eye.
BLUE = {"color": "#0072B2", "linestyle": "-"}
RED = {"color": "#D55E00", "linestyle": "--"}
GREEN = {"color": "#009E73", "linestyle": "-."}
GUIDE = {"color": "#9aa0a6", "linewidth": 1.0, "linestyle": ":"}
plt.style.use("derive.templates.figures")


def stored(losses, coupling, rate, weights=(1.0, 1.0), phase=np.pi / 2):
    """E_b in units of ωε²/(κ_aκ_b), which no passive network exceeds."""
    found = one.energies(
        J=coupling, theta=phase, Gamma=rate, p_a=weights[0], p_b=weights[1],
        kappa_a=losses[0], kappa_b=losses[1], epsilon=1.0, omega=1.0,
    )  # fmt: skip
    return found[1] * losses[0] * losses[1]


def gain(losses, coupling, weights):
    """Isolated over conventional at one coupling; the rate that isolates is 2J/(p_a p_b)."""
    rate = 2 * coupling / (weights[0] * weights[1])
    return stored(losses, coupling, rate, weights) / stored(losses, coupling, 0.0)


# %% [markdown]
# Gain of the isolated pair over the conventional one with the same coupling, drive and losses, against
# $x = 2J/\sqrt{\kappa_a\kappa_b}$. Left: $p_a = p_b$; right: weights in the ratio of the losses, where all three
# curves are one.

# %%
LOSSES = {1: BLUE, 4: RED, 25: GREEN}  # κ_b/κ_a
x = np.geomspace(0.01, 100, 801)  # 2J/√(κ_aκ_b)
figure, panels = plt.subplots(1, 2, sharey=True)
rows = []
for ratio, style in LOSSES.items():
    losses = (1.0, float(ratio))
    j = x * np.sqrt(ratio) / 2
    even, matched = (gain(losses, j, w) for w in ((1.0, 1.0), (1.0, np.sqrt(ratio))))
    assert np.allclose(even, one.gain(Gamma=2 * j, kappa_a=1.0, kappa_b=losses[1]))
    assert (even < 4).all()
    assert ((even < 1 - 1e-9) == ((2 * j > 1 + 1e-9) & (2 * j < ratio - 1e-9))).all()
    assert (matched >= 1 - 1e-9).all()
    for ax, curve in zip(panels, (even, matched), strict=True):
        ax.semilogx(x, curve, **style, label=multiple(r"\kappa_b", ratio, r"\kappa_a"))
    rows.append((ratio, even[0], even.min(), even[-1], matched.min()))
for ax, title in zip(panels, ("equal weights", r"$p_b^2 : p_a^2 = \kappa_b : \kappa_a$"), strict=True):
    ax.axhline(4, **GUIDE)
    ax.axhline(1, **GUIDE)
    ax.set(xlabel=r"$x = 2J/\sqrt{\kappa_a\kappa_b}$", xlim=(x[0], x[-1]), ylim=(0, 4.2), title=title)
panels[0].set_ylabel("gain $G$")
key = panels[1].legend(loc="lower left")

# %%
head = [r"$\kappa_b/\kappa_a$", "$G$ at $x = 0.01$", "least $G$", "$G$ at $x = 100$", "least, matched weights"]
table(head, rows)

# %% [markdown]
# Four is what the gain tends to for couplings much weaker, and for couplings much stronger, than the
# losses, and never reaches. For equal losses it comes down to one at $2J = \kappa$; for unequal ones and
# equal weights the conventional pair stores more at every $\Gamma$ between them,

# %%
show("window")

# %% [markdown]
# and with weights as the losses never (right; all three curves are one).
#
# ## The best coupling is not that of isolation
#
# At any coupling and phase the battery stores

# %%
show("phase")

# %% [markdown]
# so that $\theta = \pi/2$, the phase of isolation, is always best. The best *strength* is another matter:

# %%
show("coupling")

# %% [markdown]
# The battery's energy against the coupling, at $\theta = \pi/2$ and $p_a = p_b = 1$. Dots: isolation. Dotted: no
# reservoir.

# %%
RATES = {0.2: BLUE, 1.0: RED, 3.0: GREEN}  # Γ/κ_a
j = np.linspace(0, 2.5, 501)
figure, panels = plt.subplots(1, 2, sharey=True)
rows = []
for ax, ratio in zip(panels, (1.0, 4.0), strict=True):
    losses = (1.0, ratio)
    ax.plot(j, stored(losses, j, 0.0), **GUIDE, label="no reservoir")
    for rate, style in RATES.items():
        curve = stored(losses, j, rate)
        ax.plot(j, curve, **style, label=multiple(r"\Gamma", rate, r"\kappa_a"))
        ax.plot(rate / 2, stored(losses, rate / 2, rate), "o", color=style["color"], markersize=6)
        best = one.optimal_coupling(Gamma=rate, kappa_a=1.0, kappa_b=ratio)
        top = stored(losses, best, rate)
        assert (curve <= top + 1e-12).all()
        rows.append((ratio, rate, rate / 2, stored(losses, rate / 2, rate), best, top))
    ax.set(xlabel=r"$J/\kappa_a$", xlim=(0, 2.5), ylim=(0, 1.05))
    ax.set_title(multiple(r"\kappa_b", ratio, r"\kappa_a"))
panels[0].set_ylabel(r"$E_b\kappa_a\kappa_b/(\omega\epsilon^2)$")
key = panels[1].legend(loc="lower right")

# %%
head = [r"$\kappa_b/\kappa_a$", r"$\Gamma/\kappa_a$", "isolating $J$", "$E_b$ there"]
table([*head, r"$J_\mathrm{opt}$", "$E_b$ there"], rows)
assert np.allclose([row[4:] for row in rows if row[0] == 1], [0.5, 1.0])

# %% [markdown]
# Dots: isolation. For equal losses $J = \kappa/2$ is best at every $\Gamma$, with the reservoir or without, and
# always stores $\omega\epsilon^2/\kappa^2$: all that a passive network can. Isolation is worth its four
# where the coupling is too weak (or too strong) to reach that.
#
# ## No need to stop in time
#
# Charged from the vacuum, the isolated battery only rises. The conventional one, for equal losses, swings,

# %%
show("overshoot")

# %% [markdown]
# The battery's energy in time, for equal losses, at a weak coupling, the best one, and a strong one.

# %%
t = np.linspace(0, 12, 601)


def charging(coupling, rate):
    """E_b(t) for equal losses κ = 1, in units of ωε²/κ²."""
    return one.energies_at(
        t, J=coupling, theta=np.pi / 2, Gamma=rate, p_a=1.0, p_b=1.0,
        kappa_a=1.0, kappa_b=1.0, epsilon=1.0, omega=1.0,
    )[1]  # fmt: skip


figure, panels = plt.subplots(1, 3, figsize=(7.4, 2.9))
rows = []
for ax, rate in zip(panels, (0.2, 1.0, 6.0), strict=True):
    isolated, conventional = charging(rate / 2, rate), charging(rate / 2, 0.0)
    assert (np.diff(isolated) >= -1e-12).all()
    ax.plot(t, isolated, **BLUE, label="isolated")
    ax.plot(t, conventional, **RED, label="conventional")
    ax.set(xlabel=r"$\kappa t$", xlim=(0, 12), ylim=(0, None), title=multiple(r"\Gamma = 2J", rate, r"\kappa"))
    factor = (1 + np.exp(-np.pi / rate)) ** 2
    steady = [stored((1.0, 1.0), rate / 2, shared) for shared in (rate, 0.0)]
    rows.append((rate, *steady, factor * steady[1], factor))
panels[0].set_ylabel(r"$E_b\kappa^2/(\omega\epsilon^2)$")
key = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)

# %%
head = [r"$\Gamma/\kappa$", "isolated, steady", "conventional, steady", r"conventional at $t = \pi/J$", "$Q$"]
table(head, rows)
assert rows[0][3] < rows[0][1]
assert all(row[3] > row[1] for row in rows[1:])

# %% [markdown]
# At weak coupling there is nothing to be stopped, and isolation wins by almost four; at strong coupling a
# conventional pair that is stopped in time has more than the isolated one ever does.
#
# ## Many cells
#
# On one reservoir with every link isolated, each battery hands a fixed fraction on:

# %%
show("cell-energies")

# %% [markdown]
# What all cells hold together, $S_N$, if they lose ten times less than the charger, $\kappa = \kappa_a/10$. Dotted:
# all that a passive network can deliver.

# %%
cells = np.arange(1, 31)
figure, ax = plt.subplots(figsize=(4.4, 2.9))
for rate, style in ((0.3, GREEN), (1.0, BLUE), (3.0, RED)):
    total = one.stored_energy(N=cells, Gamma=rate, kappa_a=1.0, kappa=0.1, epsilon=1.0, omega=1.0) * 0.1
    assert (np.diff(total) >= 0).all()  # the last cells add less than is resolved
    assert (total < 1).all()
    ax.plot(cells, total, **style, label=multiple(r"\Gamma", rate, r"\kappa_a"))
ax.axhline(1, **GUIDE)
ax.set(xlabel="cells $N$", xlim=(1, 30), ylim=(0, 1.05), ylabel=r"$S_N\kappa_a\kappa/(\omega\epsilon^2)$")
key = ax.legend(loc="lower right")
full = one.stored_energy(N=cells, Gamma=1.0, kappa_a=1.0, kappa=0.1, epsilon=1.0, omega=1.0) * 0.1
assert np.allclose(full, 1 - (0.9 / 1.1) ** (2 * cells))

# %% [markdown]
# Batteries that lose ten times less than the charger ($\kappa = \kappa_a/10$). At $\Gamma = \kappa_a$ the network is
# matched, and its cells together hold all that a passive network can deliver, but for a part
# $((\kappa_a - \kappa)/(\kappa_a + \kappa))^{2N}$.
