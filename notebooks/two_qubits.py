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
# # A two-qubit battery: capacity against quantum resources
#
# A battery spin and a charger spin exchange an excitation. Y. Wang, X. Huang and T. Zhang, "Correlations
# between quantum battery capacity and quantum resources for two-qubit system" (arXiv:2605.11399), find
# that the *capacity* of the battery falls as entanglement, steering, Bell nonlocality and coherence rise,
# whatever the parameters; that imaginarity is less simple; and that state texture does the opposite.
#
# Which of this holds for every pure state, which for this Hamiltonian and start only, and what is left
# with losses? Every formula in a display below comes out of the engine, which has proved it; every number
# comes out of the emitted NumPy module; what the text says of them is asserted. The paper's claims are
# taken from its abstract and from an article about it; where their words left a choice, it is stated.

# %%

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Latex, display

from derive.display import in_letters, multiple, table
from derive.latex import displays
from derive.stories import STORIES
from generated import two_qubits as two

STORY = STORIES["two_qubits"]
in_letters(STORY.notation)
STORY.picture

# %%
FORMULAS = displays(STORY.derivation(), STORY.notation)


def show(label):
    """One display of the story."""
    display(Latex(f"$${FORMULAS[label]}$$"))


show("hamiltonian")

# %% [markdown]
# The last term is a reconstruction (the article's line is damaged there): $J_1$ flips the spins, $J_2$
# shifts the levels of $|00\rangle$ and $|11\rangle$ against those of $|01\rangle$ and $|10\rangle$. The
# ground state is $|0\rangle$; the battery is named first. With local baths,

# %%
show("master")

# %% [markdown]
# ## An excitation to and fro
#
# Without baths the number of excitations is conserved, and one excitation swings between two levels,

# %%
show("block")
show("propagator")

# %% [markdown]
# From an empty battery and a full charger, $|01\rangle$, the battery is excited with probability $p$;
# neither $J_2$ nor $\omega_c$, apart from the detuning, enters:

# %%
show("state")

# %%
# Okabe and Ito's colours, each with a dash: told apart by any eye.
BLUE = {"color": "#0072B2", "linestyle": "-"}
RED = {"color": "#D55E00", "linestyle": "--"}
GREEN = {"color": "#009E73", "linestyle": "-."}
PURPLE = {"color": "#A0527F", "linestyle": (0, (1, 1))}
GUIDE = {"color": "#9aa0a6", "linewidth": 4, "alpha": 0.55, "solid_capstyle": "butt"}
plt.style.use("derive.templates.figures")


def pair(detuning, **more):
    """Parameters in units of J_1: ω_b = 2, J_2 = 0.7."""
    return {"omega_b": 2.0, "omega_c": 2.0 - detuning, "J_1": 1.0, "J_2": 0.7, **more}


def held(state):
    """Capacity in units of its maximum, 2ω_b."""
    return two.capacity(state, omega_b=0.5)


def rabi(detuning):
    return np.hypot(1.0, detuning)


# %% [markdown]
# Capacity, energy and entanglement on the way from $|01\rangle$ over one period, for three detunings.

# %%
DETUNINGS = (0.0, 0.5, 1.0, 2.0)
phase = np.linspace(0, np.pi, 401)  # Rt over one period
figure, panels = plt.subplots(1, 3, sharey=True)
for ax, d in zip(panels, (0.0, 0.5, 2.0), strict=True):
    state = two.state_at(phase / rabi(d), **pair(d))
    energy = (1 + two.energy(state, omega_b=1.0)) / 2
    ax.plot(phase / np.pi, held(state), **BLUE, label=r"capacity $C/(2\omega_b)$")
    ax.plot(phase / np.pi, energy, **RED, label=r"energy, $p$")
    ax.plot(phase / np.pi, two.entanglement(state), **GREEN, label=r"entanglement $E$")
    ax.set(xlabel=r"$Rt/\pi$", xlim=(0, 1), xticks=(0, 0.5, 1), ylim=(0, 1.05))
    ax.set_title(multiple(r"\delta", d, "J_1"))
key = figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3)

# %%
rows = []
for d in DETUNINGS:
    half = two.state_at(np.pi / 2 / rabi(d), **pair(d))
    way = two.state_at(phase / rabi(d), **pair(d))
    closed = two.capacity_at(phase / rabi(d), omega_b=0.5, omega_c=0.5 - d, J_1=1.0)
    assert np.allclose(closed, held(way))
    assert held(way).min() < 2e-3 or d > 1  # between two points of the grid it vanishes
    least = held(way).min() if d > 1 else 0.0
    rows.append((d, two.reduced(half, "b")[1, 1].real, held(half), least, two.entanglement(way).max()))
