"""The catalogue: one paper a module, its networks, its letters and its printed equations.

`PAPERS` are the four papers the audit is about. `OWN` are papers of one's own, begun with `derive new-paper`: their
audit is asked for by name, and they stand after the four in the book and on the audit page.
"""

from derive.papers.ahmadi2024 import AHMADI
from derive.papers.dias2024 import DIAS
from derive.papers.liu2026 import LIU
from derive.papers.wang2026 import WANG
from derive.papers.zhao2025 import ZHAO

PAPERS = (LIU, ZHAO, DIAS, WANG)
OWN = (AHMADI,)
