"""How wrong adiabatic elimination can be: bounds for any network of losses, thermal or not, whatever its couplings.

With A = W_ss, B = W_sc, C = W_cs, D = W_cc, the eliminated drift is W′ = A − B D⁻¹ C, and

    χ_ss(ω) − χ′(ω) = −iω χ_ss B D⁻¹ (−iω − D)⁻¹ C χ′                             (response)
    ⟨a_s⟩ − ⟨a′⟩ = ∫ e^{W′(t−τ)} B z(τ) dτ,   z = a_c + D⁻¹(C a_s + f_c)             (from vacuum)
    z(τ) = e^{Dτ} D⁻¹ f_c + ∫ e^{D(τ−σ)} D⁻¹ C e^{Wσ} f dσ
    W′Δ + ΔW′† = W′ S_sc (B D⁻¹)† + h.c.,   Δ = S_ss − S′,   S = ⟨δa δa†⟩ᵀ         (steady moments)

The first vanishes at ω = 0: steady amplitudes are exact. Because every part of the motion only decays,
W + W† = −diag(κ) − G G† with κ the local losses, ‖e^{Wt}‖ ≤ e^{−γt} for 2γ = min κ, likewise for D and W′, and the
norms of B and C give numbers. They are Frobenius norms, which are no smaller than the operator norms meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, I, Integer, Matrix, Min, Symbol, diag, eye, sqrt, zeros

from derive.balance import local_losses
from derive.checks import checked
from derive.differences import divided_differences
from derive.eliminate import fast_inverse, schur, split
from derive.errors import DeriveError
from derive.kernel import abs_squared, canonical, conjugated, inverse
from derive.langevin import Langevin, langevin
from derive.network import Network


class NotPassive(DeriveError):
    """A network with pairing or gain, whose motion may grow where the bounds need it to decay."""


@dataclass(frozen=True)
class EliminationBound:
    """Norms and rates that bound the error of an elimination.

    `kept`, `slow` and `fast` are half the smallest local loss of the modes that stay, of all modes, and of those that
    go. `out` = ‖W_sc‖, `into` = ‖W_cs‖, `follow` = ‖W_cc⁻¹W_cs‖, `lead` = ‖W_sc W_cc⁻¹‖, `effective` = ‖W′‖, all
    Frobenius; `shared` = ‖G_c‖‖G_s‖ of the reservoirs that modes of both kinds leak into. Rates, except `follow` and
    `lead`, which are of the order of coupling over lifetime, and `start` = ‖W_cc⁻¹f_c‖, an amplitude, which vanishes if
    no eliminated mode is driven.
    """

    kept: Expr
    slow: Expr
    fast: Expr
    out: Expr
    into: Expr
    follow: Expr
    lead: Expr
    effective: Expr
    shared: Expr
    start: Expr

    def amplitudes(self, force: Expr | int, time: Expr | None = None) -> Expr:
        """‖⟨a_s⟩(t) − ⟨a′⟩(t)‖ ≤ ‖B‖(‖D⁻¹C‖‖f‖ e[−kept, −slow, −fast](t) + ‖D⁻¹f_c‖ e[−kept, −fast](t)) from vacuum.

        `force` is ‖f‖. The divided differences of e^{xt} rise with each of their nodes, and vanish at t = 0 and t → ∞;
        without a time their bounds 1/(kept·fast) and 1/fast at every time are taken.
        """
        lag = self.follow * force
        if time is None:
            return self.out * (lag / self.kept + self.start) / self.fast
        begun = divided_differences((-self.kept, -self.fast), time)[1]
        driven = divided_differences((-self.kept, -self.slow, -self.fast), time)[2]
        return self.out * (lag * driven + self.start * begun)

    def response(self, omega: Expr) -> Expr:
        """‖χ_ss(ω) − χ′(ω)‖ ≤ |ω| ‖B‖‖D⁻¹C‖/(slow·kept·fast), for ω ≥ 0."""
        return omega * self.out * self.follow / (self.slow * self.kept * self.fast)

    def moments(self, spread: Expr | int) -> Expr:
        """‖N_ss − N′‖ ≤ ½ spread ‖W′‖‖BD⁻¹‖(‖B‖ + ‖C‖ + ‖G_c‖‖G_s‖)/(kept(fast + kept)) of the steady state.

        `spread` is the difference of the largest and the smallest occupation of the baths: at one temperature,
        elimination is exact.
        """
        coupled = self.out + self.into + self.shared
        return spread * self.effective * self.lead * coupled / (2 * self.kept * (self.fast + self.kept))


@checked
def elimination_bound(net: Network, *gone: str) -> EliminationBound:
    """The bounds on what `eliminate(net, *gone)` gets wrong, certified by `elimination_bound_residual`.

    A bound is infinite where a mode has no loss of its own (`kept` or `fast` zero), except that of the amplitudes at a
    given time.

    Raises:
        NotPassive: if the network has pairing or gain.
        NotEliminable: as in `eliminate`.
    """
    eq = _passive(net)
    stay, go = split(eq, gone)
    reduced = schur(eq, *gone).drift
    local, gram = list(local_losses(net).values()), _shared(net)
    fast = fast_inverse(eq.drift[go, go], gone)
    b, c = eq.drift[stay, go], eq.drift[go, stay]
    crossing = _crossing(gram, stay, go)
    return EliminationBound(
        kept=_half_least([local[i] for i in stay]),
        slow=_half_least(local),
        fast=_half_least([local[i] for i in go]),
        out=_norm(b),
        into=_norm(c),
        follow=_norm(fast * c),
        lead=_norm(b * fast),
        effective=_norm(reduced),
        shared=canonical(_norm(gram[go, crossing]) * _norm(gram[stay, crossing])),
        start=_norm(fast * eq.force[go, :]),
    )


@checked
def elimination_bound_residual(net: Network, omega: Symbol, *gone: str) -> Matrix:
    """The identities that the bounds rest on, for one network: a column that vanishes.

    W + W† + diag(κ) + G G† (everything decays), T W − (W′, 0) with T = (1, −B D⁻¹) (what the dressed modes feel, from
    which the identities in time and of the moments follow), and the identity of the responses at frequency `omega`;
    the squares of the norms of `elimination_bound` less tr M M†, and its rates less half the smallest losses.

    Raises:
        NotPassive, NotEliminable: as in `elimination_bound`.
    """
    eq = _passive(net)
    stay, go = split(eq, gone)
    local, gram = list(local_losses(net).values()), _shared(net)
    decay = eq.drift + eq.drift.H + diag(*local) + gram * gram.H
    reduced = schur(eq, *gone).drift
    fast = fast_inverse(eq.drift[go, go], gone)
    b, c = eq.drift[stay, go], eq.drift[go, stay]
    dressed = eq.drift[stay, :] - b * fast * eq.drift[go, :]
    whole = inverse(-I * omega * eye(len(eq.modes)) - eq.drift)[stay, stay]
    after = inverse(-I * omega * eye(len(stay)) - reduced)
    inner = inverse(-I * omega * eye(len(go)) - eq.drift[go, go])
    found = elimination_bound(net, *gone)
    crossing = _crossing(gram, stay, go)
    norms = [
        (found.out, b),
        (found.into, c),
        (found.follow, fast * c),
        (found.lead, b * fast),
        (found.effective, reduced),
        (found.shared, Matrix([x * y for x in gram[go, crossing] for y in gram[stay, crossing]])),
        (found.start, fast * eq.force[go, :]),
    ]
    rates = [
        found.kept - _half_least([local[i] for i in stay]),
        found.slow - _half_least(local),
        found.fast - _half_least([local[i] for i in go]),
    ]
    return Matrix(
        [
            *decay,
            *(dressed[:, stay] - reduced),
            *dressed[:, go],
            *(whole - after + I * omega * whole * b * fast * inner * c * after),
            *(norm**2 - Add(*map(abs_squared, matrix)) for norm, matrix in norms),
            *rates,
        ]
    )


def _passive(net: Network) -> Langevin:
    if not net.passive:
        raise NotPassive(
            "The bounds hold for networks that only lose, but this one has pairing or gain legs; "
            "compare `corrections` of the next order instead."
        )
    return langevin(net)


def _shared(net: Network) -> Matrix:
    """G, with a column √γ u* for every shared reservoir."""
    baths = [bath for bath in net.baths if len(bath.jump) > 1]
    found = zeros(len(net.names), len(baths))
    for k, bath in enumerate(baths):
        for name, weight in bath.jump:
            found[net.names.index(name), k] = sqrt(bath.rate) * conjugated(weight)
    return found


def _crossing(gram: Matrix, stay: list[int], go: list[int]) -> list[int]:
    """The reservoirs that modes of both kinds leak into."""
    return [k for k in range(gram.cols) if all(any(gram[i, k] != 0 for i in kind) for kind in (stay, go))]


def _half_least(rates: list[Expr]) -> Expr:
    return Min(*rates) / 2


def _norm(matrix: Matrix) -> Expr:
    """The Frobenius norm."""
    return sqrt(canonical(sum(map(abs_squared, matrix), Integer(0))))
