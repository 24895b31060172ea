r"""Sentences with mathematics in Unicode, as claims are written: what is mathematics in them, and that as LaTeX.

    "With Γ_i = 2g_b, E_N^nr → 4."  →  "With $\Gamma_{i} = 2g_{b}$, $E_{N}^{\mathrm{nr}} \to 4$."

A word is mathematics if it holds a sign that prose does not have, or is a letter of its own; neighbours join.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from types import MappingProxyType

from derive.latex.notation import Unprintable

GREEK = MappingProxyType({
    **dict(zip(
        "αβγδεζηθικλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
        "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(),
        strict=True,
    )),
    "Σ": "sum", "Π": "prod",
})  # fmt: skip
SIGNS = MappingProxyType({
    "−": "-", "…": r"\dots ", "→": r"\to ", "∞": r"\infty ", "≤": r"\leq ", "≥": r"\geq ", "≠": r"\neq ",
    "≈": r"\approx ", "±": r"\pm ", "∂": r"\partial ", "∈": r"\in ", "ℰ": r"\mathcal{E}", "𝒜": r"\mathcal{A}",
    "⟨": r"\langle ",
    "⟩": r"\rangle ", "½": r"\tfrac12 ", "‖": r"\|", "′": "'", "·": r"\cdot ", "×": r"\times ", "~": r"\sim ",
    "ℏ": r"\hbar ", "ħ": r"\hbar ", "∝": r"\propto ", "≪": r"\ll ", "≫": r"\gg ", "∫": r"\int ", "&": r"\&", "%": r"\%",
    "#": r"\#", "$": r"\$", "∓": r"\mp ", "⊗": r"\otimes ", "⟶": r"\to ", "∑": r"\sum ", "∏": r"\prod ",
    "∋": r"\ni ", "≡": r"\equiv ", "≃": r"\simeq ", "∼": r"\sim ", "⇒": r"\Rightarrow ", "↔": r"\leftrightarrow ",
    "←": r"\leftarrow ", "∪": r"\cup ", "∩": r"\cap ", "⊂": r"\subset ", "∘": r"\circ ", "∇": r"\nabla ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "ℓ": r"\ell ", "∀": r"\forall ", "∃": r"\exists ",
})  # fmt: skip
RAISED = MappingProxyType({
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿ", "0123456789-+Tn", strict=True)), "†": r"\dagger", "*": "*",
})  # fmt: skip
LOWERED = MappingProxyType({
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)), "↓": r"\downarrow", "↑": r"\uparrow", "⇓": r"\Downarrow",
    "⇑": r"\Uparrow",
})  # fmt: skip
# Titles: text that reads like a command, signs of typography, and letters that every TeX font can compose.
LITERAL = MappingProxyType({
    "\\": r"$\backslash$", "{": r"$\{$", "}": r"$\}$", "$": r"$\mathdollar$", "^": r"$\wedge$", "~": r"$\sim$",
    "<": "$<$", ">": "$>$", "|": "$|$", "@": "$@$", "`": "'", '"': "''",
    "–": "--", "—": "---", "‐": "-", "‑": "-", "’": "'", "‘": r"\textquoteleft{}", "“": r"\textquotedblleft{}",
    "”": "''", "„": r"\textquotedblleft{}", "•": r"$\bullet$", "√": r"$\surd$", "°": r"$^{\circ}$",
    "⁄": "/", "§": r"\S{}",
    "Σ": r"$\Sigma$", "Π": r"$\Pi$", "υ": r"$\upsilon$", "Υ": r"$\Upsilon$", "ς": r"$\varsigma$", "ο": "$o$",
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)),
})  # fmt: skip
COMPOSED, ACCENTS = "ÆæØøŒœŁłßı", "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328"
FUNCTIONS = tuple(
    "ln log exp sin cos tan cot sinh cosh tanh max min arg det dim lim Tr Im Re arctan arcsin arccos sgn diag rank "
    "sech".split()
)
COMMANDS = FUNCTIONS[:16]  # those that LaTeX has a command for
OPERATORS = frozenset("= < > ≤ ≥ ≠ ≈ → ∋ ≡ ≃ ∼ ⇒ ↔ ← ∪ ∩ ⊂ ∘ + − - / · × ± ∈ ~ | ≪ ≫ ∝ :=".split())
ABBREVIATED = tuple("op th ss nr rc sq cl tr in NC RC W".split())  # of one letter or two that are no indices

EXOTIC = re.compile(r"[αβγδεζηθικλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ−∞≤≥≠≈±∂∈ℰ𝒜⟨⟩½‖′·×∝≪≫√†²³⁴⁻ᵀ↓↑⇓⇑_^=<>∑∏ħℏ∋≡≃∼⇒↔←∪∩⊂∘∇⌊⌋⌈⌉ℓ]")
COMPACT = re.compile(r"(?=.*[A-Za-z])(?=.*[\d/|()*+])[\w()\[\]{}+/*|'!.,−]+\Z")
REFERENCE = re.compile(
    r"\([AB]?\d+\)\Z|s\d+\Z|[AB]\d+\Z|\d+\([a-z]\)?\Z|\(?\d*\([a-z]\)(?:[-–]\([a-z]\))?\)?\Z|[a-z]\)\Z"
)
PLACE = ("Sec.", "Secs.", "Appendix", "Appendices", "Fig.", "Figs.", "Eq.", "Eqs.")
LONG = re.compile(r"[A-Za-z]{2,}")
ASCII_GREEK = re.compile(
    r"\b(alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|omega|Gamma|Lambda|Delta)(?![A-Za-z])"
)
SCRIPT = re.compile(r"[a-z]+\d*|[A-Z][a-z]+|[A-Z]+\d*|(?<=\^)\d+[A-Z](?!\w)|\d+")


def latex(text: str) -> str:
    """A sentence as LaTeX text, its mathematics between dollars."""
    text = quoted(text)
    return "".join(f"${tex}$" if is_math else plain(tex) for is_math, tex in segments(text))


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a sentence in order: plain text as it stands, and mathematics (marked True) as LaTeX."""
    text = re.sub(r"<(\w+)>", r"⟨\1⟩", text.replace(">>", "≫").replace("<<", "≪"))
    words = re.split(r"(\s+)", text)
    kinds = [_kind(word, before) for word, before in zip(words, ["", "", *words], strict=False)]
    k = 0
    while k < len(words):
        stop = _run(words, kinds, k)
        if stop == k:
            yield False, words[k]
            k += 1
            continue
        before, core, after = _trimmed("".join(words[k:stop]))
        if before:
            yield False, before
        yield True, formula(core)
        if after:
            yield False, after
        k = stop