table([r"$\delta/J_1$", "largest $p$", r"$C/(2\omega_b)$ there", r"smallest $C/(2\omega_b)$", "largest $E$"], rows)
assert np.allclose([row[2] for row in rows], [abs(1 - d**2) / (1 + d**2) for d in DETUNINGS])

# %% [markdown]
# ## One number for every pure state
#
# The capacity is what lies between the battery's passive and its most active state, ergotropy plus what
# can still be put in; for a spin it is $2\omega_b$ times the length of its Bloch vector. In a pure state
# of both spins this length measures how little they are entangled:

# %%
show("capacity")
show("resources")
show("trade-offs")

# %% [markdown]
# No Hamiltonian, no start and no parameter enters: capacity falls with entanglement, steering, nonlocality
# and negativity in *every* pure state, and is $2\omega_b$ exactly where they are absent. (Steering and
# nonlocality are at their largest over all measurements.) What both spins hold beyond what each holds by
# itself, the residual capacity, rises with them:

# %%
show("residual")

# %% [markdown]
# Capacity against steering, the CHSH maximum, negativity and coherence for 400 random pure states (points).
# Grey: the closed forms. Dashed: the bound that is left of the relation to coherence.

# %%
rng = np.random.default_rng(7)
COUNT = 400
psi = rng.normal(size=(4, COUNT, 2)) @ [1, 1j]
pure = psi[:, None] * psi[None].conj() / (abs(psi) ** 2).sum(axis=0)
E = two.entanglement(pure)
assert np.allclose(held(pure), np.sqrt(1 - E**2))
assert np.allclose(two.concurrence(pure), E)
assert np.allclose(two.negativity(pure), E / 2)
assert np.allclose(two.steering(pure) ** 2, 1 + 2 * E**2)
assert np.allclose(two.nonlocality(pure) ** 2, 4 + 4 * E**2)
rest = two.residual_capacity(pure, omega_b=0.5, omega_c=0.5) / 2
assert np.allclose(rest, 1 - held(pure))

figure, panels = plt.subplots(1, 4, sharey=True, figsize=(7.4, 2.6))
e = np.linspace(0, 1, 200)
for ax, x, measure, name in (
    (panels[0], np.sqrt(1 + 2 * e**2), two.steering, "steering $F_3$"),
    (panels[1], 2 * np.sqrt(1 + e**2), two.nonlocality, "CHSH maximum $B$"),
    (panels[2], e / 2, two.negativity, "negativity $N$"),
    (panels[3], None, two.coherence, "coherence $C_{l_1}$"),
):
    if x is not None:
        ax.plot(x, np.sqrt(1 - e**2), **GUIDE)
    ax.plot(measure(pure), held(pure), ".", color=BLUE["color"], markersize=2.5)
    ax.set(xlabel=name, ylim=(0, 1.05))
panels[3].plot(e, np.sqrt(1 - e**2), **RED)
label = panels[0].set_ylabel(r"capacity $C/(2\omega_b)$")

# %%
rows = [(x, np.sqrt(1 + 2 * x**2), 2 * np.sqrt(1 + x**2), x / 2, np.sqrt(1 - x**2)) for x in (0, 0.5, 0.8, 1)]
table(["$E$", "$F_3$", "$B$", "$N$", r"$C/(2\omega_b)$"], rows)

# %% [markdown]
# Coherence is different. Every pure state has $C_{l_1} \ge E$, so that $C \ge 2\omega_b\sqrt{1 -
# C_{l_1}^2}$ (dashed), but no more than this bound is true of all: $|{+}\rangle|{+}\rangle$ has the
# largest coherence there is and full capacity.

# %%
assert (two.coherence(pure) >= E).all()
plus = two.product_state(theta_b=np.pi / 2, theta_c=np.pi / 2)
bell = two.state_at(np.pi / 4, **pair(0.0))
mixed = two.product_state(r_b=0.0)
correlated = np.diag([0, 0.5, 0.5, 0])
rows = []
for name, state in (
    (r"$\lvert 01\rangle$", two.product_state()),
    (r"$\lvert{+}\rangle\lvert{+}\rangle$", plus),
    (r"$\lvert01\rangle - i\lvert10\rangle$", bell),
    (r"$\frac{1}{2}\otimes\lvert1\rangle\langle1\rvert$", mixed),
    (r"$\frac{1}{2}\lvert01\rangle\langle01\rvert + \frac{1}{2}\lvert10\rangle\langle10\rvert$", correlated),
):
    measures = (two.concurrence, two.steering, two.nonlocality, two.coherence, two.imaginarity, two.battery_texture)
    rest = two.residual_capacity(state, omega_b=0.5, omega_c=0.5)
    rows.append((name, held(state), rest, *(measure(state) for measure in measures)))
