"""Who may see what: role × field × purpose, in one table."""

from dataclasses import dataclass
from typing import Final, Literal, cast

from landdb.access.context import Asking
from landdb.access.standing import Agreement, Standing
from landdb.errors import AccessDenied
from landdb.lookups import Asker
from landdb.lookups.viewpoint import Audience
from landdb.store.privileges import Login

Role = Literal["public", "citizen", "clerk", "analyst", "service", "auditor", "administrator"]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do: see parties in answers by place, search by holder, decide about findings.

    `login`: its connections to PostgreSQL, which decides what may be seen on them.
    A repair changes the register: only clerks accept one, whoever decides about findings may refuse it.
    So do legal changes (`may_register`). `may_reveal`: sees clear values, by ticket, for a purpose. Deliveries are
    imported by clerks and analysts (`may_import`).
    """

    login: Login
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
    "public": Rights("public", "public", may_search_holders=False, may_decide_findings=False),
    "clerk": Rights(
        "staff",
        "staff",
        may_search_holders=True,
        may_decide_findings=True,
        may_accept_repairs=True,
        may_register=True,
        may_reveal=True,
        may_import=True,
    ),
    "service": Rights("service", "staff", may_search_holders=True, may_decide_findings=False),
    "analyst": Rights("staff", "public", may_search_holders=False, may_decide_findings=True, may_import=True),
    "citizen": Rights("citizen", "public", may_search_holders=False, may_decide_findings=False),
    "auditor": Rights("audit", "public", may_search_holders=False, may_decide_findings=False),
    "administrator": Rights(
        "audit", "public", may_search_holders=False, may_decide_findings=False, may_administer=True
    ),
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
    def asking(self) -> Asking:
        """Give the caller as the database is told who asks."""
        return Asking(self.rights.login, self.role, self.actor, self.actor_org, self.communes, self.citizen_id_index)

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
