"""Jobs that say what the odd engine has to do."""

from kaiga.ports.engine import GenerationJob


def make_jobs(*prompts: str, model: str = "m") -> list[GenerationJob]:
    return [
        GenerationJob(
            model=model,
            prompt=prompt,
            negative_prompt="",
            width_pixels=8,
            height_pixels=8,
            seed=index,
            watermark=False,
        )
        for index, prompt in enumerate(prompts)
    ]