head = ["state", r"$C/(2\omega_b)$", r"$C_\mathrm{res}/(2\omega_b)$", "concurrence", "$F_3$", "$B$"]
table([*head, "$C_{l_1}$", "$I_{l_1}$", r"$T_\mathrm{b}$"], rows, 3)
assert held(plus) == 1
assert np.isclose(two.coherence(plus), 3)
assert held(mixed) == held(correlated) == 0

# %% [markdown]
# The last two rows are mixed: no entanglement, steering, nonlocality or coherence, and no capacity. That
# "capacity peaks when these resources vanish" needs a pure state; and classical correlations alone leave
# residual capacity.
#
# ## On the way from $|01\rangle$
#
# With one excitation the coherence *is* the entanglement, at any detuning and coupling:

# %%
show("signed")
show("imaginarity")
show("texture")

# %% [markdown]
# Capacity against each resource on the way from $|01\rangle$, over half a period, for four detunings.

# %%
CURVES = dict(zip(DETUNINGS, (BLUE, RED, GREEN, PURPLE), strict=True))
figure, panels = plt.subplots(2, 3, sharey=True, figsize=(7.2, 4.8))
for ax, measure, name in zip(
    panels.flat,
    (two.entanglement, two.steering, two.coherence, two.imaginarity, two.battery_texture, two.texture),
    (r"entanglement $E$", r"steering $F_3$", r"coherence $C_{l_1}$", r"imaginarity $I_{l_1}$",
     r"the battery's texture $T_{\mathrm{b}}$", r"texture of both $T_{\mathrm{bc}}$"),
    strict=True,
):  # fmt: skip
    for d, style in CURVES.items():
        state = two.state_at(phase[:201] / rabi(d), **pair(d))
        ax.plot(measure(state), held(state), **style, label=multiple(r"\delta", d, "J_1"))
    ax.set(xlabel=name, ylim=(0, 1.05))
for ax in panels[:, 0]:
    ax.set_ylabel(r"capacity $C/(2\omega_b)$")
key = panels[0, 0].legend(loc="lower left")

# %%
rows = []
for d in (*DETUNINGS, -0.5):
    state = two.state_at(phase[:201] / rabi(d), **pair(d))
    c, slopes = held(state), []
    for measure in (two.entanglement, two.coherence, two.imaginarity, two.battery_texture, two.texture):
        steps = np.diff(measure(state)) * np.diff(c)
        steps = steps[abs(steps) > 1e-12]
        slopes.append("" if not len(steps) else "±" if steps.min() < 0 < steps.max() else "+" if steps[0] > 0 else "−")
    rows.append((f"{d:g}", *slopes))
head = [r"$\delta/J_1$", "$E$", "$C_{l_1}$", "$I_{l_1}$", r"$T_\mathrm{b}$", r"$T_\mathrm{bc}$"]
table(head, rows)
assert [row[1] + row[2] + row[4] for row in rows] == ["−−+"] * 5
assert [row[3] for row in rows] == ["−", "±", "±", "±", "±"]
assert rows[0][5] == ""

# %% [markdown]
# The sign of the correlation with capacity over half a period (± where it changes): negative for
# entanglement and coherence, positive for the texture of the battery's state, at every detuning. If
# texture is read as that of *both* spins, the sign depends on the detuning, for $|\delta| < J_1$ it turns
# where the capacity vanishes on its way, and on resonance this texture does not move at all. Imaginarity
# is a function of capacity on resonance only. Off resonance both lie on an ellipse, and it vanishes at
# $\sin^2 Rt = 1$ while the capacity is not at its peak.
#
# How far the capacity is below its peak where imaginarity vanishes, against the detuning.

# %%
d = np.linspace(0, 4, 401)
gap = 1 - held(two.state_at(np.pi / 2 / rabi(d), **pair(d)))
figure, ax = plt.subplots(figsize=(4.2, 2.6))
ax.plot(d, gap, **BLUE)
ax.set(xlabel=r"detuning $\delta/J_1$", xlim=(0, 4), ylim=(0, 1.05))
label = ax.set_ylabel(r"$1 - C/(2\omega_b)$ at $I_{l_1} = 0$")

# %%
table([r"$\delta/J_1$", r"$1 - C/(2\omega_b)$"], [(d[k], gap[k]) for k in (0, 25, 50, 100, 200, 400)])
assert np.allclose(gap, 2 * np.minimum(1, d**2) / (1 + d**2))
assert d[gap.argmax()] == 1

# %% [markdown]
# The abstract says that this effect "becomes more pronounced as the detuning increases". It does up to
# $\delta = J_1$, where nothing is left of the capacity; beyond, it fades.
#
# ## What charges the battery
#
# The article reads a tension into this: entanglement aids the transfer of energy and costs capacity.

