"""Reports: complete in themselves, the same for the same data, and equal to the database."""

import datetime as dt
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import factories
import psycopg
import pytest
import shapely
import worlds
from factories import PHONG_CHAU

from landdb.quality import assess, load_scheme, record
from landdb.reporting import POLICY, commune_report, report_setting, write_reports
from landdb.reporting.page.wording import load_wording
from landdb.store import admin_units

pytestmark = pytest.mark.db
DAY = dt.date(2026, 11, 26)
SCHEME = load_scheme()


class Outline(HTMLParser):
    """What a test asks of a page: its tags, ids, links, headings, and whether it is well nested."""

    VOID = frozenset({"meta", "input", "br", "link"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def world_url(server, template_database, tmp_path_factory):
    """Give two communes with people, rights, and findings with and without a shape."""
    with factories.database(server, template_database) as url:
        world = worlds.seed(url, factories.open_vault(tmp_path_factory.mktemp("keys")))
        with psycopg.connect(url) as conn:
            add_findings(conn, world)
        yield url


def add_findings(conn: psycopg.Connection, world: worlds.World) -> None:
    x, y = world.sheet.corner
    lon, lat = factories.lonlat(world.sheet, x + 20, y + 10)
    for rule, parcel, other, shape in (
        ("COV001", world.couple, world.shared, shapely.box(x + 19.98, y, x + 20, y + 20)),
        ("COV006", world.couple, world.shared, shapely.LineString([(x + 20, y), (x + 20, y + 20)])),
        ("GEO003", world.plain, None, shapely.Point(x + 40, y)),
        ("TEN003", world.couple, None, None),
    ):
        finding = factories.add_finding(conn, PHONG_CHAU, rule, parcel=parcel, other=other)
        conn.execute(
            """UPDATE quality.finding SET geom = ST_GeomFromWKB(%s, %s), width_m = %s, subject = %s,
                point_4326 = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE finding_id = %s""",
            [
                *(shape and shape.wkb, world.sheet.srid, 0.02 if rule == "COV001" else None),
                *("party:1" if rule == "TEN003" else "12/1|12/2", lon, lat, finding),
            ],
        )
    conn.execute("UPDATE cadastre.parcel SET address = '<script>alert(1)</script>'")
    conn.execute("UPDATE admin.commune SET name = 'Phong & <Châu>' WHERE commune_code = '07954'")


@pytest.fixture
def world_conn(world_url):
    with psycopg.connect(world_url) as conn:
        yield conn
        conn.rollback()


def page_of(conn: psycopg.Connection, *, language: str = "vi", tenure: bool = True) -> str:
    commune = admin_units.get_commune(conn, PHONG_CHAU)
    assessed = assess(conn, [commune.commune_id], scheme=SCHEME)
    setting = report_setting(language, made_on=DAY, tenure=tenure)
    return commune_report(conn, commune, assessed[commune.commune_id], setting)


def test_a_page_asks_nobody_for_anything(world_conn):
    page = page_of(world_conn)
    outline = Outline(page)

    assert not re.search(r"(?:https?:)?//[a-z0-9]", page, re.IGNORECASE)
    assert {tag for tag, _ in outline.tags} & {"img", "link", "iframe", "object", "embed", "use", "image"} == set()
    assert all((attrs.get("href") or "#").startswith("#") for attrs in outline.all("a"))
    assert not any("src" in attrs for _, attrs in outline.tags)


def test_its_policy_allows_its_own_style_and_script_and_nothing_else(world_conn):
    outline = Outline(page_of(world_conn))

    policies = [a["content"] for a in outline.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY]
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in POLICY
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in outline.tags)
    assert len(outline.all("script")) == len(outline.all("style")) == 1


def test_the_same_data_give_the_same_bytes(world_conn):
    assert page_of(world_conn) == page_of(world_conn)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_well_formed_and_can_be_read_without_seeing_it(world_conn, language):
    outline = Outline(page_of(world_conn, language=language))

    ids = [attrs["id"] for _, attrs in outline.tags if attrs.get("id")]
    targets = [attrs["href"].removeprefix("#") for attrs in outline.all("a") if attrs["href"].startswith("#")]
    assert outline.open == []
    assert outline.all("html")[0]["lang"] == language
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert [tag for tag, _ in outline.tags if tag == "h1"] == ["h1"]
    assert all(attrs.get("aria-label") or attrs.get("aria-hidden") for attrs in outline.all("svg"))
    assert len(outline.all("caption")) == len(outline.all("table"))


def test_what_the_data_say_is_text_and_never_markup(world_conn):
    page = page_of(world_conn)

    assert "Phong &amp; &lt;Châu&gt;" in page
    assert "<Châu>" not in page
    assert "alert(1)" not in page


def test_a_page_counts_what_the_database_holds(world_conn):
    outline = Outline(page_of(world_conn))

    rows = [attrs["id"] for attrs in outline.all("tr") if (attrs.get("id") or "").startswith("f")]
    stored = world_conn.execute(
        "SELECT finding_id FROM quality.finding WHERE commune_id = %s AND state IN ('open', 'regressed')",
        [factories.commune_id(world_conn, PHONG_CHAU)],
    )
    assert Counter(rows) == Counter(f"f{finding_id}" for (finding_id,) in stored)


def test_the_worst_are_drawn_with_both_parcels_and_a_narrow_fault_a_second_time_up_close(world_conn):
    page = page_of(world_conn, language="en")
    articles = [part.partition("</article>")[0] for part in page.split("<article>")[1:]]
    article = next(part for part in articles if "COV001" in part)

    assert 'class="one"' in article
    assert 'class="other"' in article
    assert article.count('class="fault"') == 2
    assert article.count('class="scalebar"') == 2
    assert "12/1" in article


def test_the_public_page_lists_no_finding_about_holders(world_conn):
    public, staff = page_of(world_conn, tenure=False), page_of(world_conn)

    assert "TEN003" in staff
    assert "TEN" not in "".join(Outline(public).text)
    assert "61" in "".join(Outline(public).text)


def test_no_page_holds_a_person(world_conn, tmp_path):
    communes = [admin_units.get_commune(world_conn, code) for code in (PHONG_CHAU, worlds.VIET_TRI)]
    assessed = record(world_conn, [c.commune_id for c in communes], scheme=SCHEME, on=DAY)

    written = write_reports(world_conn, communes, assessed, tmp_path, report_setting("vi", made_on=DAY))

    for path in written:
        page = path.read_text("utf-8")
        for personal in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, worlds.ORGANISATION, "party:"):
            assert personal not in page


