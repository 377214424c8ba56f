"""The engine as the port sees it: models on a shelf, and runs of their pipelines."""

import time
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.capabilities import CAPABILITIES
from kaiga.engines.diffusers.devices import GIB, Device, choose_device, is_out_of_memory
from kaiga.engines.diffusers.loading import Loaded, estimate_bytes, load_model
from kaiga.engines.diffusers.options import DiffusersOptions, ModelOptions
from kaiga.engines.diffusers.running import Run
from kaiga.engines.diffusers.shelf import Shelf
from kaiga.engines.diffusers.telling import Teller, tell_of
from kaiga.engines.diffusers.weights import Weights, find_weights
from kaiga.ports.engine import (
    Capabilities,
    EngineEvent,
    Estimate,
    GenerationJob,
    LoadProgressed,
)

NAME = "diffusers"


class DiffusersEngine:
    """Implements `Engine` on one device; that there is none is told when a model is loaded."""

    def __init__(self, options: DiffusersOptions) -> None:
        self._options = options

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return CAPABILITIES

    def estimate(self, batch: Sequence[GenerationJob]) -> Estimate:
        """See the port; known is what a loaded model takes."""
        loaded = self._shelf.find(batch[0].model) if batch else None
        return Estimate(memory_bytes=loaded.size_bytes if loaded else 0)

    def load(self, model: str) -> Iterator[LoadProgressed]:
        """See the port; a load that takes longer than it may tells nothing more."""
        if self._shelf.find(model) is not None:
            return
        options = self._options.models.get(model)
        if options is None:
            raise EngineUnfit(f"no weights are bound to {model}")
        part = 0.0
        deadline = time.monotonic() + self._options.load_seconds

        def wait() -> LoadProgressed | None:
            return LoadProgressed(part=part) if time.monotonic() < deadline else None

        for event in tell_of(lambda teller: self._load(model, options, teller), on_silence=wait):
            if isinstance(event, LoadProgressed):
                part = event.part
                yield event

    def unload(self, model: str) -> None:
        """See the port."""
        self._shelf.drop(model)

    def list_loaded(self) -> Sequence[str]:
        """See the port."""
        return self._shelf.list_names()

    def generate(self, batch: Sequence[GenerationJob]) -> Generator[EngineEvent]:
        """See the port."""
        loaded = self._shelf.find(batch[0].model)
        if loaded is None:
            raise ValueError("a model is loaded before it is used")

        def work(teller: Teller) -> None:
            Run(loaded, self._device, teller, self._options.previews).make(batch)

        return tell_of(work)

    @cached_property
    def _device(self) -> Device:
        return choose_device(self._options.device)

    @cached_property
    def _shelf(self) -> Shelf:
        budget = int(self._options.memory_gib * GIB) or self._device.count_memory()
        return Shelf(self._device, budget)

    def _load(self, model: str, options: ModelOptions, teller: Teller) -> None:
        weights = find_weights(options, hub=self._options.hub)
        offload = self._choose_offload(weights, options)
        self._shelf.make_room(estimate_bytes(weights, options, offload))
        try:
            loaded = self._try_load(weights, options, offload, teller)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            loaded = self._load_again(weights, options, teller)
        self._shelf.put(model, loaded)

    def _load_again(self, weights: Weights, options: ModelOptions, teller: Teller) -> Loaded:
        """Load with nothing else on the device, and with the weights in the CPU's memory."""
        self._shelf.make_room(self._shelf.budget_bytes)
        self._device.free_memory()
        try:
            return self._try_load(weights, options, "group", teller)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise EngineUnfit(
                f"{weights.folder} needs more memory than there is, even with its weights in"
                " the memory of the CPU"
            ) from None

    def _try_load(
        self, weights: Weights, options: ModelOptions, offload: str, teller: Teller
    ) -> Loaded:
        def tell_part(part: float) -> None:
            teller.tell(LoadProgressed(part=part))

        return load_model(weights, options, self._device, offload, tell_part)

    def _choose_offload(self, weights: Weights, options: ModelOptions) -> str:
        """Keep the weights in the CPU's memory where they are larger than the budget."""
        if options.offload != "auto":
            return options.offload
        if self._device.kind == "cpu":
            return "none"
        whole = estimate_bytes(weights, options, "none")
        return "group" if whole > self._shelf.budget_bytes else "none"
