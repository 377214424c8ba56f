"""Which models of the catalogue a name stands for: its own, or those that the operator says."""

from collections.abc import Callable, Mapping, Sequence

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model, Product
from kaiga.domain.errors import ModelNameUnknown, ParameterRefused

UNNAMED = "default"
"""What a call that names no model is taken to name."""
PATHS: Mapping[Product, str] = {"image": "/v1/images", "video": "/v1/videos"}
"""Where what models make is asked for; others can't be asked in this way."""


def _is_any(_model: str) -> bool:
    return True


class ModelNames:
    """Names and what they stand for; `mapped` are those of the operator, and come first.

    `is_answered` tells whether some engine here is to answer a model: one that none answers is
    not listed, and is asked only where nothing else is meant.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        mapped: Mapping[str, Sequence[str]],
        is_answered: Callable[[str], bool] = _is_any,
    ) -> None:
        self._catalogue = catalogue
        self._mapped = mapped
        self._is_answered = is_answered

    def find_models(self, name: str, product: Product) -> Sequence[Model]:
        """Give the models that may be asked to make a product, the first to be asked first.

        Raises:
            ParameterRefused: no model is named, or one that makes something else.
            ModelNameUnknown: the name stands for nothing here.
        """
        models = self._list_meant(name or UNNAMED)
        if not models:
            raise ModelNameUnknown(name) if name else _refuse_unnamed()
        fitting = [model for model in models if model.product == product]
        if fitting:
            return fitting
        path = PATHS.get(models[0].product)
        elsewhere = f" It is called at {path}." if path else ""
        raise ParameterRefused("model", f"The model {name} makes no {product}.{elsewhere}")

    def find_any(self, name: str) -> Model:
        """Give what a name stands for first.

        Raises:
            ModelNameUnknown: it stands for nothing here.
        """
        models = [model for model in self._list_meant(name) if model.product in PATHS]
        if not models:
            raise ModelNameUnknown(name)
        return models[0]

    def list_names(self) -> Sequence[str]:
        """Give every name that is answered, the operator's first."""
        own = [model.name for model in self._catalogue.list_models() if model.product in PATHS]
        names = dict.fromkeys([*self._mapped, *own])
        return [name for name in names if self._is_answered(self.find_any(name).name)]

    def _list_meant(self, name: str) -> Sequence[Model]:
        names = self._mapped.get(name, (name,))
        models = [model for each in names if (model := self._catalogue.find_model(each))]
        return [model for model in models if self._is_answered(model.name)] or models


def _refuse_unnamed() -> ParameterRefused:
    return ParameterRefused(
        "model",
        "model must name a model that GET /v1/models lists. The operator can say which one "
        f'answers calls without it, in kaiga.toml below [openai.models]: "{UNNAMED}" = "MODEL".',
    )
