"""The statements that read features: pages, one feature, columns. Composed from closed parts, never from values."""

from dataclasses import dataclass
from functools import lru_cache
from string import Template
from typing import Final, Literal, LiteralString

from landdb.store.features.collection import Collection
from landdb.store.features.forms import Axes, Form, columns_of, text_of
from landdb.store.statements import render

Time = Literal["now", "as_of", "during"]

_AS_OF: Final = "{noun}_as_of(%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now()))"
#: Of each object the last version that held between two days, as far as it was known.
_DURING: Final = """(
    SELECT DISTINCT ON (w.{key}) w.*
    FROM (
        SELECT n.*, 'infinity'::date AS valid_to, 'infinity'::timestamptz AS superseded_at
        FROM {noun} AS n
        WHERE n.valid_from <= %(until)s::date AND n.recorded_at <= coalesce(%(known_at)s::timestamptz, now())
        UNION ALL
        SELECT h.*
        FROM {noun}_history AS h
        WHERE
            h.valid_from <= %(until)s::date AND %(since)s::date < h.valid_to
            AND h.recorded_at <= coalesce(%(known_at)s::timestamptz, now())
            AND coalesce(%(known_at)s::timestamptz, now()) < h.superseded_at
    ) AS w
    ORDER BY w.{key}, w.valid_from DESC
)"""
_PAGE: Final = Template("""WITH page AS MATERIALIZED (
    $page
), kept AS MATERIALIZED (
    SELECT p.id, p.tag FROM page AS p ORDER BY p.id LIMIT %(limit)s
), summed AS MATERIALIZED (
    SELECT
        count(*)::int AS features,
        max(k.id) AS last_id,
        md5(
            coalesce(string_agg(k.id || ':' || k.tag, ',' ORDER BY k.id), '') || (SELECT count(*) FROM page AS p)
        ) AS tag
    FROM kept AS k
)
SELECT
    s.features,
    CASE WHEN (SELECT count(*) FROM page AS p) > %(limit)s THEN s.last_id END AS next_after,
    s.tag,
    CASE WHEN s.tag = ANY(%(seen)s::text[]) THEN NULL ELSE coalesce((
        SELECT string_agg($text, '$separator' ORDER BY k.id)
        FROM kept AS k $rendered
    ), '') END AS features_text
FROM summed AS s""")
_PLAIN: Final = Template("""SELECT v.$key AS id, $tag AS tag
    FROM $relation AS v $joins
    WHERE $conditions AND v.$key > %(after)s
    ORDER BY v.$key
    LIMIT %(limit)s + 1""")
#: A small box is answered by the spatial index whatever the planner thinks of walking along the keys.
_BY_INDEX: Final = Template("""SELECT hit.id, hit.tag
    FROM (
        SELECT v.$key AS id, $tag AS tag FROM $relation AS v $joins WHERE $conditions OFFSET 0
    ) AS hit
    WHERE hit.id > %(after)s
    ORDER BY hit.id
    LIMIT %(limit)s + 1""")
_ITEM: Final = Template("""SELECT
    $tag AS tag,
    CASE WHEN ($tag)::text = ANY(%(seen)s::text[]) THEN NULL ELSE $text END AS feature
FROM $relation AS v $joins $rendered
WHERE v.$key = %(id)s AND $conditions""")
_ROWS: Final = Template("""SELECT $columns
FROM $relation AS v $joins
WHERE $conditions AND v.$key > %(after)s
ORDER BY v.$key
LIMIT %(limit)s""")


@dataclass(frozen=True, slots=True)
class Question:
    """Which features of a collection, as of when, in which axes; `conditions` are made by this package only.

    `box`: 'small' is answered through the spatial index, 'large' as the planner likes.
    """

    collection: Collection
    time: Time = "now"
    axes: Axes = "lonlat"
    conditions: tuple[str, ...] = ()
    box: Literal["none", "small", "large"] = "none"

    @property
    def is_kept(self) -> bool:
        """Tell whether one plan serves all values, so that it pays to prepare the statement."""
        return not self.conditions and self.box != "large"

    def relation(self) -> str:
        """Give what `v` stands for."""
        return relation(self.collection.noun, self.collection.key, self.time if self.collection.versioned else "now")

    def where(self) -> str:
        """Give all conditions."""
        told = self.collection
        dated = [f"{told.starts} <= %(until)s::date AND {told.ends} > %(since)s::date"] if self._is_dated() else []
        box = [] if self.box == "none" else [_box_condition(told, is_constant=self.box == "large")]
        return " AND ".join(f"({part})" for part in (told.condition, *dated, *box, *self.conditions))

    def _is_dated(self) -> bool:
        told = self.collection
        return told.starts is not None and (told.dated or self.time != "now")


