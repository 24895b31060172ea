"""Wang, Huang and Zhang 2026: what the abstract and an article about it claim of capacity and quantum resources."""

from __future__ import annotations

from derive.claims import Paper
from derive.papers.wang2026_dynamics import CLAIMS as DYNAMICS
from derive.papers.wang2026_letters import NOTATION
from derive.papers.wang2026_measures import CLAIMS as MEASURES
from derive.papers.wang2026_pure import CLAIMS as PURE

WANG = Paper(
    "wang2026",
    "Y. Wang, X. Huang and T. Zhang, Correlations between quantum battery capacity and quantum resources for two-qubit "
    "system, arXiv:2605.11399 (2026), by its abstract and an article about it",
    NOTATION,
    (*MEASURES, *PURE, *DYNAMICS),
)
