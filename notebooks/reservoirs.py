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
# # Batteries in thermal and squeezed reservoirs
#
# What do warm or squeezed reservoirs do to the work that can be drawn from a quantum battery? Liu *et
# al.* (2026), Sec. IV, answer with two figures that were computed on a truncated Fock space. The networks
# are linear and their states Gaussian, so that first and second moments tell everything without any
# truncation. Below, the figures are drawn from the moments, beside the same quantities on a few levels:
# to see which trends are physics, and which belong to the cut-off.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import qutip
from IPython.display import Latex, display
from sympy import Symbol

from derive import chain, langevin, logarithmic_negativity, steady_state
from derive.claims import judge
from derive.display import in_letters, table
from derive.latex import displays
from derive.latex.prose import segments
from derive.papers.liu2026_reservoirs import CLAIMS as THERMAL
from derive.papers.liu2026_reservoirs import recipe
from derive.papers.liu2026_squeezing import CLAIMS as SQUEEZED
from derive.stories import STORIES
from generated import reservoirs_cascaded, reservoirs_parallel

STORY = STORIES["reservoirs_cascaded"]
in_letters(STORY.notation)
STORY.picture

# %%
FORMULAS = {
    key: displays(STORIES[key].derivation(), STORIES[key].notation)
    for key in ("reservoirs_cascaded", "reservoirs_parallel")
}


def show(label, key="reservoirs_cascaded"):
    """One display of the argument."""
    display(Latex(f"$${FORMULAS[key][label]}$$"))


# %% [markdown]
# Local baths have the occupation $n_\kappa$ and the squeezing $m_\kappa$, shared ones $n_\Gamma$ and
# $m_\Gamma$. The amplitudes do not notice: their equations of motion are those of a vacuum. The moments
# around them, $N = \langle b^\dagger b\rangle - |\langle b\rangle|^2$ and
# $M = \langle bb\rangle - \langle b\rangle^2$, are means of those of the reservoirs,

# %%
show("moments")

# %% [markdown]
# with one weight, which depends on $\Gamma/\kappa$ only. If all reservoirs are equal, nothing depends on
# it: for *every* network $W + W^\dagger = -\sum\gamma\,u^*u^T$ (each channel damps as much as it feeds),
# so that $N = n\mathbf{1}$ solves the Lyapunov equation. With $\theta = \pi/2$ and $\mu = 1$ the same
# holds for $M$:

# %%
show("balance")

# %% [markdown]
# A battery's ergotropy is its energy above that of a thermal state of the same entropy, which the
# symplectic eigenvalue $\nu$ tells:

# %%
show("energy")
show("symplectic")
show("ergotropy")

# %% [markdown]
# ## Heat
#
# In thermal reservoirs $\nu = n + \frac12$, and what is left is the work of the displacement:

# %%
show("thermal")

# %% [markdown]
# So $E' = E + \omega n_\mathrm{th}$ (the paper prints $E + n_\mathrm{th}$), and the ergotropy does not
# depend on the temperature at all. Nor does it on the way there: as long as $M = 0$,
# $\mathcal E(t) = \omega|\langle b\rangle(t)|^2$.
#
# ### Liu *et al.*, Fig. 5
#
# Energy (above) and ergotropy (below) of the last battery in time, from vacuum, in reservoirs of three
# occupations $n_\mathrm{th}$: one battery, two in series, two side by side, at $J = J_\mathrm{op}$,
# $\kappa/\omega = 0.003$ and $\epsilon/\omega = 0.001$. The three ergotropies lie on top of each other.

# %%
KAPPA, EPSILON = 0.003, 0.001  # in units of ω
COLOURS = ("#0072B2", "#D55E00", "#009E73")
DASHES = ("-", "--", ":")
plt.style.use("derive.templates.figures")

NETWORKS = {
    "one battery": (reservoirs_cascaded, 1),
    "two in series": (reservoirs_cascaded, 2),
    "two side by side": (reservoirs_parallel, 2),
}


