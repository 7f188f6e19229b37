"""The change of administrative unit: sheets pass to another commune under new numbers, old keys are kept."""

from landdb.registration.notices import Refused, notice
from landdb.registration.terms import UnitTerms
from landdb.registration.work import NumberRow, Work
from landdb.store import admin_units, register_units


def change_unit(work: Work, terms: UnitTerms) -> None:
    """Move the named sheets with all that stands on them; parcels keep number, code, rights and identity.

    Each parcel keeps its old sheet and number, and the crosswalk learns each sheet, so that old papers still lead
    there. The old sheets stay as they were, empty: questions about earlier days find parcels on them.
    """
    old = admin_units.get_commune(work.conn, terms.old_commune_code)
    new = admin_units.get_commune(work.conn, terms.new_commune_code)
    if old.commune_id == new.commune_id:
        raise Refused(notice("SAME_UNIT"))
    for old_sheet_no, new_sheet_no in sorted(terms.sheets.items()):
        move = register_units.SheetMove(
            old.commune_id, old.commune_code, new.commune_id, new.commune_code, old_sheet_no, new_sheet_no
        )
        if not register_units.has_sheet(work.conn, old.commune_id, old_sheet_no):
            raise Refused(notice("SHEET_MISSING", old_sheet_no))
        if register_units.has_sheet(work.conn, new.commune_id, new_sheet_no):
            raise Refused(notice("NUMBER_TAKEN", new_sheet_no))
        moved = register_units.move_sheet(work.conn, move, valid_from=work.valid_from)
        work.touched.update(parcel_id for parcel_id, _ in moved)
        work.numbers.extend(
            NumberRow(parcel_id, f"{new_sheet_no}/{number}", None, (f"{old_sheet_no}/{number}",))
            for parcel_id, number in moved
        )
