"""Liu, Chen, Wu, Chen and Su 2026: the last battery of a uniform cascaded network in time, where Eq. (3) reads 0/0."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, Function, S, Sum, Symbol, exp, factorial

from derive.builders import positive
from derive.claims import Equal, Statement
from derive.papers.liu2026_letters import Γ, ε, κ, ω

t = positive("t")


def truncated(m: int, u: Expr) -> Expr:
    """S_m(u) = Σ_{k < m} u^k/k!, the beginning of e^u."""
    return Add(*(u**k / factorial(k) for k in range(m)))


def uniform_amplitude(m: Expr | int, sums: Callable[[Expr | int, Expr], Expr]) -> Expr:
    """exp[0, x, x, y, …, y] with m nodes y, which is regular.

    x = −(Γ + κ)/2 is the rate of the charger and the last battery, y = −(2Γ + κ)/2 that of the m = N − 1 others. By
    1/(z(z − x)²) = (1/x²)(1/z − 1/(z − x)) + (1/x)/(z − x)² it is

        (G_0 − G_x)/x² + H/x,   G_c = (e^{ct} − e^{yt} S_m((c − y)t))/(c − y)^m,   H = ∂G_c/∂c at c = x.

    `sums(m, u)` is S_m(u) = Σ_{k < m} u^k/k!.
    """
    x, y = -(Γ + κ) / 2, -(2 * Γ + κ) / 2

    def waves(c: Expr) -> Expr:
        return (exp(c * t) - exp(y * t) * sums(m, (c - y) * t)) / (c - y) ** m

    slope = t * (exp(x * t) - exp(y * t) * sums(m - 1, (x - y) * t)) / (x - y) ** m - m * waves(x) / (x - y)
    return (waves(S.Zero) - waves(x)) / x**2 + slope / x


def uniform(n: Expr | int, sums: Callable[[Expr | int, Expr], Expr] = truncated) -> Expr:
    """E_n of the last battery of a uniform cascaded network, regular: ωε²Γ^{2n} exp[0, x, x, y, …, y]²."""
    return ω * ε**2 * Γ ** (2 * n) * uniform_amplitude(n - 1, sums) ** 2


def one_uniform_battery_more() -> Iterator[Statement]:
    """F_m′ = yF_m + F_{m−1} and F_m(0) = 0 for F_m = exp[0, x, x, y, …, y], for every m ≥ 2.

    With letters for S_{m−2}(u), u^{m−2} and (m−2)!: S_{m−1} = S_{m−2} + u^{m−2}/(m−2)!, dS_m/du = S_{m−1}.
    """
    m = Symbol("m", positive=True, integer=True)
    y, small = -(2 * Γ + κ) / 2, positive("f")
    first = {u: Symbol(f"S_{k}") for k, u in enumerate((-y * t, Γ * t / 2))}

    def sums(order: Expr | int, u: Expr) -> Expr:
        known = next(s for v, s in first.items() if (v - u).expand() == 0)
        power = u ** (m - 2) / small
        more = power * u / (m - 1)
        return {m - 2: known, m - 1: known + power, m: known + power + more}[order]

    def rate(order: Expr | int, u: Expr) -> Expr:
        return u / t * sums(order - 1, u)

    def moved(order: Expr | int, u: Expr) -> Expr:
        return Function(f"s_{order}_{(u / t).expand()}".replace(" ", ""))(t)

    formula = uniform_amplitude(m, moved)
    slope, places = formula.diff(t), [(order, u) for order in (m, m - 1) for u in first]
    slope = slope.xreplace({moved(order, u).diff(t): rate(order, u) for order, u in places})
    slope = slope.xreplace({moved(order, u): sums(order, u) for order, u in places})
    yield Equal(Symbol("F_m'"), slope, y * uniform_amplitude(m, sums) + uniform_amplitude(m - 1, sums))
    yield Equal(Symbol("F_m(0)"), S.Zero, uniform_amplitude(m, lambda order, u: S.One).subs(t, 0))


def as_sum(m: Expr | int, u: Expr) -> Expr:
    """S_m(u) as it is displayed."""
    k = Symbol("k", integer=True)
    return Sum(u**k / factorial(k), (k, 0, m - 1))
