"""The estimators there are. A new one is a module here and a line in this one."""

from typing import Annotated

from pydantic import Field

from analytics.estimators.dynamic_panel import DynamicPanel
from analytics.estimators.event_study import EventStudy
from analytics.estimators.instrumental import InstrumentalVariables
from analytics.estimators.least_squares import LeastSquares
from analytics.estimators.mediation import Mediation
from analytics.estimators.moderation import Moderation
from analytics.estimators.placebo import Placebo
from analytics.estimators.ppml import PoissonPseudoLikelihood
from analytics.estimators.threshold import Threshold

AnyModel = Annotated[
    LeastSquares
    | InstrumentalVariables
    | Mediation
    | Threshold
    | DynamicPanel
    | PoissonPseudoLikelihood
    | EventStudy
    | Moderation
    | Placebo,
    Field(discriminator="estimator"),
]