def _kind(word: str, before: str) -> str:
    """`math`, `sign` for an operator, `maybe` for what is mathematics beside a sign, `text`, or `space`."""
    if not word.strip():
        return "space"
    core = word.strip('.,;:()[]“”"?!')
    if word in OPERATORS:
        return "sign"
    bare = word.rstrip(".,;:")
    if before in PLACE or REFERENCE.match(bare):
        return "text"
    if bare == "a" and before == "charger":
        return "math"
    if re.fullmatch(r"…|max|min|exp|[Aa]|I|(?=.*\d)[\d/+−.()\[\]]+", bare):
        return "maybe"
    if not core:
        return "text"
    if re.fullmatch(r"[A-Za-z]|\{.*", core) or core in FUNCTIONS or ASCII_GREEK.match(core):
        return "math"
    plain = LONG.sub(lambda m: "" if m[0] in FUNCTIONS else m[0], re.sub(r"[_^](\{[^}]*\}|\w+)", "", core))
    if EXOTIC.search(core):
        return "text" if re.search(r"[A-Za-z]{4,}", plain) else "math"
    return "math" if COMPACT.match(core) and not re.search(r"[a-z]{2,}|[A-Z]{3,}", plain) else "text"


def _run(words: list[str], kinds: list[str], start: int) -> int:
    """Where the run of mathematics that begins at a word ends; `start` itself if none does."""
    if kinds[start] not in ("math", "maybe") and not (kinds[start] == "sign" and words[start] in "≤≥≠≈→"):
        return start
    last, certain = start, False
    for k in range(start, len(words), 2):
        run = "".join(words[start : k - 1]) if k > start else ""
        kind, before = kinds[k], kinds[k - 2] if k > start else ""
        if kind == "text" and (_open(run) or before == "sign") and not LONG.search(words[k]):
            kind = "maybe"
        joined = not run or "sign" in (kind, before) or kind == before == "math" or _open(run)
        joined = joined or words[k - 2] in FUNCTIONS
        joined = joined or (before, kind) == ("math", "maybe") and kinds[k + 2 : k + 3] == ["sign"]  # p_a a + p_b b
        if kind == "text" or not joined:
            break
        certain = certain or kind in ("math", "sign")
        last = k - 1 if kind == "sign" else k + 1
        if words[k][-1] in ".,;:" and not _open(run + words[k]):
            break
    return last if certain and last > start else start


