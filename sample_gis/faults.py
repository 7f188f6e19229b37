"""Which faults are planted in which commune, in which order, and what a check must find there.

The expectation comes from what was planted, never from running the validator.
"""

from collections.abc import Callable
from functools import partial

from shapely import MultiPolygon

from sample_gis import enclosed_faults as enclosed
from sample_gis import map_faults as on_map
from sample_gis import paper_faults as on_paper
from sample_gis import record_faults as on_record
from sample_gis import registry_faults as in_registry
from sample_gis.desk import Desk, Expected, ExpectedReject, opened
from sample_gis.papers import Survey
from sample_gis.recipes import RURAL

Fault = Callable[[Desk], None]

#: The rare sites first: what needs a long edge or the commune's border finds little elsewhere.
MAP_FAULTS: tuple[Fault, ...] = (
    on_map.sliver_overlap, on_map.border_gap, on_map.outside_commune, on_map.sliver_parcel, on_map.outside_frame,
    on_map.number_twice, on_map.bow_tie, on_map.repeated_vertex, on_map.degenerate, on_map.spike,
    on_map.overlap, on_map.overlap, on_map.duplicate_polygon, on_map.missing_parcel, on_map.missing_parcel,
    partial(on_map.narrow_gap, width_m=0.05), partial(on_map.narrow_gap, width_m=0.3),
    on_map.unshared_vertex, on_map.unshared_vertex,
    on_record.code_of_other, on_record.code_elsewhere, on_record.code_malformed,
    on_record.drawn_area, on_record.drawn_area, on_record.legal_area, on_record.legal_area,
    on_record.use_area, on_record.use_area,
)  # fmt: skip
PAPER_FAULTS: tuple[Fault, ...] = (
    on_paper.serial, on_paper.no_right, on_paper.no_right, on_paper.one_id_two_names,
    partial(on_paper.old_use, code="BHK"), partial(on_paper.old_use, code="DTS"),
)  # fmt: skip
RURAL_FAULTS: tuple[Fault, ...] = (
    *(partial(on_paper.citizen_id, fault=fault) for fault in on_paper.SPOILT_IDS),
    partial(on_paper.organisation_number, fault="BAD_CHECK_DIGIT"),
    on_map.unlisted_sheet, on_paper.no_number, on_paper.no_geometry, on_paper.paper_without_parcel,
)  # fmt: skip
URBAN_FAULTS: tuple[Fault, ...] = (
    *(partial(on_paper.organisation_number, fault=fault) for fault in on_paper.SPOILT_TAX_CODES),
    on_paper.tax_code_of_other,
    *(partial(on_paper.citizen_id, fault=fault) for fault in ("LOST_LEADING_ZERO", "BIRTH_YEAR_DISAGREES")),
    partial(on_paper.shares, first="1/2", second="1/3", total="5/6"),
    partial(on_paper.shares, first="2/3", second="1/2", total="7/6"),
    partial(on_paper.shares, first="30%", second="0,5", total="4/5"),
    on_paper.no_geometry, on_paper.unclosed_ring, on_paper.broken_number, on_paper.unreadable_share, on_map.wrong_zone,
)  # fmt: skip

#: Late, because they find a site anywhere.
LATE_MAP_FAULTS: tuple[Fault, ...] = (on_map.wedge, enclosed.never_cut_out, enclosed.hole_at_the_boundary)

#: After everything else: these take many sites, or numbers that are no numbers.
RURAL_LAST: tuple[Fault, ...] = (
    in_registry.issue_date, in_registry.serials_alike, in_registry.book_number_missing, in_registry.two_papers,
    in_registry.crowded_paper, in_registry.late_household, in_registry.term_over, in_registry.one_person_two_ids,
    in_registry.heir_as_holder, in_registry.couple_in_one_cell, in_registry.no_citizen_id,
    in_registry.name_in_old_font, in_registry.no_scan, in_registry.scan_of_other, in_registry.area_in_sao,
    in_registry.book_number_repeated, in_registry.birth_date_repeated,
    *LATE_MAP_FAULTS,
    in_registry.number_with_letter, in_registry.sheet_with_letters,
)  # fmt: skip
URBAN_LAST: tuple[Fault, ...] = (
    in_registry.rural_dwelling, in_registry.old_use_on_new_paper, in_registry.address_in_old_font,
    in_registry.figures_drifting, in_registry.no_citizen_id, in_registry.name_in_old_font,
    *LATE_MAP_FAULTS,
)  # fmt: skip


def spoilt(survey: Survey) -> tuple[Survey, list[Expected], list[ExpectedReject]]:
    """Give a copy of a faultless survey with every fault planted, and what a check must find in it."""
    desk = opened(survey)
    is_rural = survey.fabric.recipe.code == RURAL.code
    own, last = (RURAL_FAULTS, RURAL_LAST) if is_rural else (URBAN_FAULTS, URBAN_LAST)
    for plant in (*MAP_FAULTS, *own, *PAPER_FAULTS, *last):
        plant(desk)
    return desk.survey, sorted(desk.expected + expected_anyway(desk.survey)), sorted(desk.rejects)


def expected_anyway(survey: Survey) -> list[Expected]:
    """List what a check says about sound data: two parts are worth a remark, years of birth are counted (info)."""
    code = survey.fabric.recipe.code
    return [
        Expected(code, "PER003", "commune", note="most people have the year of birth only, in the clean copy too"),
        *(
            Expected(code, "GEO005", record.key, note="two parts on purpose, in the clean copy too")
            for record in survey.parcels.values()
            if isinstance(record.geom, MultiPolygon)
        ),
    ]
