"""Who may see what: role × field × purpose, in one table."""

from dataclasses import dataclass
from typing import Final, Literal, cast

from landdb.access.standing import Agreement, Standing
from landdb.errors import AccessDenied
from landdb.lookups import Asker
from landdb.lookups.viewpoint import Audience

Role = Literal["public", "citizen", "clerk", "analyst", "service", "auditor", "administrator"]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do: how it sees parties in answers by place, search by holder, decide about findings.

    A repair changes the register: only clerks accept one, whoever decides about findings may refuse it.
    So do legal changes (`may_register`). `may_reveal`: sees clear values, by ticket, for a purpose. Deliveries are
    imported by clerks and analysts (`may_import`).
    """

    audience: Audience
    may_search_holders: bool
    may_decide_findings: bool
    may_accept_repairs: bool = False
    may_register: bool = False
    may_reveal: bool = False
    may_administer: bool = False
    may_import: bool = False


#: Analysts work on places and counts, auditors on the record of accesses, administrators on mandates: none of them
#: sees a party here.
ROLES: Final[dict[Role, Rights]] = {
    "public": Rights("public", may_search_holders=False, may_decide_findings=False),
    "clerk": Rights(
        "staff",
        may_search_holders=True,
        may_decide_findings=True,
        may_accept_repairs=True,
        may_register=True,
        may_reveal=True,
        may_import=True,
    ),
    "service": Rights("staff", may_search_holders=True, may_decide_findings=False),
    "analyst": Rights("public", may_search_holders=False, may_decide_findings=True, may_import=True),
    "citizen": Rights("public", may_search_holders=False, may_decide_findings=False),
    "auditor": Rights("public", may_search_holders=False, may_decide_findings=False),
    "administrator": Rights("public", may_search_holders=False, may_decide_findings=False, may_administer=True),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: by token or session, or the public without one.

    `communes` None is every commune. `citizen_id_index`: blind index of the citizen who asks. `agreement`: what a
    service may get and what for.
    """

    role: Role = "public"
    actor: str = "public"
    actor_org: str | None = None
    communes: tuple[str, ...] | None = None
    citizen_id_index: bytes | None = None
    agreement: Agreement | None = None

    @property
    def rights(self) -> Rights:
        """Give what the caller's role may do."""
        return ROLES[self.role]

    @property
    def asker(self) -> Asker:
        """Give the caller as the access record names it."""
        return Asker(self.actor, self.role, self.actor_org)

    def check_purpose(self, purpose: str) -> None:
        """Raise AccessDenied when the agreement of a service is not for this purpose."""
        if self.agreement is not None and purpose not in self.agreement.purposes:
            raise AccessDenied("PURPOSE", remedy="one of the purposes that the agreement names")


PUBLIC: Final = Caller()


def caller_of(standing: Standing) -> Caller:
    """Give who asks, from what the database says of a proved subject."""
    return Caller(
        cast("Role", standing.role), standing.actor, standing.actor_org, standing.communes,
        standing.citizen_id_index, standing.agreement,
    )  # fmt: skip