def _open(text: str) -> bool:
    return any(text.count(left) > text.count(right) for left, right in ("()", "[]", "{}"))


def _trimmed(run: str) -> tuple[str, str, str]:
    """Punctuation and brackets of the sentence around a formula, apart from it."""
    before = after = ""
    while run:
        opens, closes = (run.count(b) for b in "()")
        square = run.count("[") - run.count("]")
        if run[0] in '“"' or run[0] == "(" and opens > closes or run[0] == "[" and square > 0:
            before, run = before + run[0].replace('"', "“"), run[1:]
        elif run[-1] in '.,;:”"?' or run[-1] == ")" and closes > opens or run[-1] == "]" and square < 0:
            run, after = run[:-1], run[-1] + after
        else:
            break
    return before, run, after


def formula(text: str) -> str:
    """Mathematics in Unicode as LaTeX: Γ_i², e^{iθ}, √(κ + 1), ⟨b†b⟩."""
    text = re.sub(r"(?<=\d)\.\.(?=\d)", ", …, ", re.sub(r"(?<![\w\\])pi(?!\w)", "π", text))
    found: list[str] = []
    k, scripted = 0, False
    while k < len(text):
        sign = text[k]
        script, stop = _script(text, k)
        if script:
            found.append(("{}" if scripted and script[0] == found[-1][:1] else "") + script)
            scripted, k = True, stop
            continue
        scripted = False
        if sign == "√":
            radicand, k = _argument(text, k + 1)
            found.append(rf"\sqrt{{{formula(radicand)}}}")
            continue
        word = re.match(r"[A-Za-z]{2,}", text[k:])
        named = ASCII_GREEK.match(text, k)
        if re.match(r"Π_\w", text[k:]):  # a letter; Π and Π_{q ≠ p} are products
            found.append(r"\Pi ")
        elif sign in GREEK:
            found.append(f"\\{GREEK[sign]} ")
        elif named:
            found.append(f"\\{named[1]} ")
            k = named.end() - 1
        elif word and word[0] in FUNCTIONS:
            found.append(f"\\{word[0]} " if word[0] in COMMANDS else rf"\operatorname{{{word[0]}}} ")
            k += len(word[0]) - 1
        elif text.startswith("h.c.", k):
            found.append(r"\mathrm{h.c.}")
            k += 3
        elif word and len(word[0]) > 3 and word[0].islower():
            found.append(rf"\mathrm{{{word[0]}}}")
            k += len(word[0]) - 1
        elif re.match(r"[DL]′?\[", text[k:]):
            found.append(rf"\mathcal{{{sign}}}")
        elif sign in "{}":
            found.append(f"\\{sign}")
        else:
            found.append(SIGNS.get(sign, sign))
        k += 1
    return re.sub(r" +(?=[)\]}_^, /])|(?<=[(\[{]) +", "", "".join(found)).strip()