def best(module, size):
    """Γ = 2 J_op, Liu Eq. (10)."""
    if module is reservoirs_parallel and size > 1:
        return KAPPA / np.sqrt(size)
    return KAPPA * (size + np.sqrt(size**2 + 8 * size)) / 4


def value(function, name, n=0.0, m=0.0, scheme="pi/2", t=None):
    """A function of the last battery's module; nonreciprocal by either recipe, or reciprocal."""
    module, size = NETWORKS[name]
    gamma = best(module, size)
    links = np.array([1.0, size > 1])
    turned = scheme == "0"
    given = {
        "kappa": KAPPA, "epsilon": EPSILON, "omega": 1.0, "J": gamma / 2 * links,
        "Gamma": gamma * links * (scheme != "reciprocal"), "theta": np.pi / 2 if scheme == "pi/2" else 0.0,
        "n_kappa": n, "n_Gamma": n, "m_kappa": m, "m_Gamma": m,
        "p": [1j, 1, -1j if module is reservoirs_cascaded else 1] if turned else [1, 1, 1],
    }  # fmt: skip
    words = {}
    for key in module.PARAMETERS:
        stem, _, index = key.rpartition("_")
        if key in given:
            words[key] = given[key]
        elif isinstance(given[stem], float):
            words[key] = given[stem]
        else:
            place = 0 if index == "a" else int(index) - (stem != "p")
            words[key] = given[stem][place]
    found = getattr(module, function)(*(() if t is None else (t,)), **words)
    return found[size]


def squeezing(r):
    """P and Q of Eq. (16), θ_r = 0."""
    return {"n": np.sinh(r) ** 2, "m": np.sinh(r) * np.cosh(r)}


t = np.linspace(0, 12, 200)  # in 1/κ
figure, panels = plt.subplots(2, 3, figsize=(7.4, 4.6), sharex=True)
for column, name in zip(panels.T, NETWORKS, strict=True):
    for ax, function in zip(column, ("energies_at", "ergotropies_at"), strict=True):
        for n, colour, dash in zip((0, 1, 2), COLOURS, DASHES, strict=True):
            curve = value(function, name, float(n), t=t / KAPPA)
            ax.plot(t, curve, color=colour, linestyle=dash, label=rf"$n_\mathrm{{th}} = {n}$")
        ax.set(ylim=(0, None))
    column[0].set_title(name)
    column[1].set_xlabel(r"$\kappa t$")
panels[0, 0].set_ylabel(r"energy $E/\omega$")
panels[1, 0].set_ylabel(r"ergotropy $\mathcal{E}/\omega$")
panels[0, 0].legend(loc="upper right", bbox_to_anchor=(1.0, 0.95));

# %%
rows = []
for name in NETWORKS:
    E, W = ([value(f, name, float(n)) for n in (0, 1, 2)] for f in ("energies", "ergotropies"))
    assert np.allclose(E, E[0] + np.arange(3), rtol=1e-12)
    assert np.allclose(W, E[0], rtol=1e-12)
    rows.append((name, *E, *W))
head = ["steady state", *(rf"$E/\omega$, $n_\mathrm{{th}} = {n}$" for n in (0, 1, 2))]
head += [rf"$\mathcal{{E}}/\omega$, $n_\mathrm{{th}} = {n}$" for n in (0, 1, 2)]
table(head, rows)

# %% [markdown]
# The three curves of each lower panel lie on top of each other. The printed panels (d)–(f) show the
# ergotropy falling with temperature. Where could that come from? The paper says that its Fock space is
# truncated, which "may induce minor quantitative deviations".
#
# Energy and ergotropy of one battery against the occupation $n_\mathrm{th}$ and, at $n_\mathrm{th} = 1$, in
# time: the master equation of charger and battery on four, six and eight levels per mode, beside the exact
# moments.


