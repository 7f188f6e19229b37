"""Who may see what: role × field × purpose, in one table."""

from dataclasses import dataclass
from typing import Final, Literal

from landdb.lookups import Asker
from landdb.lookups.viewpoint import Audience

Role = Literal["public", "clerk", "analyst", "service", "auditor"]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do: how it sees parties in answers by place, search by holder, decide about findings.

    A repair changes the register: only clerks accept one, whoever decides about findings may refuse it.
    So do legal changes (`may_register`).
    """

    audience: Audience
    may_search_holders: bool
    may_decide_findings: bool
    may_accept_repairs: bool = False
    may_register: bool = False


#: Analysts work on places and counts, auditors on the record of accesses: neither sees a party here.
ROLES: Final[dict[Role, Rights]] = {
    "public": Rights("public", may_search_holders=False, may_decide_findings=False),
    "clerk": Rights(
        "staff", may_search_holders=True, may_decide_findings=True, may_accept_repairs=True, may_register=True
    ),
    "service": Rights("staff", may_search_holders=True, may_decide_findings=False),
    "analyst": Rights("public", may_search_holders=False, may_decide_findings=True),
    "auditor": Rights("public", may_search_holders=False, may_decide_findings=False),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: from the token, or the public without one."""

    role: Role = "public"
    actor: str = "public"
    actor_org: str | None = None
    communes: tuple[str, ...] | None = None

    @property
    def rights(self) -> Rights:
        """Give what the caller's role may do."""
        return ROLES[self.role]

    @property
    def asker(self) -> Asker:
        """Give the caller as the access record names it."""
        return Asker(self.actor, self.role, self.actor_org)


PUBLIC: Final = Caller()