# %%
show("power")

# %%
rows = []
for d in DETUNINGS:
    t = phase / rabi(d)
    state = two.state_at(t, **pair(d))
    power = two.power_at(t, omega_b=2.0, omega_c=2.0 - d, J_1=1.0) / 4
    assert np.allclose(abs(power), two.imaginarity(state))
    assert (abs(power) <= two.entanglement(state) + 1e-12).all()
    best = abs(power).argmax()
    rows.append((d, abs(power[best]), two.imaginarity(state)[best], two.entanglement(state)[best], held(state)[best]))
head = [r"$\delta/J_1$", r"largest $P/(2\omega_b J_1)$", "$I_{l_1}$ there", "$E$ there", r"$C/(2\omega_b)$ there"]
table(head, rows)
on_resonance = two.state_at(phase, **pair(0.0))
assert np.allclose(held(on_resonance) ** 2 + two.imaginarity(on_resonance) ** 2, 1)

# %% [markdown]
# The power is the imaginarity of the exchange, at most $E$. On resonance the two are equal, and speed and
# capacity share one unit circle, $[C/(2\omega_b)]^2 + [P/(2\omega_bJ_1)]^2 = 1$. But the price is not kept: when the
# transfer is done, at $J_1t = \pi/2$, entanglement is gone and the battery has all its capacity back.
#
# ## With baths
#
# With losses the state is mixed, and entanglement is measured by Wootters' concurrence $C_\mathrm{W}$. From
# $|01\rangle$ with equal relaxation,

# %%
show("relaxation")

# %% [markdown]
# Without and with baths, from $|01\rangle$ at $\delta = 0.3\,J_1$. Left: in time. Right: against concurrence; grey:
# the trade-off of pure states.

# %%
t = np.linspace(0, 12, 1201)
BATHS = {
    "closed": {},
    r"relaxation, $\gamma = 0.2\,J_1$": {"gamma_b": 0.2, "gamma_c": 0.2},
    r"dephasing, $\eta = 0.2\,J_1$": {"eta_b": 0.2, "eta_c": 0.2},
    r"warm, $\gamma = 0.2\,J_1$, $\Gamma = 0.1\,J_1$": {"gamma_b": 0.2, "gamma_c": 0.2, "Gamma_b": 0.1, "Gamma_c": 0.1},
}
figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.1))
rows = []
for (name, rates), style in zip(BATHS.items(), (BLUE, RED, GREEN, PURPLE), strict=True):
    state = two.state_at(t, **pair(0.3, **rates))
    c, w = held(state), two.concurrence(state)
    panels[0].plot(t, c, **style, label=name)
    panels[1].plot(w, c, **{**style, "linewidth": 1.1})
    assert (c**2 + w**2 <= 1 + 1e-9).all()
    p = two.reduced(state, "b")[1, 1].real
    assert np.allclose(c, abs(1 - 2 * p))
    k = np.flatnonzero(p > 0.5)[0]
    rows.append((name, t[k] - (p[k] - 0.5) / (p[k] - p[k - 1]) * (t[k] - t[k - 1]), w.max(), c[-1], w[-1]))
panels[1].plot(e, np.sqrt(1 - e**2), **{**GUIDE, "zorder": 0})
panels[0].set(xlabel="$J_1t$", ylabel=r"capacity $C/(2\omega_b)$", xlim=(0, 12), ylim=(0, 1.05))
panels[1].set(xlabel=r"concurrence $C_{\mathrm{W}}$", xlim=(0, 1.02), ylim=(0, 1.05))
key = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)

# %%
head = ["", "first without capacity at $J_1t$", r"largest $C_\mathrm{W}$"]
table([*head, r"$C/(2\omega_b)$ at $J_1t = 12$", r"$C_\mathrm{W}$ there"], rows, 3)

# %% [markdown]
# The trade-off becomes a bound, $C \le 2\omega_b\sqrt{1 - C_\mathrm{W}^2}$ (grey), and the curves run below it: what
# mixes the battery costs capacity too. Relaxation empties both spins, and capacity comes back with the
# ground state; with dephasing it is lost together with the entanglement, and stays lost. A battery that
# decays alone has, half-way, neither capacity nor any resource:

# %%
half = two.state_at(np.log(2), two.product_state(theta_b=np.pi, theta_c=0), **pair(0.0, J_1=0.0, gamma_b=1.0))
rows = [(held(half), *(measure(half) for measure in (two.concurrence, two.steering, two.nonlocality, two.coherence)))]
table([r"$C/(2\omega_b)$", "concurrence", "$F_3$", "$B$", "$C_{l_1}$"], rows)
assert np.allclose(rows, 0, atol=1e-12)