# %%
def truncated(levels, n=0.0, m=0.0, times=None, size=1):
    """Energy and ergotropy of the last of batteries in series, θ = π/2, on so many levels; κ = 1."""
    gamma = best(reservoirs_cascaded, size) / KAPPA
    one, a = qutip.qeye(levels), qutip.destroy(levels)
    modes = [qutip.tensor([a if k == i else one for k in range(size + 1)]) for i in range(size + 1)]
    pairs = list(zip(modes, modes[1:], strict=False))
    links = sum(0.5j * gamma * x.dag() * y for x, y in pairs)
    H = links + links.dag() + EPSILON / KAPPA * (modes[0] + modes[0].dag())
    jumps = []
    for rate, q in [*((1, x) for x in modes), *((gamma, x + y) for x, y in pairs)]:
        # (n + 1) D[q] + n D[q†] and the squeezing terms as two positive Lindblad operators
        weights, vectors = np.linalg.eigh([[n + 1, -m], [-m, n]])
        jumps += [
            np.sqrt(rate * w) * (v[0] * q + v[1] * q.dag())
            for w, v in zip(weights, vectors.T, strict=True)
            if w > 1e-12
        ]
    if times is None:
        states = [qutip.steadystate(H, jumps)]
    else:
        start = qutip.tensor([qutip.basis(levels, 0)] * (size + 1))
        states = qutip.mesolve(H, start, times, jumps).states
    found, count = [], np.arange(levels)
    for state in states:
        rho = state.ptrace(size).full()
        energy = np.diag(rho).real @ count
        work = energy - np.sort(np.linalg.eigvalsh(rho))[::-1] @ count
        # five digits: what sparse solvers on different machines agree on
        found.append([float(f"{x:.5g}") for x in (energy, work)])
    return np.array(found).T if times is not None else found[0]


LEVELS = ((4, "#D55E00", "s"), (6, "#009E73", "^"), (8, "#A0527F", "D"))
occupations, times = np.array([0, 0.25, 0.5, 1.0, 1.5, 2.0]), np.linspace(0, 12, 25)
steady = {
    levels: np.array([truncated(levels, n) for n in (occupations if levels < 8 else occupations[[0, 3, 5]])]).T
    for levels, _, _ in LEVELS
}
figure, panels = plt.subplots(1, 3, figsize=(7.4, 2.9))
many = np.linspace(0, 2, 50)
for ax, k, function in ((panels[0], 0, "energies"), (panels[1], 1, "ergotropies")):
    ax.plot(many, [value(function, "one battery", n) for n in many], color="#0072B2", label="exact")
    for levels, colour, marker in LEVELS:
        at = occupations if levels < 8 else occupations[[0, 3, 5]]
        ax.plot(at, steady[levels][k], color=colour, marker=marker, linestyle="--", label=f"{levels} levels")
    ax.set(xlabel=r"$n_\mathrm{th}$", ylim=(0, None))
exact = value("ergotropies_at", "one battery", 1.0, t=t / KAPPA)
panels[2].plot(t, exact, color="#0072B2")
for levels, colour, _ in LEVELS[:2]:
    panels[2].plot(times, truncated(levels, 1.0, times=times)[1], color=colour, linestyle="--")
panels[2].set(xlabel=r"$\kappa t$", title=r"$n_\mathrm{th} = 1$", ylim=(0, None))
panels[0].set_ylabel(r"$E/\omega$")
panels[0].legend(loc="upper left", fontsize=9)
for ax in panels[1:]:
    ax.set_ylabel(r"$\mathcal{E}/\omega$")

# %%
rows = []
for levels, _, _ in LEVELS:
    E, W = steady[levels]
    place = 3 if levels < 8 else 1
    rows.append((f"{levels} levels", E[0], W[0], E[place], W[place], E[-1], W[-1]))
    assert W[0] > W[place] > W[-1]
