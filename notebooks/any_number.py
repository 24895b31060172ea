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
# # Any number of batteries
#
# How does the energy that arrives depend on the number $N$ of batteries, which coupling is best, and
# which network is? The engine takes $N$ as a letter: it finds the closed form of a family of networks,
# proves it for every $N$ by induction, finds the best coupling from the logarithmic slope and proves by
# signs that it is the only one. Below are the figures of Liu *et al.* (2026) and Zhao *et al.* (2025) that
# have an $N$ in them, what their sentences on "large $N$", "even and odd" and "weak coupling" amount to,
# and a figure that neither has: the best network for $n$ batteries, beside a bound that none can pass.

# %%
import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
from IPython.display import Latex, Markdown, display

from derive import (
    Proved,
    families,
    is_zero,
    langevin,
    leading_order,
    matched,
    matched_residual,
    maximum,
    window,
)
from derive.counts import closed_form, closed_form_residual
from derive.display import table
from derive.latex import expression
from derive.modules.arguments import uniform
from derive.modules.stable import energy_programs, stable_energy, stable_energy_residual
from derive.program import numpy_source
from derive.stories import STORIES
from derive.stories.formulas import CASCADED_STABLE, GAMMA, PARALLEL_ENERGY, RECIPROCAL_STAR_ENERGY, J, N
from generated import cascaded, parallel, triangles_cascaded, triangles_parallel

LIU = STORIES["cascaded"].notation
PAPER = {"kappa": 0.003, "epsilon": 0.01, "omega": 1}  # Liu et al.: in units of ω
kappa = PAPER["kappa"]
unit = PAPER["omega"] * (PAPER["epsilon"] / kappa) ** 2  # E_1, the most that one battery can hold


def show(*sides):
    """An equation between SymPy expressions, in the letters of Liu et al."""
    display(Latex("$$" + " = ".join(s if isinstance(s, str) else expression(s, LIU) for s in sides) + "$$"))


# %% [markdown]
# ## From a family to a function of $N$
#
# A family is solved, its solution put back into the equations of motion at symbolic positions, rewritten
# so that nothing overflows, and emitted as NumPy.


# %%
def emitted(family):
    """The energy of the last battery as a function of the counts and rates, once it is proved for all of them."""
    state = closed_form(family, "alternating")
    stable = stable_energy(state)
    for residual in (closed_form_residual(state), stable_energy_residual(state, stable)):
        assert isinstance(is_zero(residual), Proved)
    scope = {}
    exec(numpy_source(*energy_programs(stable, family.title), header=family.title), scope)  # noqa: S102
    return scope["terminal_energy"]


chain, star = emitted(families.chain()), emitted(families.star())
one_way_chain = emitted(families.chain(scheme="nonreciprocal"))
one_way_star = emitted(families.star(scheme="nonreciprocal"))

# %% [markdown]
# ## One way: the optimum at every $N$
#
# With $\Gamma = 2J$ and equal rates the last battery of a chain stores (Liu 5) and each battery of a star
# (Liu 9)

# %%
show(r"E_\mathrm{c}", CASCADED_STABLE)
show(r"E_\mathrm{p}", PARALLEL_ENERGY)
best_chain, best_star = maximum(CASCADED_STABLE, GAMMA), maximum(PARALLEL_ENERGY, GAMMA)
show(r"\frac{\partial\ln E_\mathrm{c}}{\partial\Gamma}", best_chain.slope)
show(r"J_\mathrm{op}^\mathrm{c}", best_chain.point / 2)
show(r"J_\mathrm{op}^\mathrm{p}", best_star.point / 2)

# %% [markdown]
# (Liu 10). "Proportional to $N$ in the large-$N$ limit" is $J_\mathrm{op}^\mathrm{c} \to \kappa N/4$, and
# between $\kappa N/4$ and $\kappa(N+2)/4$ always; $J_\mathrm{op}^\mathrm{p}$ is what it is at every $N$. The
# largest energies both fall as $1/N^2$; their exact leading orders are

# %%
for name, best in ((r"E_\mathrm{c}^\mathrm{max}", best_chain), (r"E_\mathrm{p}^\mathrm{max}", best_star)):
    constant, power = leading_order(best.value, N, large=True)
    display(Latex(rf"$${name} \to {expression(constant * N**power, LIU)}$$"))

# %% [markdown]
# ### Liu *et al.*, Fig. 1(c) and (d)
#
# Stored energy at $J = J_\mathrm{op}(N)$, with $\kappa/\omega = 0.003$ and $\epsilon/\omega = 0.01$.
# Insets: $J_\mathrm{op}$ (points), and dotted its limit $\kappa N/4$ in the chain and its law
# $\kappa/(2\sqrt N)$ in the star. Dashed: the leading orders for large $N$.

