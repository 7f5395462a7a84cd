"""Malformed families of models: one change of the valid one each, and what the message must say about it."""

import yaml

FAMILY = yaml.safe_load(
    """
name: small
models:
  family:
    parameters: {gamma: {start: 0, stop: 2, num: 3}, u: [1, 2]}
    one_body: {X: -1, I: {gamma: -0.25j}, Z: {gamma: -0.25j}}
    two_body: {II: {u: 0.5}, ZZ: {u: 0.5, constant: 1}}
states:
  left: {p0: 0.7}
  fan: {p0: [0.2, 0.4]}
studies:
  exact: {model: family, states: [left], particles: [10, 20, 30], times: [0, 0.25, 0.5, 1]}
  screening: {model: family, states: [left], times: [0, 1]}
  both: {model: family, states: [left, fan], times: [0, 1]}
""".replace("exact:", "finite:")
)

GRID = {"start": 1, "stop": 2, "num": 3}
GAMMA = ("models", "family", "parameters", "gamma")
ONE_BODY, TWO_BODY = ("models", "family", "one_body"), ("models", "family", "two_body")
COLUMNS = ("p0", "tilt", "N", "t", "member", "state", "time", "branch", "hartree_infidelity", "rho_00", "g_re")

# (key path to change, new value, key path in the message, what it says was found, what it says is allowed)
MALFORMED = [
    (("models", "family", "parameters", "v"), 1, "models.family.parameters.v", "not used", "a coefficient has"),
    ((*TWO_BODY, "XX"), {"g": 1}, "models.family.two_body.XX", "unknown parameter 'g'", "(gamma, u) and constant"),
    ((*TWO_BODY, "ZZ"), "2*u", "models.family.two_body.ZZ", "'2*u'", "factors {parameter: factor"),
    ((*TWO_BODY, "ZZ"), {"u": "2*gamma"}, "models.family.two_body.ZZ.u", "'2*gamma'", "is linear in its"),
    ((*TWO_BODY, "ZZ"), {"u": 1, "constant": "c"}, "models.family.two_body.ZZ.constant", "'c'", "a number"),
    (GAMMA, [1, 0], "models.family.parameters.gamma[1]", "0.0 after 1.0", "strictly increasing"),
    (GAMMA, [0, 0], "models.family.parameters.gamma[1]", "0.0 after 0.0", "strictly increasing"),
    (GAMMA, [0, "1j", "0.5j"], "models.family.parameters.gamma[2]", "0.5j after 1j", "one direction"),
    (GAMMA, [0, "1j", "1+2j"], "models.family.parameters.gamma[2]", "1+2j after 1j", "one direction"),
    (GAMMA, ["1j", "1j"], "models.family.parameters.gamma[1]", "1j after 1j", "one direction"),
    (GAMMA, [], "models.family.parameters.gamma", "an empty list", "at least one number"),
    (GAMMA, "fast", "models.family.parameters.gamma", "'fast'", "a finite number"),
    (GAMMA, GRID | {"stop": 0}, "models.family.parameters.gamma.stop", "0.0", "above start, 1.0"),
    (GAMMA, GRID | {"stop": 1}, "models.family.parameters.gamma.stop", "1.0", "above start, 1.0"),
    (GAMMA, GRID | {"num": 1}, "models.family.parameters.gamma.num", "1", "≥ 2"),
    (
        GAMMA,
        GRID | {"start": "1j", "stop": "1j"},
        "models.family.parameters.gamma.stop",
        "1j",
        "another number than start, 1j",
    ),
    (
        GAMMA,
        GRID | {"spacing": "log", "stop": "2j"},
        "models.family.parameters.gamma.stop",
        "2j",
        "a multiple > 1 of start, 1.0",
    ),
    (
        GAMMA,
        GRID | {"spacing": "log", "start": 0},
        "models.family.parameters.gamma.start",
        "0",
        "because the spacing is log",
    ),
    *(
        (
            ("models", "family", "parameters", name),
            [1, 2],
            f"models.family.parameters.{name}",
            repr(name),
            "column",
        )
        for name in COLUMNS
    ),
    (
        ("models", "family", "parameters", "constant"),
        [1, 2],
        "models.family.parameters.constant",
        "'constant'",
        "another name",
    ),
    (("models", "family", "parameters", "U"), [1, 2], "models.family.parameters.U", "'U'", "lower-case letters"),
    (
        ("models", "family", "parameters"),
        {"gamma": {"start": 0, "stop": 1, "num": 50_000}, "u": {"start": 0, "stop": 1, "num": 41}},
        "models.family.parameters",
        "50000 × 41 = 2e+06 members, at least 57 hours of one core",
        "at most 1e+06 members",
    ),
    (
        ONE_BODY,
        {"Z": {"gamma": 1e308, "constant": 1e308}, "I": {"u": 1}},
        "models.family.one_body",
        "a sum that overflows",
        "finite matrix elements",
    ),
    (
        TWO_BODY,
        {"ZI": {"u": 1}, "IZ": 1},
        "models.family.two_body",
        "'u'",
        "does not change when the two particles are swapped",
    ),
    (
        ("models", "family", "parameters"),
        {"gamma": {"start": 0, "stop": 1, "num": 100_000}, "u": {"start": 0, "stop": 1, "num": 10}},
        "studies.finite",
        "3 particle numbers × 4 times × 1000000 members (1000000 models × 1 states) = 1.2e+07 points",
        "coarser grids",
    ),
    (
        ("studies", "screening", "power_law"),
        {"quantities": ["linear_entropy"]},
        "studies.screening.power_law",
        "without particles",
        "power_law beside particles",
    ),
    (
        ("claims",),
        [{"claim": "hartree_is_exact_without_interaction", "study": "finite"}],
        "claims[0].study",
        "a study of the model 'family'",
        "a model without two_body",
    ),
    (
        ("claims",),
        [{"claim": "hartree_infidelity_tends_to_limit", "study": "screening"}],
        "claims[0].study",
        "'screening', a study without particles",
        "a study with particles",
    ),
]