rows.append(("exact", *(value(f, "one battery", n) for n in (0.0, 1.0, 2.0) for f in ("energies", "ergotropies"))))
head = ["one battery"]
for n in (0, 1, 2):
    head += [rf"$E/\omega$, $n_\mathrm{{th}} = {n}$", r"$\mathcal{E}/\omega$"]
table(head, rows, 3)
assert all(a[4] < b[4] for a, b in zip(rows, rows[1:], strict=False))

# %% [markdown]
# In a vacuum four levels do. At $n_\mathrm{th} = 1$ eight of them still lose half of the ergotropy, and at
# $n_\mathrm{th} = 2$ nearly all of it: the thermal state fills the ladder, the top level blocks the drive,
# and the amplitude shrinks. With every level added the curve rises towards the exact one. The printed
# decrease is one of the cut-off, and no minor deviation. Two batteries in series need three modes, and so
# fewer levels still:

# %%
rows = []
for levels in (3, 4):
    cells = [truncated(levels, n, size=2)[1] for n in (0.0, 1.0, 2.0)]
    rows.append((f"{levels} levels", *cells))
    assert cells[0] > cells[1] > cells[2]
rows.append(("exact", *(value("ergotropies", "two in series", n) for n in (0.0, 1.0, 2.0))))
table(["two in series", *(rf"$\mathcal{{E}}/\omega$, $n_\mathrm{{th}} = {n}$" for n in (0, 1, 2))], rows, 3)

# %% [markdown]
# What heat does do: it raises the energy by $\omega n_\mathrm{th}$, all of it passive, so that the
# *fraction* $\mathcal E/E$ falls. Cold reservoirs keep the larger fraction, not the larger work.
#
# ## Squeezing
#
# Equation (16) of the paper has $-Q\,\mathcal L'[o] - Q^*\mathcal L'[o^\dagger]$ with
# $Q = \sinh r\cosh r\,\mathrm e^{-i\theta_r}$. By normal ordering a single mode then takes
# $\langle bb\rangle = Q^*$, which is our $m$. With $\theta = \pi/2$ and $\mu = 1$ every mode inherits the
# reservoirs' purity, and all of its energy is work:

# %%
show("squeezed")
show("enhancement")
show("enhancement", "reservoirs_parallel")

# %% [markdown]
# The other recipe for nonreciprocity, $\theta = 0$ and $\mu = -i$, with the weights of the paper's Appendix A,
# $p_a = i$ and $p_{b_k} = (-i)^{k-1}$ in series or 1 side by side, is the same network in the frame
# $b_k \to p_k b_k$. Drift and thermal noise do not notice, and energies are the same. But the frame turns the
# squeezing of the local bath of $b_k$ by $p_k^2$, and leaves that of the shared reservoirs as it is: some now work
# against each other, and a battery is left with, in series and side by side,

# %%
show("other-recipe")
show("other-recipe", "reservoirs_parallel")

# %% [markdown]
# A single battery keeps half of the squeezing at $\Gamma = \kappa$, which is the optimal coupling, two side by side
# keep 76% at theirs, and the last of two in series 5%. It is the weights that matter, not $\mu$ alone: with
# $p_a = 1$ and $p_{b_1} = -i$, where $\mu = -i$ as well, a single battery has
# $M = m(\kappa - \Gamma)/(\kappa + \Gamma)$, and at its optimum all squeezing is lost.
#
# ### Liu *et al.*, Fig. 6
#
# The last of two batteries in squeezed reservoirs: energy (dashed) and ergotropy (solid) at $r = 1$ in time,
# and the enhancement $\mathcal E^\mathrm{sq}/\mathcal E$ of the steady ergotropy against $r$, for both
# recipes for nonreciprocity and for the reciprocal network. The energies of the two recipes lie on top of
# each other at all times; on the way to its pure steady state also the first recipe passes through mixed
# states.

