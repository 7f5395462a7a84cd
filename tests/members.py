"""Members of a study, as its jobs have them."""

from nonhermitian_hartree.config.members import read_members, split_members
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.fields.base import canonical_json
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.steps.members import Member, Members


def members_of(model: Model, name: str = "s", **form: object) -> Members:
    """The members of a state with one model."""
    starts = StateSpec.model_validate(form).on((model.dimension,)).members()
    members = [
        Member(model, start.state, {"state": name, "p0": start.p0, "tilt": start.tilt}, f"{name} {start.tilt}")
        for start in starts
    ]
    return Members(members, is_family=len(starts) > 1)


def members_of_family(model: str, name: str = "s", **form: object) -> Members:
    """The members of a state with a family of models, which is the JSON of its configuration."""
    family, state = ModelSpec.model_validate_json(model), StateSpec.model_validate(form)
    (block,) = split_members(family, name, state, largest=1000)
    return read_members(canonical_json(family.template()), block.name, block.state, block.parameters)
