"""What is mathematics in a sentence is told from what is not, and every sentence of the catalogue can be typeset."""

import unicodedata

import pytest

from derive.latex.prose import (
    GREEK,
    LITERAL,
    LOWERED,
    RAISED,
    SIGNS,
    formula,
    inscription,
    latex,
    plain,
    segments,
)
from derive.pages.web import typesetter
from derive.papers import OWN, PAPERS
from derive.report import departed

SENTENCES = [
    text
    for paper in (*PAPERS, *OWN)
    for claim in paper.claims
    for text in (
        claim.label,
        claim.title,
        claim.scope,
        claim.because,
        departed(claim.departure) if claim.departure else "",
    )
]


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("Energies at J = Γ_i/2", r"Energies at $J = \Gamma_{i}/2$"),
        ("a flow from b_1 back to a (for p_a = −i)", r"a flow from $b_{1}$ back to a (for $p_{a} = -i$)"),
        ("Eqs. (2), (A1) and Fig. 1(a)", "Eqs. (2), (A1) and Fig. 1(a)"),
        ("Sec. V holds for all N", "Sec. V holds for all $N$"),
        ("between κN/4 and κ(N + 2)/4;", r"between $\kappa N/4$ and $\kappa (N + 2)/4$;"),
        ("J_op^c → ∞, twice 2^2N", r"$J_{\mathrm{op}}^{c} \to \infty$, twice $2^{2N}$"),
        ("Λ_0 e^{−Λ_n t/2}", r"$\Lambda_{0} e^{-\Lambda_{n} t/2}$"),
        ("≥ 0 below J_op and ≤ 0 above", r"$\geq 0$ below $J_{\mathrm{op}}$ and $\leq 0$ above"),
        ("else ≤.", r"else $\leq$."),
        ("N = 1..6", r"$N = 1, \dots, 6$"),
        ("by 14% at most", r"by 14\% at most"),
        ("the n-th battery, half-way", "the n-th battery, half-way"),
        ("it is 2 and “nothing else”", "it is 2 and ``nothing else''"),
        ('the "θ = 0" of (the "paper")', r"the ``$\theta = 0$'' of (the ``paper'')"),
        ("as |<a>|² in Eq. (A2)", r"as $|\langle a\rangle |^{2}$ in Eq. (A2)"),
        ("rates 2γ⇓", r"rates $2\gamma_{\Downarrow}$"),
        ("the norm C_l1² of l_1", r"the norm $C_{l_{1}}^{2}$ of $l_{1}$"),
        ("C² = 4ω_b²(1 − C_W²)", r"$C^{2} = 4\omega_{b}^{2}(1 - C_{\mathrm{W}}^{2})$"),
        ("E_N^r1 < E_N^nr", r"$E_{N}^{\mathrm{r1}} < E_{N}^{\mathrm{nr}}$"),
        ("the drive's P_in", r"the drive's $P_{\mathrm{in}}$"),
        ("a charger a and a battery b", "a charger $a$ and a battery $b$"),
        ("a jump p_a a + p_b b", r"a jump $p_{a} a + p_{b} b$"),
        ("θ ∈ {−π, 0}", r"$\theta \in \{-\pi, 0\}$"),
    ],
)
def test_formulas_stand_between_dollars_and_words_outside(text, tex):
    assert latex(text) == tex


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("√(2[1 − Tr ρ_b²])", r"\sqrt{2[1 - \operatorname{Tr} \rho_{b}^{2}]}"),
        ("√N J", r"\sqrt{N} J"),
        ("2ω_bJ_1E", r"2\omega_{b}J_{1}E"),
        ("⟨b†b⟩*", r"\langle b^{\dagger}b\rangle^{*}"),
        ("γ↑γ↓N_B", r"\gamma_{\uparrow}\gamma_{\downarrow}N_{B}"),
        ("𝒜_nΠ_n/V_n", r"\mathcal{A}_{n}\Pi_{n}/V_{n}"),
        ("1/Π_{q ≠ p}x_q", r"1/\prod_{q \neq p}x_{q}"),
        ("D[q†] + h.c.", r"\mathcal{D}[q^{\dagger}] + \mathrm{h.c.}"),
        ("u*ᵀ", r"u^{*T}"),
    ],
)
def test_signs_become_commands(text, tex):
    assert formula(text) == tex


def test_every_sentence_of_the_catalogue_is_correct_latex():
    typeset = typesetter()
    for text in SENTENCES:
        for is_math, part in segments(text):
            if is_math:
                assert typeset(part, False)
        assert latex(text).isascii(), text


def test_no_word_of_a_sentence_is_lost():
    for text in SENTENCES:
        words = {
            word
            for word in text.replace("(", " ").replace(")", " ").split()
            if word.isalpha() and len(word) > 5
        }
        assert words <= set(latex(text).replace("(", " ").replace(")", " ").split())


def test_text_is_kept_from_being_commands():
    assert plain("any_number & 50% of {x}") == r"any\_number \& 50\% of \{x\}"


def test_titles_keep_no_character_but_ascii_and_latin_letters():
    signs = "".join((*GREEK, *LITERAL, *LOWERED, *RAISED, *SIGNS))
    for sign in signs + "Ladegerät é č Å ł ß µ ϵ ϑ ﬁ ½ ＄ Ａ":
        written = inscription(f"x{sign}x")[1:-1]
        assert all(c.isascii() or unicodedata.name(c).startswith("LATIN") for c in written), sign
        bare = written.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}"), sign
        assert written.count("$") % 2 == 0, sign
        assert "`" not in written, sign  # begins a formula in the text of a step
    assert inscription("κ₂Γ – Γ’s\u00a0 n² ±½") == (r"$\kappa$$_{2}$$\Gamma$ -- $\Gamma$'s n$^{2}$ $\pm$$\tfrac12$")
