import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb import codelists
from landdb.domain.text import decode_legacy, detect_encoding, encode_legacy, fold, fold_name

SMALL_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
COMMUNES = [f"{row['kind']} {row['name']}" for row in codelists.load("communes")]
FRENCH = (
    "Rue de l'Église|Chemin des Près Hauts|où|dû|né|thé|Été|Hôtel de Ville|Noël|maïs naïf haï|haï|Loïc|Raphaël|"
    "Saül|Le Préfet à Besançon|"
    "Côte d'Azur|cœur|forêt domaniale|château|« parcelle bâtie »|n° 12 bis|1ª|350 m²|crû|mûr|Saint-Raphaël|Île"
)
OTHER_LATIN = (
    "Straße|Müller|Größe|Grüße über Köln|Häuser|São João|Município de Ceará|leão|avô|Año Nuevo|¿Qué?|corazón|"
    "Åse Sørensen|på|smørrebrød|Þórsmörk|Työ|hyvää päivää|Malmö|perché|città|più|Zürich"
)


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
@given(text=st.text(alphabet=SMALL_LETTERS + " 0123456789,.-/", max_size=60))
def test_small_letters_survive_the_old_fonts_vni_where_syllables_allow(encoding, text):
    # In VNI two codes can run together in letter orders that no Vietnamese syllable has.
    spaced = text if encoding == "TCVN3" else " ".join(text)
    assert decode_legacy(encode_legacy(spaced, encoding), encoding) == spaced


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_every_commune_name_survives_the_old_fonts(encoding):
    assert [
        name for name in map(str.lower, COMMUNES) if decode_legacy(encode_legacy(name, encoding), encoding) != name
    ] == []


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_a_column_of_old_font_names_is_recognised(encoding):
    assert detect_encoding(encode_legacy(name, encoding) for name in COMMUNES[:200]) == encoding
    assert detect_encoding([encode_legacy("Nguyễn Văn Đường", encoding), "Tran An", "12", ""]) == encoding


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_one_old_font_cell_is_never_taken_for_the_other_font(encoding):
    other = {"TCVN3": "VNI", "VNI": "TCVN3"}[encoding]
    assert {detect_encoding([encode_legacy(name.lower(), encoding)]) for name in COMMUNES[::7]} <= {encoding, "UNICODE"}
    assert detect_encoding([encode_legacy("đất trồng lúa", encoding)]) != other


def test_no_commune_name_in_unicode_is_taken_for_an_old_font():
    assert [name for name in COMMUNES if detect_encoding([name]) != "UNICODE"] == []
    words = {word for name in COMMUNES for word in name.split()}
    assert [word for word in words if detect_encoding([word]) != "UNICODE"] == []


@pytest.mark.parametrize("column", [FRENCH, OTHER_LATIN])
def test_western_text_is_not_taken_for_an_old_font(column):
    assert detect_encoding(column.split("|")) == "UNICODE"
    assert [cell for cell in column.split("|") if detect_encoding([cell]) != "UNICODE"] == []


@pytest.mark.parametrize("values", [[], [""], ["Hoàng"], ["toán", "hoà"], ["N/A", "12"], ["Nguyễn Văn An"]])
def test_doubtful_columns_are_unicode(values):
    assert detect_encoding(values) == "UNICODE"


def test_decomposed_text_is_recognised_and_composed():
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hòa")
    assert detect_encoding([decomposed]) == "NFD"
    assert decode_legacy(decomposed, "NFD") == "Nguyễn Thị Hòa"


@pytest.mark.parametrize(
    ("typed", "encoding", "text"),
    [
        ("NguyÔn V¨n §¹t", "TCVN3", "Nguyễn Văn Đạt"),
        ("Lª ThÞ Mü", "TCVN3", "Lê Thị Mỹ"),
        ("NGUYÔN V¨N §¹T", "TCVN3", "NGUYỄN VĂN ĐẠT"),
        ("Uû ban x·", "TCVN3", "Uỷ ban xã"),
        ("AÂu C¬", "TCVN3", "AÂu Cơ"),
        ("Aµn", "TCVN3", "Àn"),
        ("¢Ên", "TCVN3", "Ấn"),
        ("Nguyeãn Vaên Ñaït", "VNI", "Nguyễn Văn Đạt"),
        ("NGUYEÃN VAÊN ÑAÏT", "VNI", "NGUYỄN VĂN ĐẠT"),
        ("thuûy lôïi, kyõ thuaät", "VNI", "thủy lợi, kỹ thuật"),
        ("Nguyễn Văn Đạt", "UNICODE", "Nguyễn Văn Đạt"),
    ],
)
def test_typed_examples_decode(typed, encoding, text):
    assert decode_legacy(typed, encoding) == text


def test_fold_finds_what_is_written_with_or_without_marks():
    assert fold("  ĐỖ  Thị Hoà ") == "do thi hoa"
    assert fold(unicodedata.normalize("NFD", "Đường Lê Lợi")) == "duong le loi"


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HOÀ BÌNH", "Hòa Bình"),
        ("Nguyễn Thị Thuý", unicodedata.normalize("NFD", "NGUYỄN  THỊ THÚY")),
        ("Hộ ông Nguyễn Văn Đạt", "Nguyễn Văn Đạt"),
        ("Ông (bà) Lê Khoẻ", "LÊ KHỎE"),
        ("Ông: Trần An", "Trần An"),
        ("Hộ gia đình bà Trần An", "trần an"),
        ("Phú Quý", "Phú Qúy"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("Hoàn", "Hoan"), ("Đạt", "Dạt"), ("Bàng An", "Ng An"), ("Hội An", "An")])
def test_different_names_keep_different_keys(one, other):
    assert fold_name(one) != fold_name(other)


@given(st.text(alphabet=SMALL_LETTERS + " ()", max_size=30))
def test_the_key_of_a_key_without_titles_is_itself(text):
    key = fold_name("Lê " + text)
    assert fold_name(key) == key
