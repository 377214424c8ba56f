"""Jobs that say what the odd engine has to do."""

from kaiga.ports.engine import GenerationJob


def make_jobs(*prompts: str, model: str = "m") -> list[GenerationJob]:
    return [
        GenerationJob(
            model=model,
            task="text-to-image",
            prompt=prompt,
            width_pixels=8,
            height_pixels=8,
            seed=index,
        )
        for index, prompt in enumerate(prompts)
    ]