# %%
# Okabe and Ito's colours, each with a marker and a dash: told apart by any eye.
NONRECIPROCAL = {"color": "#0072B2", "marker": "o", "linestyle": "-"}
RECIPROCAL = {"color": "#D55E00", "marker": "s", "linestyle": "--"}
LOSSY_RECIPROCAL = {"color": "#009E73", "marker": "^", "linestyle": "-."}
RATIO = {"color": "#A0527F", "marker": "D", "linestyle": "none"}
TREE = {"color": "#56B4E9", "marker": "v", "linestyle": "-"}
COMB = {"color": "#E69F00", "marker": "P", "linestyle": "-"}
GUIDE = {"color": "#6b6f76", "linewidth": 0.9, "linestyle": ":"}
plt.style.use("derive.templates.figures")


def smooth(style, **more):
    """A style without its markers, for curves."""
    return {**style, "marker": "", **more}


def name_curve(ax, text, x, y, style, shift):
    """A curve's name beside it, in its colour; shift in points."""
    ax.annotate(text, (x, y), shift, textcoords="offset points", color=style["color"])


def best(module, n):
    """The optimal coupling of a nonreciprocal network and the energy stored there."""
    J = module.optimal_coupling(N=n, kappa=kappa)
    energy = one_way_chain if module is cascaded else one_way_star
    return J, energy(N=n, Gamma=2 * J, **PAPER)


sizes, many = np.arange(1, 11), np.linspace(1, 10, 200)
figure, panels = plt.subplots(1, 2)
for ax, module, title, law, limit in (
    (panels[0], cascaded, "(c) cascaded: last battery", kappa * many / 4, 64 / np.e**2),
    (panels[1], parallel, "(d) parallel: each battery", kappa / (2 * np.sqrt(many)), 16),
):
    J_op, E = best(module, sizes)
    ax.plot(sizes, E, **NONRECIPROCAL)
    ax.plot(many[many > 5], limit * unit / many[many > 5] ** 2, **{**GUIDE, "linestyle": "--"})
    ax.set(xlabel="number of batteries $N$", xticks=sizes, ylim=(0, 12), title=title)
    ax.set_ylabel(r"stored energy $E_N^{\mathrm{ss}}/\omega$")
    inset = ax.inset_axes([0.47, 0.47, 0.49, 0.47])
    inset.plot(many, 1e3 * law, **GUIDE)
    inset.plot(sizes, 1e3 * J_op, **{**NONRECIPROCAL, "linewidth": 1.1, "markersize": 3})
    inset.set(xticks=(1, 4, 7, 10), ylim=(0, None))
    inset.tick_params(labelsize=9)
    inset.set_xlabel("$N$", fontsize=10, labelpad=1)
    inset.set_ylabel(r"$10^3\,J_{\mathrm{op}}/\omega$", fontsize=10, labelpad=3)

# %%
rows = []
for n in (1, 2, 5, 10, 15, 16, 17, 100, 10**4, 10**6):
    (J_c, E_c), (J_p, E_p) = best(cascaded, n), best(parallel, n)
    rows.append((n, J_c / kappa, n**2 * E_c / unit, J_p / kappa, n**2 * E_p / unit, E_c / E_p))
head = ["$N$", r"chain: $J_\mathrm{op}/\kappa$", "$N^2E_N/E_1$"]
head += [r"star: $J_\mathrm{op}/\kappa$", "$N^2E_N/E_1$", "chain/star"]
table(head, rows)
assert np.allclose(rows[-1][2::2], (64 / np.e**2, 16), rtol=5e-3)
ahead = np.array([best(cascaded, n)[1] > best(parallel, n)[1] for n in range(2, 3000)])
assert (ahead == (np.arange(2, 3000) <= 15)).all()

# %% [markdown]
# $E_1 = \omega(\epsilon/\kappa)^2$ is what one battery holds. From two to fifteen batteries the last battery
# of a chain holds more than each battery of a star; from sixteen on it holds less (by four parts in
# $10^5$ at $N = 16$), and in the end $4\,\mathrm{e}^{-2} = 0.541$ of it.
#
# The points of both panels, in the paper's units:

# %%
rows = []
for n in sizes:
    (J_c, E_c), (J_p, E_p) = best(cascaded, n), best(parallel, n)
    rows.append((n, 1e3 * J_c, E_c, 1e3 * J_p, E_p))
head = [r"$10^3J_\mathrm{op}/\omega$", r"$E_N/\omega$"]
table(["$N$", "(c) " + head[0], head[1], "(d) " + head[0], head[1]], rows)