def relation(noun: str, key: str, time: Time) -> str:
    """Give a versioned relation as it is now, was on a day, or was at last between two days."""
    if time == "now":
        return noun
    return (_AS_OF if time == "as_of" else _DURING).format(noun=noun, key=key)


@lru_cache(maxsize=512)
def page_statement(question: Question, form: Form) -> LiteralString:
    """Give the text that answers with one page of features as text.

    Parameters: limit, after, seen (tags that the asker has), those of the viewpoint and of the conditions. Gives how
    many, the key that the next page starts after, the tag of the page, and the text unless its tag was seen.
    """
    told, where = question.collection, question.where()
    shape = _BY_INDEX if question.box == "small" else _PLAIN
    page = shape.substitute(
        key=told.key, tag=told.tag, relation=question.relation(), joins=told.joined(where, told.tag), conditions=where
    )
    text, rendered = _text(question, form, of="k.id", version="k.tag")
    separator = "," if form in {"geojson", "jsonfg"} else ""
    return _finished(_PAGE.substitute(page=page, text=text, rendered=rendered, separator=separator), question.time)


@lru_cache(maxsize=64)
def item_statement(question: Question, form: Form) -> LiteralString:
    """Give the text that answers with the tag and the text of one feature, the text unless its tag was seen."""
    told, where = question.collection, question.where()
    text, rendered = _text(question, form, of=f"v.{told.key}", version=told.tag)
    return _finished(
        _ITEM.substitute(
            key=told.key, tag=told.tag, text=text, relation=question.relation(), rendered=rendered,
            joins=told.joined(where, told.tag), conditions=where,
        ),
        question.time,
    )  # fmt: skip


@lru_cache(maxsize=256)
def rows_statement(question: Question) -> LiteralString:
    """Give the text that answers with one page of features as columns."""
    told, where, columns = question.collection, question.where(), columns_of(question.collection, question.axes)
    return _finished(
        _ROWS.substitute(
            key=told.key, columns=columns, relation=question.relation(), joins=told.joined(where, columns),
            conditions=where,
        ),
        question.time,
    )  # fmt: skip


def _text(question: Question, form: Form, *, of: str, version: str) -> tuple[str, str]:
    """Give the expression of a feature's text and the join to the features made ahead, if there are any."""
    told, written = question.collection, text_of(question.collection, form, question.axes)
    live = (
        f"(SELECT {written} FROM (SELECT * FROM {question.relation()} AS x WHERE x.{told.key} = {of} OFFSET 0) AS v"
        f" {told.joined(written)})"
    )
    live = f"chr(30) || {live} || chr(10)" if form == "geojsonseq" else live
    if (
        told.rendered is None
        or form not in {"geojson", "geojsonseq"}
        or question.axes != "lonlat"
        or question.time != "now"
    ):
        return live, ""
    join = f"LEFT JOIN {told.rendered} AS r ON r.{told.key} = {of} AND r.version = {version}"
    ahead = "chr(30) || r.feature || chr(10)" if form == "geojsonseq" else "r.feature"
    return f"coalesce({ahead}, {live})", join


def _box_condition(told: Collection, *, is_constant: bool) -> str:
    """Give the condition that a feature meets the box; what lies inside it as a whole needs no closer look.

    As a subquery the box gets the same estimate whatever it is, so a plan can be kept; as a constant it is weighed.
    """
    box = "ST_GeomFromWKB(%(box)s::bytea, 4326)"
    box = box if is_constant else f"(SELECT {box})"
    geom = told.geom_4326
    return f"{geom} && {box} AND ({geom} @ {box} OR ST_Intersects({geom}, {box}))"


def _finished(text: str, time: Time) -> LiteralString:
    """Give the text with the relations that joins name as they were; it holds no part that an asker wrote."""
    inner: Time = "now" if time == "now" else "as_of"
    names = {
        "parcel": relation("cadastre.parcel", "parcel_id", inner),
        "baunit_parcel": relation("registry.baunit_parcel", "baunit_parcel_id", inner),
        "barrier": "" if inner == "now" else "OFFSET 0",
    }
    return render(text, names)
