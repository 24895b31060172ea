"""The catalogue: one paper a module, its networks, its letters and its printed equations."""

from derive.papers.dias2024 import DIAS
from derive.papers.liu2026 import LIU
from derive.papers.wang2026 import WANG
from derive.papers.zhao2025 import ZHAO

PAPERS = (LIU, ZHAO, DIAS, WANG)
