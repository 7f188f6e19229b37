"""The search box: what was understood is shown, what fits several things is asked back, people are not searched."""

import factories
import psycopg
import pytest
import worlds

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def ask(client, q, *, headers=None, **asked):
    response = await client.get("/search", params={"q": q, **asked}, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def found(answer):
    return [(hit["parcel_id"], hit["why"]["code"]) for hit in answer["hits"]]


@pytest.mark.parametrize(
    "q",
    [
        "tờ 12 thửa 1 phường Phong Châu",
        "thua dat so 1, to ban do so 12, phong chau",
        "Phong Châu 12/1",
        "12-1 phường Phong Châu, tỉnh Phú Thọ",
        "mã xã 07954 tờ 12 thửa 1",
    ],
)
async def test_a_number_with_its_commune_finds_one_parcel_and_says_how_it_was_read(client, api_world, q):
    answer = await ask(client, q)
    assert (answer["status"], found(answer)) == ("RESOLVED", [(api_world.couple, "EXACT")])
    (reading,) = answer["readings"]
    assert reading["text"]["vi"].startswith("tờ 12, thửa 1, phường Phong Châu")
    assert reading["text"]["en"].startswith("sheet 12, parcel 1, phường Phong Châu")


async def test_a_bare_number_is_read_in_the_chosen_commune(client, api_world):
    answer = await ask(client, "12/1", commune="07954")
    assert (answer["status"], found(answer)) == ("RESOLVED", [(api_world.couple, "EXACT_HERE")])
    hit = answer["hits"][0]
    assert (hit["commune"]["name"], hit["sheet_no"], hit["parcel_no"]) == ("Phong Châu", "12", "1")
    point, bbox = hit["point"]["coordinates"], hit["bbox"]
    assert bbox[0] < point[0] < bbox[2]
    assert bbox[1] < point[1] < bbox[3]


async def test_a_number_of_another_commune_is_found_after_the_chosen_one(client, api_world):
    answer = await ask(client, "1/1", commune="07954")
    assert found(answer) == [(api_world.foreign, "ELSEWHERE")]
    assert answer["status"] == "AMBIGUOUS"


async def test_a_parcel_number_alone_that_stands_on_several_sheets_is_not_guessed(client, api_world):
    answer = await ask(client, "5", commune="07954")
    assert answer["status"] == "AMBIGUOUS"
    assert {parcel for parcel, _ in found(answer)} >= {api_world.old["150"], api_world.old["156"]}


async def test_a_list_finds_all_of_its_parcels(client, api_world):
    answer = await ask(client, "thửa 1 (pcl); 2, tờ bản đồ số 12, khu 3, phường Phong Châu")
    assert (answer["status"], [hit for hit, _ in found(answer)]) == ("RESOLVED", [api_world.couple, api_world.shared])
    assert [note["code"] for note in answer["notes"]] == ["PART_OF_PARCEL"]


async def test_an_old_commune_leads_through_the_crosswalk_and_asks_when_it_forks(client, api_world):
    answer = await ask(client, "tờ cũ 7 thửa 5 phường Phong Châu", commune="07954")
    assert answer["status"] == "AMBIGUOUS"
    assert set(found(answer)) == {(api_world.old["150"], "OLD_NUMBER"), (api_world.old["156"], "OLD_NUMBER")}


async def test_an_old_number_without_a_commune_is_looked_for_in_a_small_database(client, api_world):
    answer = await ask(client, "tờ cũ 31 thửa 6")
    assert (answer["status"], found(answer)) == ("RESOLVED", [(api_world.old["recorded"], "OLD_NUMBER")])


@pytest.mark.parametrize("commune", [{"commune": "07954"}, {}])
async def test_an_old_sheet_whose_commune_only_the_crosswalk_names_is_found_from_the_new_one(
    client, api_world, commune
):
    answer = await ask(client, "tờ cũ 44 thửa 40", **commune)
    assert (answer["status"], found(answer)) == ("RESOLVED", [(api_world.old["recorded"], "OLD_NUMBER")])


async def test_a_parcel_that_carries_its_old_number_is_found_by_it(client, api_world):
    answer = await ask(client, "31/6", commune="07954")
    assert found(answer) == [(api_world.old["recorded"], "OLD_NUMBER")]


async def test_a_name_of_several_communes_is_asked_back_with_their_provinces(client):
    answer = await ask(client, "Tân An")
    assert (answer["status"], answer["hits"]) == ("AMBIGUOUS", [])
    (question,) = answer["questions"]
    assert question["code"] == "WHICH_COMMUNE"
    assert len({choice["text"]["vi"] for choice in question["choices"]}) == len(question["choices"]) > 5


async def test_a_slip_of_the_finger_in_a_name_is_told_not_taken(client):
    answer = await ask(client, "phong chaau")
    assert answer["status"] != "RESOLVED"
    assert "Phong Châu" in [commune["name"] for commune in answer["readings"][0]["communes"]]


async def test_every_key_of_a_paper_or_a_map_leads_to_the_parcel(client, api_world):
    lon, lat = factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 0))
    east, north = factories.middle(api_world.sheet, 0)
    for q, why in (
        ("ab12345678", "CERTIFICATE"),
        ("w7jq2m4k5n01", "PARCEL_CODE"),
        (f"{lat:.7f}, {lon:.7f}", "POINT"),
        (f"https://www.google.com/maps/@{lat:.7f},{lon:.7f},18z", "POINT"),
        (f"X {north:.2f} Y {east:.2f} KTT 104°45'", "POINT"),
        (f"{east:.2f} {north:.2f} phường Phong Châu", "POINT"),
        (f"/p/{api_world.couple}", "LINK"),
        ("https://landdb.example/p/07954/12/1", "EXACT"),
    ):
        answer = await ask(client, q)
        assert (answer["status"], found(answer)) == ("RESOLVED", [(api_world.couple, why)]), q


