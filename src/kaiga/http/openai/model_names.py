"""Which models of the catalogue a name stands for: its own, or those that the operator says."""

from collections.abc import Mapping, Sequence

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model, Product
from kaiga.domain.errors import ModelNameUnknown, ParameterRefused

UNNAMED = "default"
"""What a call that names no model is taken to name."""
PATHS: Mapping[Product, str] = {"image": "/v1/images", "video": "/v1/videos"}
"""Where what models make is asked for; others can't be asked in this way."""


class ModelNames:
    """Names and what they stand for; `mapped` are those of the operator, and come first."""

    def __init__(self, catalogue: Catalogue, mapped: Mapping[str, Sequence[str]]) -> None:
        self._catalogue = catalogue
        self._mapped = mapped

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
        """Give every name, the operator's first."""
        own = [model.name for model in self._catalogue.list_models() if model.product in PATHS]
        return list(dict.fromkeys([*self._mapped, *own]))

    def _list_meant(self, name: str) -> Sequence[Model]:
        names = self._mapped.get(name, (name,))
        return [model for each in names if (model := self._catalogue.find_model(each))]


def _refuse_unnamed() -> ParameterRefused:
    return ParameterRefused(
        "model",
        "model must name a model that GET /v1/models lists. The operator can say which one "
        f'answers calls without it, in kaiga.toml below [openai.models]: "{UNNAMED}" = "MODEL".',
    )
