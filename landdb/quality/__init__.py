"""How good a commune's data are: one score with its published formula, and the campaign's words and groups.

`score.toml` holds the formula, `campaign.toml` the scheme of words and groups: both are data, and every stored
score names the ones it was made with. Anyone can compute a score again from the numbers that are stored beside it.
"""

from landdb.quality.assessing import Assessment, assess, record, together, unmet_fields
from landdb.quality.campaign import Standing, load_scheme
from landdb.quality.formula import Formula, Numbers, Score, load_formula

__all__ = [
    "Assessment",
    "Formula",
    "Numbers",
    "Score",
    "Standing",
    "assess",
    "load_formula",
    "load_scheme",
    "record",
    "together",
    "unmet_fields",
]