# %% [markdown]
# ## Both ways: odd and even
#
# In a reciprocal chain waves run back and forth. With $\kappa = 4J\sinh\eta$ the last battery stores
#
# $$E_N = \omega\left[\frac{2\epsilon}{\kappa}\,\frac{\sinh 2\eta}{\sinh (N+2)\eta}\right]^2 \ (N\text{ even}),
# \qquad E_N = \omega\left[\frac{2\epsilon}{\kappa}\,\frac{\sinh 2\eta}{\cosh (N+2)\eta}\right]^2
# \ (N\text{ odd}),$$
#
# which are Liu (11) and (12) with all their constants. From here on, what the paper says of odd and even
# can be read off, for every $N$:
#
# * odd: one peak, where $(N+2)\tanh(2\eta)\tanh((N+2)\eta) = 2$;
# * even: no peak; $E_N$ rises with $J$ to $\omega[4\epsilon/((N+2)\kappa)]^2$. The mode at zero energy alone
#   gives this value at any $J$: all other modes together only take away from it;
# * (B16), even above odd: against the next longer chain always, $E_N > E_{N+1}$; against the next shorter
#   one only above a coupling $J^*(N)$, the one root of $\sinh(N+2)\eta = \cosh(N+1)\eta$;
# * "in the weak-coupling regime" the nonreciprocal chain stores more: for every $N$ up to $J = \kappa/2$, and
#   no further for all $N$, as two batteries show; for odd $N$ it is never behind.
#
# In the star no battery notices whether $N$ is odd, and the difference of both stars factorises:

# %%
found = window(RECIPROCAL_STAR_ENERGY, PARALLEL_ENERGY.subs(GAMMA, 2 * J), J)
show(r"E_\mathrm{rc} - E_\mathrm{nc}", found.difference)
edges = ", ".join(f"${expression(edge, LIU)}$" for edge in found.edges)
signs = ", ".join("+" if sign > 0 else "−" for sign in found.signs)
display(Markdown(f"Edges of the window (Liu 14): {edges}; signs from left to right: {signs}."))

# %% [markdown]
# ### Liu *et al.*, Fig. 3: nonreciprocal beside reciprocal
#
# Energy of the last battery, $\kappa/\omega = 0.003$ and $\epsilon/\omega = 0.01$. Left: at $J =
# J_\mathrm{op}(N)$, on a logarithmic scale. Others: against $J$, for three and four batteries. Shaded: the
# window of the paper's Eq. (14), $\kappa/(2N) < J < \kappa/2$, in which the reciprocal star stores more;
# dotted in (c) and (e): $J = \kappa/2$, up to which the nonreciprocal chain is ahead for every $N$.