def _script(text: str, k: int) -> tuple[str, int]:
    """The sub- or superscript that begins at k as LaTeX, and where it ends; empty if none does."""
    sign = text[k]
    for table, mark in ((RAISED, "^"), (LOWERED, "_")):
        if sign in table and not (sign == "*" and (k == 0 or text[k - 1] == " ")):
            stop = k + 1
            while stop < len(text) and text[stop] in table and text[stop] not in "*†↓↑⇓⇑":
                stop += 1
            return f"{mark}{{{''.join(table[c] for c in text[k:stop])}}}", stop
    if sign not in "_^" or k + 1 == len(text):
        return "", k
    inner, stop = _argument(text, k + 1)
    labelled = re.fullmatch(r"([a-z])(\d)", inner)  # above the network r1 of E^r1, below l_1 of the norm C_l1
    if labelled and sign == "_":
        inner = f"{labelled[1]}_{labelled[2]}"
    word = re.fullmatch(r"[A-Za-z]+", inner) and (len(inner) > 2 or inner in ABBREVIATED)
    roman = word or labelled and sign == "^"
    written = rf"\mathrm{{{inner}}}" if roman else formula(inner)
    return f"{sign}{{{written}}}", stop


def _argument(text: str, k: int) -> tuple[str, int]:
    """What a script or a root applies to: a group in braces, one in parentheses, or a word."""
    for left, right in ("{}", "()"):
        if text[k : k + 1] == left:
            depth, stop = 0, k
            while stop < len(text):
                depth += (text[stop] == left) - (text[stop] == right)
                stop += 1
                if depth == 0:
                    break
            kept = left == "(" and text[k - 1] != "√"
            return (text[k:stop] if kept else text[k + 1 : stop - 1]), stop
    if text[k : k + 1] in ("−", "±"):
        return text[k : k + 2], k + 2
    word = SCRIPT.match(text, k)
    if not word:
        return text[k : k + 1], k + 1
    if text[k - 1] == "√":  # a letter with its own subscript
        scripted = re.compile(r"\d+|\w(?:_(?:\{[^}]*\}|\w))?").match(text, k)
        return (scripted[0], scripted.end()) if scripted else (word[0], word.end())
    return word[0], word.end()


def quoted(text: str) -> str:
    """A text whose straight quotation marks are those of typography, also around mathematics."""
    return re.sub(r'(?:^|(?<=[\s(\[]))"(?=\S)|(?<=\s)"$', "“", text).replace('"', "”")


def plain(text: str) -> str:
    """Text without mathematics as LaTeX: what would be a command or a sign that old fonts lack is written out."""
    named = {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "−": "$-$",
        "“": "``",
        "”": "''",
        "’": "'",
        "–": "--",
        "—": "---",
        "…": r"\dots{}",
    }
    text = quoted(text)
    # a sign that stands alone among words is still a sign
    return "".join(
        named.get(c)
        or (
            f"\\{c}"
            if c in "&%$#_{}"
            else f"${formula(c)}$"
            if not c.isascii() and (c in SIGNS or c in GREEK)
            else c
        )
        for c in text
    )


def inscription(title: str) -> str:
    """A user's title as text of a step: without any command, in characters that TeX's fonts have.

    Raises:
        Unprintable: if it has others.
    """
    text = unicodedata.normalize("NFC", " ".join(title.split()))
    return "".join(_inscribed(c) if c.isprintable() else " " for c in text)


def _inscribed(sign: str) -> str:
    if sign in LITERAL:
        return LITERAL[sign]
    if sign.isascii() or sign in COMPOSED:
        return sign
    if sign in GREEK:
        return rf"$\{GREEK[sign]}$"
    for table, mark in ((RAISED, "^"), (LOWERED, "_")):
        if sign in table:
            return f"${mark}{{{table[sign]}}}$"
    if sign in SIGNS:
        return f"${SIGNS[sign].strip()}$"
    base, *marks = list(unicodedata.normalize("NFD", sign))
    if base.isascii() and len(marks) == 1 and marks[0] in ACCENTS:
        return sign
    plainer = unicodedata.normalize("NFKC", sign)
    if plainer != sign:
        return "".join(map(_inscribed, plainer))
    raise Unprintable(
        f"A title that is typeset must have letters and signs of TeX's fonts, but {sign!r} is not among them; "
        "write it in Latin or Greek letters."
    )
