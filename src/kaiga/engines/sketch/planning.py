"""Decides what the picture shows: its place, its hour, and which things stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

from kaiga.engines.sketch.backdrops import beyond, fields, indoors, land, town, waterside, woods
from kaiga.engines.sketch.motifs.blooms import BLOOMS
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.scene import Mention, Scene
from kaiga.engines.sketch.shopscene import WARES_OF
from kaiga.engines.sketch.stage import Backdrop

BACKDROPS: Mapping[str, Backdrop] = MappingProxyType({
    "city": town.city,
    "street": town.street,
    "village": town.village,
    "forest": woods.forest,
    "bamboo_grove": woods.bamboo_grove,
    "meadow": land.meadow,
    "flower_field": fields.flower_field,
    "paddy": fields.paddy,
    "garden": fields.garden,
    "beach": waterside.beach,
    "sea": waterside.sea,
    "lake": waterside.lake,
    "swamp": waterside.lake,
    "desert": land.desert,
    "mountains": land.mountains,
    "snowfield": land.snowfield,
    "room": indoors.room,
    "tabletop": indoors.tabletop,
    "wall": indoors.wall,
    "portrait": indoors.portrait,
    "space": beyond.space,
    "moonscape": beyond.moonscape,
    "underwater": beyond.underwater,
    "sky": beyond.sky,
})  # fmt: skip
INDOORS = frozenset({"room", "tabletop", "portrait", "space", "moonscape", "underwater"})
PARTS = frozenset({"door", "window"})
_NIGHTLY = frozenset({"moon", "star", "milky_way", "aurora", "fireworks"})
_PEOPLE = frozenset({"person", "people", "man", "woman"})
_WEATHER_PLACES = {
    "snow": "village",
    "rain": "street",
    "fog": "forest",
    "storm": "sea",
    "wind": "meadow",
}
_TIME_PLACES = {"sunset": "sea", "dawn": "lake", "dusk": "city", "night": "lake", "day": "meadow"}
_SEASON_PLACES = {"spring": "garden", "summer": "beach", "autumn": "forest", "winter": "snowfield"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to paint: a shop, or a backdrop, or neither (then an abstract picture)."""

    scene: Scene
    things: tuple[Mention, ...]
    backdrop: Backdrop | None = None
    shop: Mention | None = None
    outdoors: bool = True


def make_plan(scene: Scene, rng: Random, *, night: bool) -> Plan:
    """Choose place and hour for a scene; `night` is what its style prefers if none was said."""
    scene = _with_hour(scene, night=night)
    shop = next((mention for mention in scene.mentions if mention.motif in WARES_OF), None)
    if shop is not None:
        things = tuple(m for m in scene.mentions if not _belongs_to_shop(m, shop))
        return Plan(scene=scene, things=_placeable(scene, things), shop=shop)
    place = _place(scene, rng)
    if not place:
        return Plan(scene=scene, things=())
    scene = _with_season(scene, place)
    things = _placeable(scene, scene.mentions)
    if place == "flower_field":
        things = tuple(m for m in things if m.motif not in BLOOMS and m.motif != "flowers")
    if place == "tabletop":
        things = tuple(m for m in things if m.motif != "table")
    return Plan(
        scene=scene, things=things, backdrop=BACKDROPS[place], outdoors=place not in INDOORS
    )


def _with_hour(scene: Scene, *, night: bool) -> Scene:
    if scene.time:
        return scene
    motifs = {mention.motif for mention in scene.mentions}
    if night or motifs & _NIGHTLY:
        return replace(scene, time="night")
    if motifs & {"campfire"}:
        return replace(scene, time="dusk")
    return scene


def _with_season(scene: Scene, place: str) -> Scene:
    if scene.season:
        return scene
    if place == "snowfield" or scene.find("snowman"):
        return replace(scene, season="winter")
    if scene.find("sakura"):
        return replace(scene, season="spring")
    return scene


def _belongs_to_shop(mention: Mention, shop: Mention) -> bool:
    if mention.motif in WARES_OF or mention.motif in PARTS or MOTIFS[mention.motif].size >= 1.9:
        return True
    floral = mention.motif in BLOOMS or mention.motif in {
        "flowers",
        "bouquet",
        "vase",
        "potted_plant",
        "lotus",
        "sakura",
    }
    edible = MOTIFS[mention.motif].habitat is Habitat.TABLE
    return floral or (edible and shop.motif != "shop") or mention.motif in {"table", "book"}


