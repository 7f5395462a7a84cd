"""The public names as type checkers and editors see them; `__init__.py` imports them when they are used."""

from nonhermitian_hartree.assessment import assess_hartree as assess_hartree
from nonhermitian_hartree.distances import infidelity as infidelity
from nonhermitian_hartree.errors import AccuracyError as AccuracyError
from nonhermitian_hartree.errors import ModelError as ModelError
from nonhermitian_hartree.exact import exact_marginals as exact_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions as hartree_wavefunctions
from nonhermitian_hartree.limit import limit_states as limit_states
from nonhermitian_hartree.limit_check import check_limits as check_limits
from nonhermitian_hartree.limit_state import LimitState as LimitState
from nonhermitian_hartree.marginals import Marginals as Marginals
from nonhermitian_hartree.model import Model as Model
from nonhermitian_hartree.model import ProductState as ProductState
from nonhermitian_hartree.model_forms import build_model as build_model
from nonhermitian_hartree.model_forms import build_state as build_state
from nonhermitian_hartree.verdict import Verdict as Verdict
