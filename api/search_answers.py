"""What answers of the search box look like."""

from typing import Literal

from pydantic import Field

from api.answers import Shape


class Said(Shape):
    """One text in both languages."""

    vi: str
    en: str


class CommuneMeant(Shape):
    """A commune, in force or of before, that a text can mean. `is_similar`: only nearly spelled as typed."""

    commune: str = Field(description="its code; in force it can be given as `commune`")
    name: str
    kind: str
    district: str | None
    province: str | None
    in_force: bool
    has_parcels: bool
    is_similar: bool
    point: list[float] | None
    label: Said


class ReadingAnswer(Shape):
    """One way to read the text: what was understood, and how many parcels fit it best."""

    kind: Literal["PARCEL", "PLACE", "CERTIFICATE", "REGISTRY", "BARCODE", "CODE", "ID", "POINT", "GRID"]
    understood: Said
    communes: list[CommuneMeant]
    total: int
    reason: str | None
    point: list[float] | None = Field(description="longitude and latitude, for a place")


class ChoiceAnswer(Shape):
    """One answer to a question: search for `q` with `commune`."""

    label: Said
    q: str
    commune: str | None
    hits: int | None


class QuestionAnswer(Shape):
    """What must be asked back."""

    code: Literal["WHICH_READING", "WHICH_COMMUNE", "WHICH_ZONE"]
    text: Said
    options: list[ChoiceAnswer]


class WhyAnswer(Shape):
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
    text: Said


class HitAnswer(Shape):
    """One parcel of the list, the best fitting first."""

    parcel_id: int
    parcel_code: str | None
    commune: str
    commune_name: str
    commune_kind: str
    sheet_no: str
    parcel_no: str
    old_sheet_no: str | None
    old_parcel_no: str | None
    legal_area_m2: float | None
    point: list[float] | None
    bbox: list[float] | None
    label: str
    why: WhyAnswer
    reading: int = Field(description="position in `readings`")


class NoteAnswer(Shape):
    """What was passed over."""

    code: str
    text: Said


class SearchAnswer(Shape):
    """What a text means and what it finds. `message` says why it is not RESOLVED, without repeating the text."""

    status: Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND", "REFUSED"]
    reason: str | None
    message: Said | None
    readings: list[ReadingAnswer]
    questions: list[QuestionAnswer]
    total: int
    hits: list[HitAnswer]
    notes: list[NoteAnswer]


class SuggestionAnswer(Shape):
    """A text to search for instead."""

    kind: Literal["PARCEL", "COMMUNE"]
    label: Said
    q: str
    commune: str
    parcel_id: int | None
    point: list[float] | None


class SuggestionsAnswer(Shape):
    """What somebody may want to type."""

    suggestions: list[SuggestionAnswer]