async def test_two_readings_are_shown_and_asked(client):
    answer = await ask(client, "12, 1", commune="07954")
    assert answer["status"] == "AMBIGUOUS"
    (question, *_) = answer["questions"]
    assert (question["code"], len(question["choices"])) == ("WHICH_READING", 2)


async def test_people_are_not_searched_here_and_never_repeated(client, issue, access_log):
    for q in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, f"ông {worlds.SECRET_NAMES[0]}", "Lê Thị Bịa Đặt 12/1"):
        for headers in (None, issue("clerk")):
            answer = await client.get("/search", params={"q": q, "commune": "07954"}, headers=headers)
            for secret in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, "Bịa"):
                assert secret not in answer.text
    assert answer.json()["notes"][0]["code"] == "PERSON_NAME"
    refused = await ask(client, worlds.SECRET_NUMBERS[0])
    assert (refused["status"], refused["reason"]) == ("REFUSED", "PERSONAL_NUMBER")
    logged = "\n".join(line for line in access_log if "HTTP Request" not in line)
    assert '"route": "/search"' in logged
    assert not any(secret in logged for secret in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, "Phong"))


async def test_registry_numbers_are_searched_by_staff_only(client, api_world, issue):
    public = await ask(client, "số vào sổ CH 00123", commune="07954")
    assert (public["hits"], public["readings"][0]["reason"]) == ([], "FOR_STAFF")
    staff = await ask(client, "CH00123", commune="07954", headers=issue("clerk"))
    holders = [(parcel, "REGISTRY_NO") for parcel in (api_world.couple, api_world.shared, api_world.plain)]
    assert (staff["status"], found(staff)) == ("AMBIGUOUS", holders)


async def test_suggestions_come_while_a_number_or_a_name_is_typed(client, api_world):
    async def suggested(q, **asked):
        body = (await client.get("/search/suggestions", params={"q": q, **asked})).json()
        return [(one["kind"], one["parcel_id"], one["commune"]["code"]) for one in body["suggestions"]]

    assert (await suggested("12/1", commune="07954"))[0] == ("PARCEL", api_world.couple, "07954")
    assert ("COMMUNE", None, "07954") in await suggested("phong ch")
    assert ("PARCEL", api_world.couple, "07954") in await suggested("12/1 phong ch")
    assert await suggested(worlds.SECRET_NUMBERS[0]) == []


async def test_an_address_is_found_without_accents_inside_the_commune_only(client, api_world):
    with psycopg.connect(api_world.url) as conn:
        conn.execute("UPDATE cadastre.parcel SET address = 'ĐỒNG Thử (khu 3)' WHERE parcel_id = %s", [api_world.plain])
    for q in ("Đồng Thử, phường Phong Châu", "khu 3, phong chau"):
        answer = await ask(client, q)
        assert found(answer) == [(api_world.plain, "ADDRESS")], q
    assert found(await ask(client, "thôn Đồng.*", commune="07954")) == []
    assert (await ask(client, "khu 3"))["reason"] == "COMMUNE_NEEDED"