def _placeable(scene: Scene, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out what the backdrop itself draws, and parts of things that are there."""
    motifs = {mention.motif for mention in mentions}
    built = any(MOTIFS[m].habitat is Habitat.GROUND and MOTIFS[m].size >= 1.9 for m in motifs)
    kept: list[Mention] = []
    for mention in mentions:
        motif = MOTIFS[mention.motif]
        if motif.habitat in {Habitat.HEAVENS, Habitat.LAND} and not _is_starless(scene):
            continue
        if mention.motif in PARTS and (
            built or (len(motifs) > 1 and not motifs <= PARTS | {"flowers"})
        ):
            continue
        if mention.motif == "umbrella" and motifs & _PEOPLE:
            continue
        if mention.motif in {"path", "portrait"} and len(motifs) > 1 and mention.motif == "path":
            continue
        if "portrait" in motifs and mention.motif in _PEOPLE | {"girl", "boy", "child"}:
            continue
        kept.append(mention)
    return tuple(kept)


def _is_starless(scene: Scene) -> bool:
    return bool(INDOORS & set(scene.places))


def _place(scene: Scene, rng: Random) -> str:
    """Choose the backdrop: what was said, else where the first thing belongs, else the weather."""
    motifs = [MOTIFS[m.motif] for m in scene.mentions]
    names = {m.motif for m in scene.mentions}
    if "portrait" in names and not scene.places:
        return "portrait"
    on_table = motifs and all(
        m.habitat is Habitat.TABLE for m in motifs if m is not MOTIFS["table"]
    )
    if on_table and names != {"table"} and set(scene.places) <= {"room", "tabletop", "lake"}:
        return "tabletop"
    if scene.places:
        said = _said_place(scene)
        blooming = any(m.motif in BLOOMS for m in scene.mentions)
        return "flower_field" if said == "meadow" and blooming else said
    if motifs:
        return _home(scene)
    for kind in scene.weather:
        if kind in _WEATHER_PLACES:
            return _WEATHER_PLACES[kind]
    if scene.season:
        return _SEASON_PLACES[scene.season]
    if scene.time:
        return _TIME_PLACES[scene.time]
    return rng.choice(("meadow", "mountains", "lake")) if scene.weather else ""


def _said_place(scene: Scene) -> str:
    places = [place for place in scene.places if place in BACKDROPS]
    if places[0] == "sky" and len(places) > 1:
        return places[1]
    if places[0] == "sky" and scene.mentions:
        home = _home(scene)
        flying = any(MOTIFS[m.motif].habitat is Habitat.SKY for m in scene.mentions)
        return "sky" if flying or home in INDOORS else home
    if places[0] == "tabletop" and any(
        MOTIFS[m.motif].habitat is Habitat.GROUND for m in scene.mentions if m.motif != "table"
    ):
        return "room"
    if (
        places[0] == "sea"
        and scene.mentions
        and all(MOTIFS[m.motif].habitat is Habitat.UNDERWATER for m in scene.mentions)
    ):
        return "underwater"
    grounded = [
        m for m in scene.mentions if MOTIFS[m.motif].habitat in {Habitat.GROUND, Habitat.TABLE}
    ]
    if places[0] == "sea" and grounded:
        return "beach"
    return places[0]


def _home(scene: Scene) -> str:
    homes = [MOTIFS[mention.motif] for mention in scene.mentions]
    slight = {Habitat.HEAVENS, Habitat.TABLE, Habitat.WALL, Habitat.SKY, Habitat.LAND}
    solid = [m for m in homes if m.habitat not in slight]
    water = [m for m in solid if m.habitat is Habitat.WATER]
    if water:
        return "beach" if water[0].home == "sea" and len(water) < len(solid) else water[0].home
    names = {mention.motif for mention in scene.mentions}
    wintry = scene.season == "winter" or "snow" in scene.weather or "aurora" in names
    if any(m.home == "snowfield" for m in solid):
        return "snowfield"
    lofty = [m for m in solid if m.size >= 1.3]
    chosen = (lofty or solid or homes)[0].home
    if chosen == "forest" and any(m.habitat is Habitat.HEAVENS for m in homes):
        return "snowfield" if wintry else "mountains"
    if chosen not in {"meadow", "garden"}:
        return chosen
    if wintry:
        return "snowfield"
    if "rain" in scene.weather and any(
        m.motif in _PEOPLE | {"car", "umbrella"} for m in scene.mentions
    ):
        return "street"
    return chosen
