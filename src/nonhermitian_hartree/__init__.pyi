"""The public names: where `__init__.py` finds them when they are first used, and what type checkers read."""

from . import plot as plot
from .bosons.trajectories import Trajectories as Trajectories
from .bosons.trajectories import sample_trajectories as sample_trajectories
from .compare.assess import assess_hartree as assess_hartree
from .compare.distances import infidelity as infidelity
from .compare.scan import ScanTable as ScanTable
from .compare.scan import scan as scan
from .compare.verdict import Verdict as Verdict
from .config.forms import build_model as build_model
from .config.forms import build_state as build_state
from .errors import AccuracyError as AccuracyError
from .errors import ConvergenceError as ConvergenceError
from .errors import MissingExtraError as MissingExtraError
from .errors import ModelError as ModelError
from .exact.marginals import Marginals as Marginals
from .exact.observables import Estimate as Estimate
from .exact.observables import collective_variance as collective_variance
from .exact.observables import expectation as expectation
from .exact.observables import success_probability as success_probability
from .exact.pairs import PairMarginals as PairMarginals
from .exact.pairs import pair_marginals as pair_marginals
from .exact.solve import exact_marginals as exact_marginals
from .hartree import hartree_wavefunctions as hartree_wavefunctions
from .limit.solve import limit_states as limit_states
from .limit.state import LimitState as LimitState
from .model.family import ModelFamily as ModelFamily
from .model.hamiltonian import Model as Model
from .model.state import ProductState as ProductState
from .qutip_bridge import from_qutip as from_qutip
from .qutip_bridge import to_qutip as to_qutip

__version__: str
