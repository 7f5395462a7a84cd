"""What every refusal of a configuration is: one line with file, place, what was found and what is allowed."""


def assert_one_message(message: str, where: str, found: str, allowed: str, longest: int = 400) -> None:
    """One short line, about the file ``my.yaml``, in the words of this project."""
    location, rest = message.split(": found ", 1)
    said_found, said_allowed = rest.split("; allowed: ", 1)
    assert location == f"my.yaml: {where}"
    assert found in said_found
    assert allowed in said_allowed
    assert "\n" not in message
    assert len(message) < longest
    assert "pydantic" not in message.lower()
