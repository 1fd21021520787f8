"""Many invitations from a table, as spreadsheets write it: all or none."""

from typing import Any

import pytest

from server.accounts.people.invite_table import read_table
from server.kernel.errors import Invalid
from tests.accounts.asking import answered, fields
from tests.kit.client import Client
from tests.kit.world import World

PATH = "/api/v1/invitations/csv"
HEADER = "name,email,role,teams\r\n"


async def send(client: Client, text: str | bytes) -> Any:
    body = text if isinstance(text, bytes) else text.encode()
    return await client.send("POST", PATH, body, headers={"content-type": "text/csv; charset=utf-8"})


@pytest.mark.store
async def test_a_table_invites_everybody_in_it(office: World) -> None:
    root = await office.sign_in("Root")
    text = HEADER + 'Ana,ANA@example.com,manager,Payments|search\r\n\r\n"Bo, ""the"" second",bo@example.com,,\r\n'
    answer = await send(root, text)
    assert answer.status_code == 201, answer.text
    items = answer.json()["items"]
    told = [(each["name"], each["email"], each["role"], [team["name"] for team in each["teams"]]) for each in items]
    assert told == [
        ("Ana", "ana@example.com", "manager", ["Payments", "Search"]),
        ('Bo, "the" second', "bo@example.com", "responder", []),
    ]
    assert all(each["link"] for each in items)
    audit = (await root.get("/api/v1/audit"))["items"]
    assert [entry["object_name"] for entry in audit if entry["verb"] == "made"] == ["2 people"]


async def test_the_same_as_json(office: World) -> None:
    root = await office.sign_in("Root")
    made = await root.post(PATH, {"csv": HEADER + "Ana,ana@example.com,viewer,", "language": "zh"})
    assert [each["language"] for each in made["items"]] == ["zh"]
    assert (await answered(root, "POST", PATH, {"csv": 1}))[0] == 400
    assert (await answered(root, "POST", PATH, b"{"))[0] == 400


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname;email;role;teams\r\nAna;ana@example.com;viewer;Payments,Search\r\n",
        "email\tname\nana@example.com\tAna\n",
        '"Name","E-mail"\n'.replace("E-mail", "EMAIL") + '"Ana","ana@example.com"',
        'name,email\r\n"An\r\na",ana@example.com\r\n',
    ],
)
def test_tables_as_spreadsheets_write_them(text: str) -> None:
    (line,) = read_table(text)
    assert (line.email, line.name.replace("\r\n", "")) == ("ana@example.com", "Ana")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_header"),
        ("name,role\nAna,viewer", "no_header"),
        ("name,email,email\n", "no_header"),
        ("name,email,phone\n", "unknown_column"),
        ("name,email\n\n", "empty"),
        ('name,email\n"Ana,ana@example.com\n', "not_csv"),
        ("email\n" + "a@example.com\n" * 501, "too_long"),
    ],
)
def test_what_is_no_such_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(text)
    assert [(error.field, error.code) for error in refused.value.errors] == [("csv", code)]


async def test_every_bad_line_is_named_and_then_nobody_is_invited(office: World) -> None:
    root = await office.sign_in("Root")
    await root.post("/api/v1/invitations", {"email": "known@example.com"})
    rows = [
        "Good,good@example.com,viewer,",
        "No,nonsense,viewer,",
        "Twice,good@example.com,viewer,",
        "Taken,rob@example.com,viewer,",
        "Known,known@example.com,viewer,",
        "King,king@example.com,king,",
        "Owner,owner@example.com,owner,",
        "Lost,lost@example.com,viewer,Nowhere|Payments",
        f"{'x' * 81},long@example.com,viewer,",
    ]
    answer = await send(root, HEADER + "\r\n".join(rows))
    assert answer.status_code == 400
    found = [(each["field"], each["code"], each["args"]["line"]) for each in answer.json()["errors"]]
    assert found == [
        ("rows[1].email", "not_an_email", 3),
        ("rows[2].email", "twice", 4),
        ("rows[3].email", "email_taken", 5),
        ("rows[4].email", "invited_already", 6),
        ("rows[5].role", "unknown", 7),
        ("rows[6].role", "role_above_yours", 8),
        ("rows[7].teams", "unknown", 9),
        ("rows[8].name", "too_long", 10),
    ]
    assert await office.db.value("SELECT COUNT(*) FROM invitation") == 1


async def test_bytes_that_are_no_utf8_and_people_who_may_not(office: World) -> None:
    root, mia = await office.sign_in("Root"), await office.sign_in("Mia")
    latin = await send(root, "name,email\nJosé,jose@example.com".encode("latin-1"))
    assert (latin.status_code, latin.json()["errors"][0]["code"]) == (400, "not_utf8")
    assert (await send(root, b"name,email\nA\0,a@example.com")).status_code == 400
    assert (await send(root, b"")).status_code == 400
    assert (await send(mia, HEADER + "Ana,ana@example.com,viewer,")).status_code == 403


async def test_a_team_is_the_one_of_just_this_name(office: World) -> None:
    root = await office.sign_in("Root")
    for name in ("PAYMENTS", "Twin", "TWIN"):
        await office.add_team(name)
    exact = (await send(root, HEADER + "Ana,ana@example.com,,Payments")).json()["items"]
    assert [team["id"] for team in exact[0]["teams"]] == [office.teams["Payments"]]
    refused = await send(root, HEADER + "Bo,bo@example.com,,twin")
    assert (refused.status_code, fields(refused)) == (400, [("rows[0].teams", "ambiguous")])


async def test_a_cell_too_many_is_not_dropped(office: World) -> None:
    refused = await send(await office.sign_in("Root"), "email,name\nana@example.com,Müller, Ana\n")
    assert (refused.status_code, fields(refused)) == (400, [("rows[0]", "too_many_cells")])
    assert (await send(await office.sign_in("Root"), "email,name\nana@example.com,Ana,,\n")).status_code == 201