# %%
SCHEMES = (
    ("pi/2", r"$\theta = \pi/2$, $\mu = 1$", "#0072B2"),
    ("0", r"$\theta = 0$, $\mu = -i$", "#D55E00"),
    ("reciprocal", "reciprocal", "black"),
)
r = np.linspace(0, 1.2, 60)
figure, panels = plt.subplots(2, 2, figsize=(7.0, 4.8))
for column, name in zip(panels.T, ("two in series", "two side by side"), strict=True):
    for scheme, label, colour in SCHEMES:
        for function, dash in (("energies_at", "--"), ("ergotropies_at", "-")):
            curve = value(function, name, **squeezing(1.0), scheme=scheme, t=t / KAPPA)
            column[0].plot(t, curve, color=colour, linestyle=dash, label=label if dash == "-" else None)
        work = [value("ergotropies", name, **squeezing(x), scheme=scheme) for x in r]
        assert (np.diff(work) > 0).all()
        column[1].plot(r, np.array(work) / work[0], color=colour)
    first, second = (value("energies_at", name, **squeezing(1.0), scheme=x, t=t / KAPPA) for x in ("pi/2", "0"))
    assert np.allclose(first, second, rtol=1e-9)
    column[0].set(title=name, xlabel=r"$\kappa t$", ylim=(0, None))
    column[1].set(xlabel="$r$", ylim=(0, None))
panels[0, 0].set_ylabel(r"$E/\omega$ and $\mathcal{E}/\omega$ at $r = 1$")
panels[1, 0].set_ylabel(r"$\mathcal{E}^{\mathrm{sq}}/\mathcal{E}$")
panels[1, 0].legend(handles=panels[0, 0].lines[1::2], loc="upper left", fontsize=9);

# %%
rows = []
for name in NETWORKS:
    for scheme, label, _ in SCHEMES:
        cold = value("ergotropies", name, scheme=scheme)
        E, W = (value(f, name, **squeezing(1.0), scheme=scheme) for f in ("energies", "ergotropies"))
        rows.append((name, label, E, W, W / cold, W / E))
head = ["$r = 1$", "", r"$E/\omega$", r"$\mathcal{E}/\omega$", r"$\mathcal{E}^\mathrm{sq}/\mathcal{E}$"]
table([*head, r"$\mathcal{E}/E$"], rows)
for name, module in (("two in series", reservoirs_cascaded), ("two side by side", reservoirs_parallel)):
    closed = module.enhancement(Gamma=best(*NETWORKS[name]), kappa=KAPPA, epsilon=EPSILON, r=1.0)
    (found,) = (row[4] for row in rows if row[:2] == (name, SCHEMES[0][1]))
    assert np.isclose(closed, found, rtol=1e-10)
assert all(np.isclose(row[5], 1, rtol=1e-10) for row in rows if row[1] == SCHEMES[0][1])
P, Q = squeezing(1.0).values()
for name, kept in (("one battery", 1 / 2), ("two in series", 0.05482188230), ("two side by side", 0.7645019878)):
    (row,) = (row for row in rows if row[:2] == (name, SCHEMES[1][1]))
    cold = value("ergotropies", name)
    assert np.isclose(row[3], cold + P + 1 / 2 - np.sqrt((P + 1 / 2) ** 2 - (kept * Q) ** 2), rtol=1e-9)

# %% [markdown]
# The enhancement is large because the drive is weak: $\sinh^2 r$ is compared with
# $|\langle b\rangle|^2 < 0.12$. Stronger squeezing does give more work along every curve above. It does not "enhance
# the useful fraction": in a vacuum $\mathcal E/E = 1$ already. With $\theta = \pi/2$ it stays there, in the other
# schemes it falls. Beside a *thermal* reservoir of the same occupation squeezing is better, and that much of the
# sentence is true.
#
# The useful fraction $\mathcal E/E$ of the last of two batteries against the squeezing $r$, for both recipes,
# for the reciprocal network and (dotted) for thermal reservoirs of the same occupation.