MAP = {"kind": "map", "study": "screening", "state": "left", "x": "gamma", "y": "u", "quantity": "judgement"}
AGAINST_TIME = {"kind": "against_time", "study": "screening", "quantity": "hartree_infidelity"}

# (figure, key path in the message below figures.drawn, what it says was found, what it says is allowed)
MALFORMED_FIGURES = [
    (MAP | {"y": "time"}, "y", "'time'", "p0, tilt or a parameter, for judgement is of all times"),
    (MAP | {"y": "gamma"}, "y", "'gamma'", "another axis than x"),
    (MAP | {"x": "p0"}, "state", "'left'", "at least 2 values of p0"),
    (MAP | {"x": "beta"}, "x", "'beta'", "at least 2 values: gamma, u"),
    (MAP | {"state": "fan", "study": "both"}, "at.p0", "nothing", "the value of p0 that is shown"),
    (MAP | {"at": {"gamma": 1}}, "at.gamma", "something else", "values of nothing"),
    (MAP | {"particles": 10}, "particles", "10", "no particles beside judgement"),
    (MAP | {"limit": True}, "limit", "True", "no limit beside judgement"),
    (MAP | {"quantity": "linear_entropy", "particles": 10, "at": {"time": 1}}, "particles", "10", "study: none"),
    (MAP | {"quantity": "linear_entropy", "limit": True}, "at.time", "nothing", "the value of time that is shown"),
    (
        MAP | {"quantity": "linear_entropy", "limit": True, "at": {"time": 0.3}},
        "at.time",
        "0.3",
        "a value of the study: 0, 1",
    ),
    (AGAINST_TIME, "study", "'screening', a study without particles", "a study with particles"),
    (AGAINST_TIME | {"limit": "only", "particles": [10]}, "particles", "10", "no particles beside limit: only"),
    (AGAINST_TIME | {"limit": "only", "by": "gamma"}, "at.u", "nothing", "the value of u that is shown"),
    (AGAINST_TIME | {"limit": "only", "by": "p0"}, "by", "'p0'", "what has several values: gamma, u"),
    (AGAINST_TIME | {"limit": "only", "by": "u", "at": {"gamma": 7}}, "at.gamma", "7", "a value of the study: 0"),
    (AGAINST_TIME | {"study": "finite", "by": "u", "at": {"gamma": 1}}, "particles", "3 particles", "one of the"),
    (
        {"kind": "against_particles", "study": "screening", "quantity": "linear_entropy"},
        "study",
        "'screening', a study without particles",
        "a study with particles",
    ),
]
