"""A drawing of a former node version reaches the editor in today's form."""

from typing import Any

from flows.services.upgrading import present_drawing


def drawing(**node: Any) -> dict[str, Any]:
    return {"nodes": [{"id": "m", "type": "modify-server", "name": "M", **node}], "edges": []}


def test_an_older_config_is_lifted_and_the_stored_drawing_left_alone() -> None:
    stored = drawing(typeVersion=1, config={"component": "high-availability", "ha_status": ""})
    (lifted,) = present_drawing(stored)["nodes"]
    assert (lifted["typeVersion"], lifted["config"]["ha_status"]) == (2, "none")
    assert stored["nodes"][0]["config"]["ha_status"] == ""


def test_what_is_of_today_or_unknown_stays_the_same_object() -> None:
    for stored in (
        drawing(typeVersion=2, config={}),
        drawing(type="gone", typeVersion=1),
        {"nodes": None},
        {},
    ):
        assert present_drawing(stored) is stored


def test_a_config_that_its_type_cannot_lift_stays_as_it_is(monkeypatch: Any) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("inventory.nodes.modify_server.ModifyServer.upgrade", fail)
    stored = drawing(typeVersion=1, config={"ha_status": ""})
    assert present_drawing(stored) == stored
