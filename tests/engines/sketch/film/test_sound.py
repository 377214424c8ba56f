"""The sound bed, and what is measured and changed of sound that was given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clip_samples import tone
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, Sound
from kaiga.engines.sketch.film.sound import cross_faded, fit_sound, make_bed, measure_loudness

TWO_SECONDS = 2 * SAMPLES_PER_SECOND


def spectrum(sound: Sound) -> NDArray[np.float64]:
    """The share of power in low, middle and high sounds."""
    power = np.abs(np.fft.rfft(sound[:, 0].astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLES_PER_SECOND)
    parts = [
        power[(hertz >= low) & (hertz < high)].sum()
        for low, high in ((20, 500), (500, 2000), (2000, 20_000))
    ]
    return np.array(parts) / sum(parts)


def test_the_same_prompt_and_seed_give_the_same_bed() -> None:
    assert (make_bed("rain", 3, 30_000) == make_bed("rain", 3, 30_000)).all()


def test_another_seed_gives_another_bed() -> None:
    assert (make_bed("rain", 3, 30_000) != make_bed("rain", 4, 30_000)).any()


@pytest.mark.parametrize(
    "prompt", ["", "a cat", "rain", "海边的风", "鳥の声がする森", "storm at sea"]
)
def test_a_bed_is_heard_and_stays_well_below_full_scale(prompt: str) -> None:
    bed = make_bed(prompt, 1, TWO_SECONDS)

    assert bed.shape == (TWO_SECONDS, 2)
    assert np.abs(bed.astype(int)).max() < 0.3 * 32767
    assert np.abs(bed[30_000:60_000].astype(int)).mean() > 100


def test_rain_hisses_and_a_calm_scene_hums() -> None:
    rain, calm = (
        spectrum(make_bed("heavy rain", 1, TWO_SECONDS)),
        spectrum(make_bed("calm", 1, TWO_SECONDS)),
    )

    assert rain[2] > 0.2
    assert calm[0] > 0.95


def test_a_bed_is_not_the_same_on_both_sides() -> None:
    bed = make_bed("wind over the desert", 1, TWO_SECONDS)

    assert (bed[:, 0] != bed[:, 1]).mean() > 0.9


def test_a_bed_fades_in_and_out() -> None:
    bed = np.abs(make_bed("the sea", 1, TWO_SECONDS).astype(int))

    assert bed[:200].max() < bed.max() / 50
    assert bed[-200:].max() < bed.max() / 50


@given(samples=st.integers(0, 3000), wanted=st.integers(0, 3000))
def test_fitted_sound_has_the_length_wanted_and_begins_like_the_sound(
    samples: int, wanted: int
) -> None:
    sound = np.arange(samples * 2, dtype=np.int16).reshape(-1, 2)

    fitted = fit_sound(sound, wanted)

    kept = min(samples, wanted)
    assert fitted.shape == (wanted, 2)
    assert (fitted[:kept] == sound[:kept]).all()
    assert not fitted[kept:].any()


@given(count=st.integers(0, 2000), prompt=st.text(max_size=20), seed=st.integers(0, 2**31 - 1))
def test_a_bed_of_any_length_for_any_text_can_be_made(count: int, prompt: str, seed: int) -> None:
    assert make_bed(prompt, seed, count).shape == (count, 2)


def test_loudness_follows_the_sound_frame_by_frame() -> None:
    sound = np.concatenate([tone(1, loudness=0.8), tone(1, loudness=0.2), tone(1, loudness=0.0)])

    loudness = measure_loudness(sound, 25, 100)

    assert loudness.shape == (100,)
    assert loudness[2:23] == pytest.approx(1.0, abs=0.03)
    assert loudness[27:48] == pytest.approx(0.25, abs=0.03)
    assert not loudness[50:].any()


def test_silence_has_no_loudness_at_all() -> None:
    assert not measure_loudness(np.zeros((5000, 2), np.int16), 24, 10).any()


def test_a_given_sound_comes_first_and_fades_over_into_what_follows() -> None:
    first, then = tone(1, hertz=200), tone(3, hertz=2000)

    joined = cross_faded(first, then)

    half = SAMPLES_PER_SECOND // 2
    assert (joined[:half] == first[:half]).all()
    assert (joined[SAMPLES_PER_SECOND:] == then[SAMPLES_PER_SECOND:]).all()
    assert len(joined) == len(then)
