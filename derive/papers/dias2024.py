"""Dias, Wang, Nemoto, Nori and Munro 2024: collective dissipation and a pump, in the order of the pages."""

from __future__ import annotations

from derive.claims import Paper
from derive.papers.dias2024_letters import NOTATION
from derive.papers.dias2024_model import CLAIMS as MODEL
from derive.papers.dias2024_plateaus import CLAIMS as PLATEAUS
from derive.papers.dias2024_times import ABSTRACT, RESULTS
from derive.papers.dias2024_times import MODEL as ENTANGLED

DIAS = Paper(
    "dias2024",
    "J. Dias, H. Wang, K. Nemoto, F. Nori and W. J. Munro, Efficient charging of multiple open quantum batteries "
    "through dissipation and pumping (2024)",
    NOTATION,
    (*ABSTRACT, *MODEL, *ENTANGLED, *PLATEAUS, *RESULTS),
)
