"""What answers of the search box look like."""

from typing import Literal

from pydantic import Field

from api.answers import CommuneName, Geometry, Shape


class Said(Shape):
    """One text in both languages."""

    vi: str
    en: str


class CommuneMeant(CommuneName):
    """A commune, in force or of before, that a text can mean. `is_similar`: only nearly spelled as typed."""

    district: str | None
    province: str | None
    in_force: bool
    has_parcels: bool
    is_similar: bool
    point: Geometry | None
    text: Said


class ReadingAnswer(Shape):
    """One way to read the text: what was understood, and how many parcels fit it best."""

    kind: Literal["PARCEL", "PLACE", "CERTIFICATE", "REGISTRY", "BARCODE", "CODE", "ID", "POINT", "GRID"]
    text: Said = Field(description="how it was understood")
    communes: list[CommuneMeant]
    total: int
    reason: str | None
    point: Geometry | None


class ChoiceAnswer(Shape):
    """One answer to a question: search for `q` with `commune`."""

    text: Said
    q: str
    commune: str | None
    hits: int | None


class QuestionAnswer(Shape):
    """What must be asked back."""

    code: Literal["WHICH_READING", "WHICH_COMMUNE", "WHICH_ZONE"]
    text: Said
    choices: list[ChoiceAnswer]


class WhyAnswer(Said):
    """Why a parcel was found."""

    code: Literal[
        "LINK",
        "PARCEL_CODE",
        "CERTIFICATE",
        "REGISTRY_NO",
        "POINT",
        "EXACT_HERE",
        "EXACT",
        "SUCCESSOR",
        "OLD_NUMBER",
        "SHEET",
        "ELSEWHERE",
        "PREFIX",
        "ADDRESS",
    ]


class HitAnswer(Shape):
    """One parcel of the list, the best fitting first."""

    parcel_id: int
    parcel_code: str | None
    commune: CommuneName
    sheet_no: str
    parcel_no: str
    old_sheet_no: str | None
    old_parcel_no: str | None
    legal_area_m2: float | None
    point: Geometry | None
    bbox: list[float] | None
    why: WhyAnswer
    reading: int = Field(description="position in `readings`")


class NoteAnswer(Said):
    """What was passed over."""

    code: str


class SearchAnswer(Shape):
    """What a text means and what it finds. `message` says why it is not RESOLVED, without repeating the text."""

    status: Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND", "REFUSED"]
    reason: str | None
    message: Said | None
    place: Geometry | None = Field(description="where to look when there is no parcel to show")
    readings: list[ReadingAnswer]
    questions: list[QuestionAnswer]
    total: int
    hits: list[HitAnswer]
    notes: list[NoteAnswer]


class SuggestionAnswer(Shape):
    """A text to search for instead."""

    kind: Literal["PARCEL", "COMMUNE"]
    text: Said
    q: str
    commune: CommuneName
    parcel_id: int | None
    point: Geometry | None


class SuggestionsAnswer(Shape):
    """What somebody may want to type."""

    suggestions: list[SuggestionAnswer]
