"""What may be asked about proposed repairs, and what may be decided about them."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Listing, Strict
from landdb.lookups import ProposalFilter
from landdb.repairs import KINDS, LONGEST_REASON, SHORTEST_REASON

_Reason = Field(min_length=SHORTEST_REASON, max_length=LONGEST_REASON, pattern=r"^[^\x00-\x1f\x7f]+$")


class ProposalQuery(Listing):
    """Proposals that meet all conditions; without `state` those that are open, the recommended ones only."""

    state: Literal["open", "accepted", "refused", "superseded", "undone"] = "open"
    rule: Annotated[
        str | None, Field(pattern=r"^[A-Z]{3}([0-9]{3})?$", description="a rule or a family", examples=["COV002"])
    ] = None
    kind: Annotated[
        str | None, Field(pattern=r"^[A-Z_]{1,30}$", description=", ".join(KINDS), examples=["CUT_OVERLAP"])
    ] = None
    acceptable: Annotated[bool | None, Field(description="only those that hold in every respect, or only others")] = (
        None
    )
    alternatives: Annotated[bool, Field(description="not only the recommended one of each finding")] = False
    finding: Annotated[int | None, Field(ge=1, le=2**63 - 1, description="of this finding only")] = None

    def filter(self) -> ProposalFilter:
        """Give the proposals that are meant."""
        return ProposalFilter(self.state, self.rule, self.kind, self.acceptable, self.alternatives, self.finding)


class RepairsWanted(Strict):
    """For which finding repairs are to be worked out; null: for all open ones of the commune."""

    finding_id: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None


class RepairUndoing(Strict):
    """Why a repair that was carried out is taken back."""

    reason: Annotated[str, _Reason, Field(examples=["the owner showed another survey"])]


class RepairAcceptance(Strict):
    """Why a repair is carried out although it needs a survey; null when it holds in every respect."""

    reason: Annotated[str | None, _Reason, Field(examples=["field survey BB-12/2026"])] = None


class RepairRefusal(Strict):
    """Why a repair is not wanted."""

    reason: Annotated[str, _Reason, Field(examples=["the wall stands where 12/2 has it"])]