# %%
coupling = np.linspace(0, 0.010, 401)[1:]
figure, panels = plt.subplots(2, 3, figsize=(7.4, 4.4))
for row, name, letters, module, forward, both in (
    (panels[0], "cascaded", "ace", cascaded, one_way_chain, chain),
    (panels[1], "parallel", "bdf", parallel, one_way_star, star),
):
    sizes = np.arange(1, 13 if module is cascaded else 7)
    J_op, E = best(module, sizes)
    row[0].semilogy(sizes, E, **NONRECIPROCAL, label="nonreciprocal")
    row[0].semilogy(sizes, both(N=sizes, J=J_op, **PAPER), **RECIPROCAL, label="reciprocal")
    row[0].set(xlabel="$N$", xticks=sizes[:: 1 + len(sizes) // 7], ylim=(0.3, 16))
    row[0].set_ylabel(rf"{name}:  $E_N^{{\mathrm{{ss}}}}/\omega$")
    row[0].set_title(rf"({letters[0]}) $J = J_{{\mathrm{{op}}}}(N)$")
    for ax, n, letter in zip(row[1:], (3, 4), letters[1:], strict=True):
        ax.plot(1e3 * coupling, forward(N=n, Gamma=2 * coupling, **PAPER), **smooth(NONRECIPROCAL))
        ax.plot(1e3 * coupling, both(N=n, J=coupling, **PAPER), **smooth(RECIPROCAL))
        ax.set(xlim=(0, 10), xticks=(0, 5, 10), ylim=(0, 5))
        ax.set(xlabel=r"$10^3\,J/\omega$", title=f"({letter}) $N = {n}$")
        if module is parallel:
            ax.axvspan(1e3 * kappa / (2 * n), 1e3 * kappa / 2, color="#F0E442", alpha=0.35, linewidth=0)
        else:
            ax.axvline(1e3 * kappa / 2, **GUIDE)
key = panels[1, 0].legend(loc="lower left")


# %%
def crossing(f, low, high):
    """Where f, positive at low, turns negative before high: by halving."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return low


def gap(n):
    """E_rc of n batteries, as a function of J/κ in units of E_1."""
    return lambda x: chain(N=n, J=x, kappa=1, epsilon=1, omega=1)


def lead(n):
    """How far the nonreciprocal chain is ahead, as a function of J/κ."""
    return lambda x: one_way_chain(N=n, Gamma=2 * x, kappa=1, epsilon=1, omega=1) - gap(n)(x)


def peak(n):
    """J/κ and E/E_1 of the largest energy of a reciprocal chain of odd n, from the root of its slope in η."""
    eta = crossing(lambda h: 2 - (n + 2) * np.tanh(2 * h) * np.tanh((n + 2) * h), 1e-9, 2)
    return 1 / (4 * np.sinh(eta)), (2 * np.sinh(2 * eta) / np.cosh((n + 2) * eta)) ** 2


rows, x = [], np.geomspace(1e-3, 1e4, 4001)
for n in range(1, 13):
    assert (lead(n)(x[x < 0.5]) > 0).all()
    if n % 2:
        assert lead(n)(x).min() > -1e-15
        J_best, most = peak(n)
        assert np.isclose(gap(n)(J_best), most)
        assert (gap(n)(x) <= most * (1 + 1e-12)).all()
        rows.append((n, "never", "", J_best, most))
    else:
        behind = crossing(lead(n), 0.4, 50)
        shorter = crossing(lambda x, n=n: gap(n - 1)(x) - gap(n)(x), 0.1, 50)
        assert (gap(n)(x) > gap(n + 1)(x)).all()
        assert (np.diff(gap(n)(x)) > 0).all()
        rows.append((n, behind, shorter, r"$\infty$", 16 / (n + 2) ** 2))
head = ["$N$", r"reciprocal ahead from $J/\kappa$", r"$E_N > E_{N-1}$ from $J^*/\kappa$"]
table([*head, r"reciprocal: best $J/\kappa$", "$E_N/E_1$ there"], rows)
assert np.isclose(rows[1][1], 0.5)

# %% [markdown]
# The points of (a) and (b), and the largest values of the curves of (c) to (f) up to $J = 0.01\,\omega$, $E/\omega$:

# %%
rows = []
for n in range(1, 7):
    points = [
        f(N=n, **({"Gamma": 2 * J_op} if f in (one_way_chain, one_way_star) else {"J": J_op}), **PAPER)
        for module, pair in ((cascaded, (one_way_chain, chain)), (parallel, (one_way_star, star)))
        for J_op in (best(module, n)[0],)
        for f in pair
    ]
    rows.append((n, *points))
    assert (points[0] > points[1] * (1 + 1e-9)) == (n % 2 == 1 and n > 1)  # N = 1: equal
    assert n == 1 or points[3] > points[2]
table(["$N$", "(a) nonreciprocal", "reciprocal", "(b) nonreciprocal", "reciprocal"], rows)
rows, fine = [], np.linspace(0, 0.010, 100_001)[1:]  # to all the digits that are shown
for n, letters in ((3, "cd"), (4, "ef")):
    for letter, forward, both in ((letters[0], one_way_chain, chain), (letters[1], one_way_star, star)):
        curves = forward(N=n, Gamma=2 * fine, **PAPER), both(N=n, J=fine, **PAPER)
        cells = (x for curve in curves for x in (curve.max(), 1e3 * fine[curve.argmax()]))
        rows.append((f"({letter}) $N = {n}$", *cells))
table(["", "nonreciprocal: largest", r"at $10^3J/\omega$", "reciprocal: largest", r"at $10^3J/\omega$"], rows)

# %% [markdown]
# ## Triangles: phases, gains, and a fit
#
# Zhao *et al.* make the reservoirs out of lossy modes. In the letters of their steady state nothing new
# happens, $\Gamma_\mathrm{Liu} = 2g_b$, but they compare with two reciprocal rivals: r1 without the lossy
# modes, r2 with them at phases $\theta_k = 0$.

# %%
ZHAO = {"gamma": 0.1, "omega": 1, "xi": 1}  # Zhao et al., in units of ω: Γ = γ_c = γ_b = 0.1, ξ = 1
loss = ZHAO["gamma"]


def stored(module, n, x, theta, share=1.0):
    """E_n of the full network, lossy modes and all; one phase or four."""
    g = share * np.sqrt(x * loss * loss / 2)
    phases = theta if isinstance(theta, tuple) else (theta,) * 4
    named = {f"theta_{k}": phase for k, phase in enumerate(phases, start=1)}
    links = {"g_b": x * loss, "g_1": g, "g_2": g}
    values = {**links, **ZHAO, **named, "Gamma": loss}
    return module.energies(**uniform(module.PARAMETERS, values, links, n))[n]


CASES = (
    ("nr", NONRECIPROCAL, lambda module, n, x: stored(module, n, x, -np.pi / 2)),
    ("r1", RECIPROCAL, lambda module, n, x: stored(module, n, x, 0, share=0)),
    ("r2", LOSSY_RECIPROCAL, lambda module, n, x: stored(module, n, x, 0)),
)
nr, r1, r2 = (case for _, _, case in CASES)

# %% [markdown]
# ### Zhao *et al.*, Figs. 2(a) and 3(a): the phases
#
# Energy $E_2$ of the second battery against both phases at $g_b/\gamma = 0.1$. In the chain both must be
# $-\pi/2$ for the most (cross); in the star $E_2$ asks only for $\theta_2 = -\pi/2$ and takes $\theta_1 =
# \pm\pi/2$.

# %%
theta = np.linspace(-np.pi, np.pi, 121)
ticks = np.pi * np.arange(-1, 1.5, 0.5)
names = [r"$-\pi$", r"$-\pi/2$", "0", r"$\pi/2$", r"$\pi$"]
figure, panels = plt.subplots(1, 2, figsize=(7.0, 3.2))
rows = []
for ax, module, title in (
    (panels[0], triangles_cascaded, "2(a) chain"),
    (panels[1], triangles_parallel, "3(a) star"),
):
    # Without its last digits, which are another processor's: they would choose colours where two are as near.
    E_2 = stored(module, 2, 0.1, (theta[None, :], theta[:, None], 0, 0)).round(9)
    image = ax.imshow(E_2, origin="lower", extent=[-np.pi, np.pi] * 2, interpolation="bicubic")
    levels = E_2.max() * np.arange(1, 7) / 7
    ax.contour(theta, theta, E_2, levels=levels, colors="white", linewidths=0.5, alpha=0.6)
    best_at = np.argwhere(np.isclose(E_2, E_2.max(), rtol=1e-9))
    for i, j in best_at:
        ax.plot(theta[j], theta[i], "+", color="black")
    ax.set_xticks(ticks, names)
    ax.set_yticks(ticks, names)
    ax.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", title=rf"{title}: $E_2/\omega$")
    figure.colorbar(image, ax=ax, pad=0.02, shrink=0.78)
    spots = ", ".join(rf"$({theta[j] / np.pi:g}\pi, {theta[i] / np.pi:g}\pi)$" for i, j in best_at)
    rows.append((title, E_2.max(), spots, stored(module, 2, 0.1, 0)))
    assert all(np.isclose(theta[i], -np.pi / 2) for i, _ in best_at)
    assert all(np.isclose(abs(theta[j]), np.pi / 2) for _, j in best_at)

# %%
table(("", r"largest $E_2/\omega$", r"at $(\theta_1, \theta_2)$", r"at $(0, 0)$"), rows)

# %% [markdown]
# ### Zhao *et al.*, Figs. 2(b)–(e), 3(b) and (c): energies and gains
#
# Energies of the last battery against $g_b/\gamma$, nonreciprocal (nr), reciprocal without the lossy modes
# (r1) and with them (r2), and the gains $G_{N1} = E^\mathrm{nr}/E^\mathrm{r1}$ and $G_{N2} =
# E^\mathrm{nr}/E^\mathrm{r2}$, for chains of three and four and the star of two. Insets: the energies at weak
# coupling. Dotted: the bounds that are proved for every $N$.

# %%
figure, panels = plt.subplots(3, 2, figsize=(7.0, 8.2))
wide, weak = np.linspace(0, 3, 301)[1:], np.linspace(0, 0.2, 201)[1:]
for (left, right), module, n, letters, bounds in (
    (panels[0], triangles_cascaded, 3, ("2(b)", "2(d)"), (4**3, 2**3)),
    (panels[1], triangles_cascaded, 4, ("2(c)", "2(e)"), (4**4, 2**4)),
    (panels[2], triangles_parallel, 2, ("3(b)", "3(c)"), (4, 2)),
):
    inset = right.inset_axes([0.52, 0.5, 0.44, 0.4])
    for name, style, case in CASES:
        left.plot(wide, case(module, n, wide), **smooth(style), label=name)
        inset.plot(weak, case(module, n, weak), **smooth(style, linewidth=1.2))
        if name != "nr":
            right.semilogy(weak, nr(module, n, weak) / case(module, n, weak), base=2, **smooth(style))
    for k, (bound, at) in enumerate(zip(bounds, (0.04, 0.17), strict=True), start=1):
        right.axhline(bound, **GUIDE)
        _, style, case = CASES[k]
        name_curve(right, f"$G_{{{n}{k}}}$", at, nr(module, n, at) / case(module, n, at), style, (4, 5))
    kind = "chain" if module is triangles_cascaded else "star"
    left.set(xlabel=r"$g_b/\gamma$", ylabel=rf"$E_{n}/\omega$", xlim=(0, 3), ylim=(0, None))
    left.set_title(f"{letters[0]} {kind}, $N = {n}$")
    right.set(xlabel=r"$g_b/\gamma$", ylabel="gain", title=letters[1], xlim=(0, 0.2))
    right.set_ylim(bounds[1] * 0.8, bounds[0] * (4 if kind == "star" else 1.5))
    inset.set(xlim=(0, 0.2), ylim=(0, None), xticks=(0, 0.1, 0.2))
    inset.tick_params(labelsize=8)
key = panels[0, 0].legend(loc="upper right")

# %%
rows, x = [], np.geomspace(1e-5, 100, 1501)
for module, sizes in ((triangles_cascaded, (1, 2, 3, 4)), (triangles_parallel, (1, 2, 3, 4))):
    for n in sizes:
        G_1, G_2 = nr(module, n, x) / r1(module, n, x), nr(module, n, x) / r2(module, n, x)
        series = module is triangles_cascaded
        least, most = (2**n, 4**n) if series else (2, 4)
        assert (G_1 < most * (1 + 1e-9)).all()
        assert (G_2 > least * (1 - 1e-9)).all()
        cross = crossing(lambda x, m=module, n=n: r2(m, n, x) - r1(m, n, x), 0.02, 0.4)
        rows.append(("chain" if series else "star", n, most, least, G_1[-1], G_2[-1], cross))
head = ["", "$N$", r"$G_{N1}$ at most", r"$G_{N2}$ at least"]
head += [r"$G_{N1}$, $g_b = 100\gamma$", r"$G_{N2}$, $g_b = 100\gamma$", r"$G_{N1} = G_{N2}$ at $g_b/\gamma$"]
table(head, rows)
assert all(row[-1] > 0.1 for row in rows[:4])

# %% [markdown]
# Points of the panels, $E/\omega$:

# %%
rows = []
for module, n, name in (
    (triangles_cascaded, 3, "2(b), (d)"), (triangles_cascaded, 4, "2(c), (e)"), (triangles_parallel, 2, "3(b), (c)"),
):  # fmt: skip
    for x in (0.05, 0.1, 0.2, 0.5, 1.0):
        E = [case(module, n, x) for _, _, case in CASES]
        rows.append((name, x, *E, E[0] / E[1], E[0] / E[2]))
table(["panel", r"$g_b/\gamma$", "nr", "r1", "r2", "$G_{N1}$", "$G_{N2}$"], rows)
assert all(row[2] >= row[3] * (1 - 1e-9) for row in rows[:5])  # three in a chain: never behind
assert rows[9][2] < rows[9][3]  # four: behind from 0.7676 on

# %% [markdown]
# $2^{2N}$ is an upper bound of $G_{N1}$ and $2^N$ a lower one of $G_{N2}$; both are values at $g_b \to 0$. In
# the star $G_{N1} \le 4$ and $G_{N2} \ge 2$, where the paper prints an upper bound. In the chain
# $G_{N1} > G_{N2}$ holds for every $N$ up to $g_b = \gamma/10$; the paper's 0.12 is a little too far for $N < 10$.
#
# ### Zhao *et al.*, Fig. 2(f): a fit, and what it fits
#
# Each chain at its own best coupling, odd $N$: the nonreciprocal one ends with more, and the paper fits the
# ratio by $1 + 0.062\ln N$. For many batteries $N^2E^\mathrm{nr}_\mathrm{max} \to 64\,\mathrm{e}^{-2}$ and
# $N^2E^\mathrm{r1}_\mathrm{max} \to 16\lambda^2$, in units of $E_1$, with $\lambda = \max_v v/\cosh v = 0.66274$.
# The ratio tends to $4/(\mathrm{e}\lambda)^2 = 1.2325$, and no logarithm describes it for long. Dotted: the
# fit. Shaded: the range of $N$ over which least squares give its 0.062.


# %%
def ratio(n):
    """E_max^nr/E_max^r1."""
    E = one_way_chain(N=n, Gamma=2 * cascaded.optimal_coupling(N=n, kappa=1), kappa=1, epsilon=1, omega=1)
    return E / peak(n)[1]


odd = np.unique(2 * (np.geomspace(1, 2000, 60) / 2).astype(int) + 1)
found = np.array([ratio(n) for n in odd])
asymptote = 4 / (np.e * 0.6627434193491816) ** 2
figure, (left, right) = plt.subplots(1, 2)
small = np.arange(1, 12, 2)
left.plot(small, [cascaded.optimal_coupling(N=n, kappa=1) for n in small], **NONRECIPROCAL)
left.set(xlabel="$N$ (odd)", xticks=small, ylim=(0, 3.8), title="2(f)")
left.set_ylabel(r"$g_b^{\mathrm{opt}}/\gamma$", color=NONRECIPROCAL["color"])
twin, line = left.twinx(), np.linspace(1, 11, 200)
twin.plot(line, 1 + 0.062 * np.log(line), **GUIDE)
twin.plot(small, [ratio(n) for n in small], **RATIO)
twin.set(ylim=(0.98, 1.18))
right.semilogx(odd, found, **{**RATIO, "markersize": 3})
right.semilogx(odd, 1 + 0.062 * np.log(odd), **GUIDE)
right.axhline(asymptote, **{**GUIDE, "linestyle": "--"})
right.annotate(f"{asymptote:.4f}", (200, asymptote), (0, 4), textcoords="offset points", fontsize=10)
right.axvspan(1, 25, color="#6b6f76", alpha=0.12, linewidth=0)
right.set(xlabel="$N$ (odd)", ylim=(0.98, 1.4), xlim=(1, 2000), title="the same, further out")
label = right.set_ylabel(r"$E_{\max}^{\mathrm{nr}}/E_{\max}^{\mathrm{r1}}$", color=RATIO["color"])

# %%
rows = []
for top in (11, 25, 51):
    fitted = np.arange(1, top + 1, 2)
    logs, off = np.log(fitted), np.array([ratio(n) for n in fitted]) - 1
    c = logs @ off / (logs @ logs)
    rows.append((f"1, 3, …, {top}", c, abs(off - c * logs).max(), abs(off - 0.062 * logs).max()))
table(("fit over $N$", "coefficient of ln $N$", "largest residual", "with 0.062"), rows, 3)
assert round(rows[1][1], 3) == 0.062
rows = [(n, ratio(n), 1 + 0.062 * np.log(n)) for n in (1, 3, 11, 25, 43, 101, 1001)]
table(("$N$", "ratio", r"$1 + 0.062\ln N$"), rows)
assert (np.diff(found) > 0).all()
assert found[-1] < asymptote
assert np.isclose(ratio(10**6 + 1), asymptote, rtol=1e-5)

# %% [markdown]
# ## The best network for $n$ batteries
#
# Take any network of coherent couplings, losses and shared reservoirs in vacuum, any graph, and one driven
# charger. Its energy balance, with the square in the charger's amplitude completed, reads
#
# $$\frac{\epsilon^2}{\kappa_a} = \sum_b \kappa_b|\langle b\rangle|^2
# + \kappa_a\Big|\langle a\rangle + \frac{i\epsilon}{\kappa_a}\Big|^2
# + \sum_\mathrm{shared}\Gamma\,|u\cdot\langle a\rangle|^2,$$
#
# and every term is positive. So the worst of $n$ equal batteries never stores more than $E_1/n$, whatever
# the network. Which networks come how close? First equal couplings throughout.
#
# The worst of $n$ batteries, $nE_\mathrm{min}/E_1$, with equal couplings, each network at the coupling that is
# best for it: (a) reciprocal, where 1 is the bound for all passive networks; (b) one-way links with $\mu_k = 1$.


# %%
def worst(parents, coupling, one_way):
    """The smallest energy in units of E_1 of a tree with equal couplings J/κ; parents[k] feeds battery k + 1."""
    size = len(parents) + 1
    w = np.zeros((len(coupling), size, size), complex)
    w[:, range(size), range(size)] = -0.5
    for k, parent in enumerate(parents, start=1):
        if one_way:  # Γ = 2J: both ends decay at Γ more, and only the child is driven
            w[:, parent, parent] -= coupling
            w[:, k, k] -= coupling
            w[:, k, parent] -= 2 * coupling
        else:
            w[:, k, parent] -= 1j * coupling
            w[:, parent, k] -= 1j * coupling
    amplitudes = np.linalg.solve(w, np.eye(size)[:, :1])
    return (abs(amplitudes[:, 1:, 0]) ** 2).min(axis=1)


def at_best(parents, one_way):
    """The best coupling of a tree and the energy of its worst battery there."""
    grid = np.geomspace(0.02, 30, 800)
    for _ in range(3):
        values = worst(parents, grid, one_way)
        k = values.argmax()
        found = grid[k], values[k]
        grid = np.geomspace(grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)], 101)
    return found


def arms(copies, length):
    """Parents of a star of chains."""
    return [0 if k % length == 0 else k for k in range(copies * length)]


def balanced(branching, depth):
    """Parents of a balanced tree."""
    size = sum(branching**k for k in range(1, depth + 1))
    return [k // branching for k in range(size)]


def comb(spine):
    """Parents of a chain whose every node, the charger too, has a leaf."""
    return [*range(spine), *range(spine + 1)]


SHAPES = {
    "star": (RECIPROCAL, {n: arms(n, 1) for n in range(1, 15)}),
    "arms of two": (LOSSY_RECIPROCAL, {n: arms(n // 2, 2) for n in range(2, 15, 2)}),
    "binary tree": (TREE, {n: balanced(2, d) for d, n in ((1, 2), (2, 6), (3, 14))}),
    "comb": (COMB, {2 * m + 1: comb(m) for m in range(7)}),
    "chain": (NONRECIPROCAL, {n: arms(1, n) for n in range(1, 15)}),
}
results = {
    (shape, n, one_way): at_best(parents, one_way)
    for shape, (_, members) in SHAPES.items()
    for n, parents in members.items()
    for one_way in (False, True)
}
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.0, 3.6))
for ax, one_way, title in (
    (panels[0], False, "(a) reciprocal"),
    (panels[1], True, "(b) one-way, $\\mu_k = 1$"),
):
    ax.axhline(1, color="black", linewidth=1.2)
    for shape, (style, members) in SHAPES.items():
        share = [n * results[shape, n, one_way][1] for n in members]
        ax.plot(list(members), share, **{**style, "linewidth": 1.2}, label=shape)
    ax.set(xlabel="number of batteries $n$", xticks=range(2, 15, 2), ylim=(0, 1.12), title=title)
panels[0].set_ylabel(r"worst battery: $n\,E_{\min}/E_1$")
panels[0].annotate("no passive network is above", (5, 1.0), (0, 6), textcoords="offset points", fontsize=9)
key = panels[1].legend(loc="upper right", bbox_to_anchor=(1, 0.93), fontsize=9)

# %%
rows = []
for n in (2, 6, 14):
    for shape in ("star", "arms of two", "binary tree", "chain"):
        (J_r, E_r), (J_o, E_o) = results[shape, n, False], results[shape, n, True]
        rows.append((n, shape, J_r, n * E_r, J_o, n * E_o))
        assert n * max(E_r, E_o) <= 1 + 1e-9
head = ["$n$", "network", r"reciprocal: $J/\kappa$", r"$nE_{\min}/E_1$", r"one-way: $J/\kappa$"]
table([*head, r"$nE_{\min}/E_1$"], rows)
assert all(np.isclose(n * results["star", n, False][1], 1, rtol=1e-4) for n in range(1, 15))
for shape, n, one_way in results:
    assert results[shape, n, one_way][1] <= results["star", n, one_way][1] * (1 + 1e-6)

# %% [markdown]
# With equal couplings the reciprocal star is the best network that there is: it reaches the bound for every
# $n$, at $J = \kappa/(2\sqrt n)$. One-way links with equal weights ($\mu_k = 1$) lose energy in their
# reservoirs; of the shapes tried the star is the best among these, too. (The last battery of a one-way chain
# may hold more than each of a star, but then the one before it holds less.) Reciprocal chains are the worst
# choice: near a zero mode every other battery is empty.
#
# Couplings need not be equal. On *any* tree let every link carry what is lost beyond it,
# $J_v = \sum_{w\ \mathrm{below}\ v}\kappa_w r_w^2/(2 r_v r_\mathrm{parent})$ for amplitudes of moduli $r$: the
# batteries then hold any energies that the bound allows. And one-way links can do the same if their
# reservoirs stay dark, that is, if the two amplitudes on each cancel: isolation need not cost anything.

# %%
rows = []
graphs = {
    "chain": nx.DiGraph([("a", "b_1"), ("b_1", "b_2"), ("b_2", "b_3"), ("b_3", "b_4")]),
    "arms": nx.DiGraph([("a", "b_1"), ("b_1", "b_2"), ("a", "b_3"), ("b_3", "b_4")]),
    "star": nx.DiGraph([("a", f"b_{k}") for k in range(1, 5)]),
}
for name, graph in graphs.items():
    for one_way in (False, True):
        net = matched(graph, one_way=one_way)
        assert isinstance(is_zero(matched_residual(net)), Proved)  # every battery holds E_1/4
        back = [langevin(net).drift[net.names.index(i), net.names.index(j)] for i, j in graph.edges]
        assert all(entry == 0 for entry in back) == one_way
        links = ", ".join(f"${expression(abs(c.strength), LIU)}$" for c in net.couplings)
        rows.append((name, "one-way" if one_way else "reciprocal", links, "1/4, proved"))
table(("tree of four", "", "$J$ of its links", r"$E_{\min}/E_1$"), rows)

# %% [markdown]
# For a designer: if the couplings can be chosen one by one, the topology is free, and so is isolation; if
# they must be equal, take the reciprocal star.