def test_several_communes_get_an_overview_that_links_to_each(world_conn, tmp_path: Path):
    communes = [admin_units.get_commune(world_conn, code) for code in (PHONG_CHAU, worlds.VIET_TRI)]
    ids = [commune.commune_id for commune in communes]
    record(world_conn, ids, scheme=SCHEME, on=DAY - dt.timedelta(days=7))
    assessed = record(world_conn, ids, scheme=SCHEME, on=DAY)

    written = write_reports(world_conn, communes, assessed, tmp_path, report_setting("vi", made_on=DAY))

    assert [path.name for path in written] == ["index.html", "07954.html", "07900.html"]
    overview = Outline(written[0].read_text("utf-8"))
    links = {attrs["href"] for attrs in overview.all("a") if not attrs["href"].startswith("#")}
    assert links == {"07954.html", "07900.html"}
    assert "index.html" in {attrs["href"] for attrs in Outline(written[1].read_text("utf-8")).all("a")}
    assert overview.all("polyline")


def test_a_commune_that_was_never_checked_says_so(conn):
    commune = admin_units.get_commune(conn, PHONG_CHAU)
    assessed = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]

    page = commune_report(conn, commune, assessed, report_setting("en", made_on=DAY))

    assert "Never checked" in page


def test_every_text_is_there_in_both_languages():
    vi, en = load_wording("vi").texts, load_wording("en").texts

    assert vi.keys() == en.keys()
    for key in vi:
        assert set(re.findall(r"{(\w+)}", vi[key])) == set(re.findall(r"{(\w+)}", en[key])), key


def test_numbers_are_written_as_each_language_writes_them():
    vi, en = load_wording("vi"), load_wording("en")

    assert (vi.number(1234.5, 1), en.number(1234.5, 1)) == ("1.234,5", "1,234.5")
    assert (vi.percent(1999, 2000), vi.percent(1, 5000), vi.percent(2, 2)) == (
        "99,9\u00a0%", "< 0,1\u00a0%", "100,0\u00a0%",
    )  # fmt: skip
    assert vi.percent(0, 5) == "0,0\u00a0%"


def test_a_trend_shows_past_days_by_the_present_formula(world_conn):
    commune = admin_units.get_commune(world_conn, PHONG_CHAU)
    record(world_conn, [commune.commune_id], scheme=SCHEME, on=DAY - dt.timedelta(days=30))
    world_conn.execute("UPDATE quality.score SET formula = 'an older one', score = 1")

    page = page_of(world_conn, language="en")

    polyline = Outline(page).all("polyline")[0]["points"].split()
    assert len(polyline) == 2
    assert len({point.split(",")[1] for point in polyline}) == 1  # same numbers, same formula: a level line


def test_a_city_under_the_centre_is_called_a_city(world_conn, tmp_path):
    for code, told in ((PHONG_CHAU, "Tỉnh Phú Thọ"), ("00070", "Thành phố Hà Nội")):
        commune = admin_units.get_commune(world_conn, code)
        assessed = assess(world_conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]
        assert told in commune_report(world_conn, commune, assessed, report_setting("vi", made_on=DAY))