# %%
figure, panels = plt.subplots(1, 2, sharey=True)
for ax, name in zip(panels, ("two in series", "two side by side"), strict=True):
    for scheme, label, colour in SCHEMES:
        part = [
            value("ergotropies", name, **squeezing(x), scheme=scheme)
            / value("energies", name, **squeezing(x), scheme=scheme)
            for x in r
        ]
        ax.plot(r, part, color=colour, label=label)
        assert max(part) <= 1 + 1e-12
    thermal = [value("ergotropies", name, np.sinh(x) ** 2) / value("energies", name, np.sinh(x) ** 2) for x in r]
    ax.plot(r, thermal, color="#6b6f76", linestyle=":", label=r"thermal, $n = \sinh^2 r$")
    ax.set(title=name, xlabel="$r$", ylim=(0, 1.05))
panels[0].set_ylabel(r"useful fraction $\mathcal{E}/E$")
panels[1].legend(fontsize=9, loc="upper right", bbox_to_anchor=(1.0, 0.96));

# %% [markdown]
# And the cut-off again, for one battery and $\theta = \pi/2$, where the exact fraction is 1:

# %%
rows = []
for x in (0.0, 0.5, 1.0):
    exact = value("energies", "one battery", **squeezing(x)), value("ergotropies", "one battery", **squeezing(x))
    cells = [truncated(levels, **squeezing(x)) for levels in (4, 6)]
    rows.append((x, *(y for pair in (*cells, exact) for y in pair)))
head = ["$r$"]
for label in ("4 levels", "6 levels", "exact"):
    head += [rf"$E/\omega$, {label}", r"$\mathcal{E}/\omega$"]
table(head, rows, 3)
assert np.isclose(rows[-1][-1], rows[-1][-2], rtol=1e-12)
assert rows[-1][4] < 0.9 * rows[-1][-1]

# %% [markdown]
# ## Entanglement
#
# Balanced reservoirs leave no correlations. Unbalanced ones do: squeeze the shared reservoir only, and it
# squeezes a combination of charger and battery. Their logarithmic negativity comes in closed form; at three
# couplings it shows that weak squeezing entangles them, and that strong squeezing adds more noise than that:

# %%
n, m = Symbol("n", positive=True), Symbol("m", real=True)
net = recipe(chain, 1, second=False)
*local, shared = net.baths
mixed = replace(net, baths=(*local, replace(shared, thermal=n, squeezing=m)))
negativity = logarithmic_negativity(steady_state(langevin(mixed)), "a", "b_1")
rows = []
for strength in (0.25, 0.5, 1.0):
    at = {n: np.sinh(strength) ** 2, m: np.sinh(strength) * np.cosh(strength)}
    cells = []
    for gamma in (0.5, 1.0, 4.0):
        rates = {s: gamma if s.name == "Gamma" else 1.0 for s in negativity.free_symbols - {n, m}}
        cells.append(float(negativity.subs({**at, **rates})))
    rows.append((strength, *cells))
table(["$E_{\\mathcal{N}}$, $r$", *(rf"$\Gamma = {g}\,\kappa$" for g in ("0.5", "1", "4"))], rows)
assert min(rows[0][1:]) > 0 == rows[-1][-1]
balanced = replace(net, baths=tuple(replace(bath, thermal=n, squeezing=m) for bath in net.baths))
state = steady_state(langevin(balanced))
assert state.number[0, 1] == state.anomalous[0, 1] == 0

# %% [markdown]
# ## Every sentence
#
# What Sec. IV and the abstract say of reservoirs, each statement decided by the audit:

# %%
rows = []
for claim in (*THERMAL, *SQUEEZED):
    finding = judge("liu2026", claim)
    assert finding.expected
    texts = (segments(text) for text in (claim.label, claim.title))
    told = ("".join(f"${part}$" if is_math else part for is_math, part in text) for text in texts)
    rows.append((*told, f"**{finding.verdict}**"))
table(["where", "what is said", "verdict"], rows)
