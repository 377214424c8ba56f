"""Every motif there is: how to draw it, its measures, how big it looks and where it belongs.

To add a motif, write its function, add a line here and a line in the lexicon.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import MappingProxyType

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import (
    belongings,
    birds,
    buildings,
    food,
    fruits,
    furniture,
    landforms,
    landmarks,
    people,
    pets,
    plants,
    reptiles,
    sealife,
    trees,
    vehicles,
    wildlife,
)  # fmt: skip

Draw = Callable[[Canvas, Look], None]


class Habitat(Enum):
    """Where a thing is found when nothing else was said."""

    GROUND = "ground"
    SKY = "sky"
    WATER = "water"
    UNDERWATER = "underwater"
    TABLE = "table"
    WALL = "wall"
    LAND = "land"
    HEAVENS = "heavens"
    SPACE = "space"
    SHOP = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Motif:
    """One thing that can be drawn.

    `width` and `height` are the extent in the motif's own units, foot at y = 0. `size` is how tall
    it appears beside a grown person (1.0), less different than in life so that a cat is still seen
    beside a house. `home` is the backdrop it gets when the prompt names none.
    """

    draw: Draw
    width: float
    height: float
    size: float
    habitat: Habitat
    home: str


def _ground(draw: Draw, width: float, height: float, size: float, home: str = "meadow") -> Motif:
    return Motif(
        draw=draw, width=width, height=height, size=size, habitat=Habitat.GROUND, home=home
    )


def _table(draw: Draw, width: float, height: float = 104, size: float = 0.5) -> Motif:
    return Motif(
        draw=draw, width=width, height=height, size=size, habitat=Habitat.TABLE, home="tabletop"
    )


def _sky(draw: Draw, width: float, height: float, size: float) -> Motif:
    return Motif(draw=draw, width=width, height=height, size=size, habitat=Habitat.SKY, home="sky")


def _water(draw: Draw, width: float, height: float, size: float, home: str = "sea") -> Motif:
    return Motif(draw=draw, width=width, height=height, size=size, habitat=Habitat.WATER, home=home)


def _under(draw: Draw, width: float, height: float, size: float) -> Motif:
    return Motif(
        draw=draw,
        width=width,
        height=height,
        size=size,
        habitat=Habitat.UNDERWATER,
        home="underwater",
    )


def _land(draw: Draw, width: float, height: float, home: str) -> Motif:
    return Motif(draw=draw, width=width, height=height, size=2.2, habitat=Habitat.LAND, home=home)


def _heavens(draw: Draw, width: float) -> Motif:
    return Motif(
        draw=draw, width=width, height=104, size=0.6, habitat=Habitat.HEAVENS, home="meadow"
    )


def _flower(kind: str) -> Motif:
    return _ground(partial(plants.flower_of, kind), 54, 102, 0.62, "garden")


def _shop(draw: Draw) -> Motif:
    return Motif(draw=draw, width=110, height=100, size=2.0, habitat=Habitat.SHOP, home="street")


MOTIFS: Mapping[str, Motif] = MappingProxyType(
    {
        # shops are drawn as whole fronts; seen from afar they are houses
        **{
            name: _shop(buildings.house)
            for name in (
                "flower_shop",
                "bakery",
                "cake_shop",
                "bookshop",
                "cafe",
                "toy_shop",
                "shop",
            )
        },
        "house": _ground(buildings.house, 116, 104, 2.0),
        "cabin": _ground(buildings.cabin, 122, 140, 2.1, "forest"),
        "castle": _ground(landmarks.castle, 134, 128, 2.7),
        "tower": _ground(buildings.tower, 44, 122, 2.5, "street"),
        "skyscraper": _ground(buildings.skyscraper, 44, 116, 2.9, "city"),
        "temple": _ground(landmarks.temple, 148, 106, 2.1, "garden"),
        "torii": _ground(landmarks.torii, 128, 106, 2.0, "lake"),
        "pagoda": _ground(landmarks.pagoda, 84, 124, 2.6, "mountains"),
        "church": _ground(landmarks.church, 104, 118, 2.3, "village"),
        "lighthouse": _ground(landmarks.lighthouse, 88, 108, 2.4, "beach"),
        "bridge": _ground(landmarks.bridge, 226, 104, 1.3, "lake"),
        "windmill": _ground(landmarks.windmill, 104, 124, 2.3, "flower_field"),
        "tent": _ground(buildings.tent, 186, 94, 1.15, "forest"),
        "ferris_wheel": _ground(landmarks.ferris_wheel, 100, 104, 2.7, "garden"),
        "door": Motif(
            draw=buildings.door, width=98, height=108, size=1.4, habitat=Habitat.WALL, home="wall"
        ),
        "window": Motif(
            draw=buildings.window, width=134, height=98, size=1.0, habitat=Habitat.WALL, home="wall"
        ),
        "fence": _ground(buildings.fence, 262, 98, 0.55, "garden"),
        "fountain": _ground(buildings.fountain, 144, 102, 1.1, "garden"),
        "well": _ground(buildings.well, 94, 104, 1.0, "village"),
        "flowers": _ground(plants.flowers, 100, 102, 0.55, "garden"),
        "tulip": _flower("tulip"),
        "rose": _flower("rose"),
        "sunflower": _flower("sunflower"),
        "daisy": _flower("daisy"),
        "lavender": _flower("lavender"),
        "lily": _flower("lily"),
        "peony": _flower("peony"),
        "hydrangea": _flower("hydrangea"),
        "lotus": _water(plants.lotus, 150, 100, 0.6, "lake"),
        "bouquet": _table(plants.bouquet, 100, 108, 0.62),
        "vase": _table(plants.vase, 84, 106, 0.6),
        "potted_plant": _table(plants.potted_plant, 90, 104, 0.6),
        "tree": _ground(trees.tree, 90, 104, 2.0),
        "pine": _ground(trees.pine, 70, 104, 2.1, "forest"),
        "christmas_tree": _ground(trees.christmas_tree, 72, 114, 1.9, "room"),
        "palm": _ground(trees.palm, 92, 112, 2.0, "beach"),
        "bare_tree": _ground(trees.bare_tree, 84, 106, 1.9),
        "sakura": _ground(trees.sakura, 94, 106, 2.0, "garden"),
        "bamboo": _ground(trees.bamboo, 84, 108, 2.1, "forest"),
        "willow": _ground(trees.willow, 102, 104, 2.0, "lake"),
        "bush": _ground(plants.bush, 138, 86, 0.6, "garden"),
        "grass": _ground(plants.grass, 110, 106, 0.45),
        "mushroom": _ground(plants.mushroom, 112, 98, 0.5, "forest"),
        "cactus": _ground(plants.cactus, 76, 110, 1.2, "desert"),
        "leaf": _table(plants.leaf, 70, 106, 0.45),
        "mountain": _land(landforms.mountain, 280, 106, "mountains"),
        "volcano": _land(landforms.volcano, 240, 184, "sea"),
        "hill": _land(landforms.hill, 260, 122, "meadow"),
        "waterfall": _ground(landforms.waterfall, 226, 118, 2.3, "forest"),
        "rock": _ground(landforms.rock, 158, 86, 0.7, "beach"),
        "island": _water(landforms.island, 240, 104, 1.4),
        "wave": _water(landforms.wave, 300, 118, 1.7),
        "path": _ground(landforms.path, 122, 100, 1.2),
        "sun": _heavens(landforms.sun, 108),
        "moon": _heavens(landforms.moon, 100),
        "star": _heavens(landforms.star, 104),
        "cloud": _heavens(landforms.cloud, 134),
        "rainbow": _heavens(landforms.arc, 180),
        "aurora": _heavens(landforms.arc, 180),
        "milky_way": _heavens(landforms.star, 104),
        "fireworks": _heavens(landforms.sparks, 108),
        "planet": Motif(
            draw=landforms.planet,
            width=168,
            height=104,
            size=1.6,
            habitat=Habitat.SPACE,
            home="space",
        ),
        "campfire": _ground(landforms.campfire, 104, 108, 0.6, "forest"),
        "person": _ground(people.person, 40, 100, 1.0, "garden"),
        "people": _ground(people.person, 40, 100, 1.0, "street"),
        "man": _ground(people.man, 40, 100, 1.0, "street"),
        "woman": _ground(people.woman, 40, 100, 1.0, "garden"),
        "girl": _ground(people.girl, 56, 104, 0.75, "garden"),
        "boy": _ground(people.boy, 56, 104, 0.75, "garden"),
        "child": _ground(people.child, 56, 104, 0.75, "garden"),
        "couple": _ground(people.couple, 72, 100, 1.0, "garden"),
        "portrait": Motif(
            draw=people.portrait,
            width=100,
            height=104,
            size=1.6,
            habitat=Habitat.WALL,
            home="portrait",
        ),
        "astronaut": Motif(
            draw=people.astronaut,
            width=86,
            height=104,
            size=1.0,
            habitat=Habitat.SPACE,
            home="moonscape",
        ),
        "cat": _ground(pets.cat, 84, 106, 0.62, "garden"),
        "dog": _ground(pets.dog, 84, 102, 0.7, "garden"),
        "fox": _ground(pets.fox, 96, 108, 0.66, "forest"),
        "rabbit": _ground(pets.rabbit, 66, 110, 0.55, "meadow"),
        "bear": _ground(pets.bear, 84, 102, 1.0, "forest"),
        "panda": _ground(pets.panda, 84, 102, 0.95, "bamboo_grove"),
        "mouse": _ground(pets.mouse, 124, 92, 0.45, "meadow"),
        "pig": _ground(pets.pig, 112, 92, 0.65, "meadow"),
        "frog": _ground(pets.frog, 124, 82, 0.42, "lake"),
        "snail": _ground(pets.snail, 138, 84, 0.38, "garden"),
        "horse": _ground(wildlife.horse, 132, 114, 1.15),
        "cow": _ground(wildlife.cow, 140, 104, 1.0),
        "sheep": _ground(wildlife.sheep, 116, 94, 0.75),
        "elephant": _ground(wildlife.elephant, 160, 100, 1.4),
        "deer": _ground(wildlife.deer, 112, 126, 1.15, "forest"),
        "giraffe": _ground(wildlife.giraffe, 84, 108, 1.9),
        "lion": _ground(wildlife.lion, 92, 112, 0.9),
        "turtle": _ground(reptiles.turtle, 160, 80, 0.5, "beach"),
        "dragon": _ground(reptiles.dragon, 132, 116, 1.6, "mountains"),
        "penguin": _ground(birds.penguin, 82, 102, 0.7, "snowfield"),
        "bird": _ground(birds.bird, 118, 96, 0.42, "meadow"),
        "owl": _ground(birds.owl, 80, 104, 0.55, "forest"),
        "crane": _ground(birds.crane, 98, 104, 0.9, "lake"),
        "duck": _water(birds.duck, 124, 94, 0.45, "lake"),
        "chicken": _ground(birds.chicken, 104, 100, 0.5, "village"),
        "butterfly": _sky(birds.butterfly, 120, 100, 0.32),
        "bee": _sky(birds.bee, 116, 100, 0.28),
        "fish": _under(sealife.fish, 162, 104, 0.6),
        "whale": _water(sealife.whale, 200, 104, 1.3),
        "dolphin": _water(sealife.dolphin, 172, 106, 0.9),
        "jellyfish": _under(sealife.jellyfish, 84, 112, 0.7),
        "octopus": _under(sealife.octopus, 132, 104, 0.8),
        "car": _ground(vehicles.car, 186, 80, 0.85, "street"),
        "bus": _ground(vehicles.bus, 212, 94, 1.2, "street"),
        "truck": _ground(vehicles.truck, 196, 94, 1.2, "street"),
        "bicycle": _ground(vehicles.bicycle, 172, 104, 0.75, "street"),
        "train": _ground(vehicles.train, 316, 168, 1.5, "meadow"),
        "sailboat": _water(vehicles.sailboat, 112, 114, 1.2),
        "boat": _water(vehicles.boat, 176, 98, 0.75, "lake"),
        "ship": _water(vehicles.ship, 220, 138, 1.6),
        "plane": _sky(vehicles.plane, 224, 100, 0.8),
        "hot_air_balloon": _sky(vehicles.hot_air_balloon, 100, 114, 1.2),
        "rocket": Motif(
            draw=vehicles.rocket,
            width=74,
            height=142,
            size=1.5,
            habitat=Habitat.SPACE,
            home="space",
        ),
        "ufo": _sky(vehicles.ufo, 144, 92, 0.9),
        "apple": _table(fruits.apple, 86),
        "orange_fruit": _table(fruits.orange_fruit, 132, 98),
        "lemon": _table(fruits.lemon, 148, 82),
        "cherry": _table(fruits.cherry, 106),
        "strawberry": _table(fruits.strawberry, 84, 106),
        "grapes": _table(fruits.grapes, 84),
        "watermelon": _table(fruits.watermelon, 148, 74),
        "banana": _table(fruits.banana, 140, 94),
        "pear": _table(fruits.pear, 72),
        "fruit": _table(fruits.fruit, 152, 104, 0.7),
        "cake": _table(food.cake, 142, 106, 0.7),
        "ice_cream": _table(food.ice_cream, 60, 108, 0.6),
        "donut": _table(food.donut, 102, 92),
        "bread": _table(food.bread, 142, 78),
        "coffee": _table(food.coffee, 126, 110),
        "teapot": _table(food.teapot, 164, 96, 0.55),
        "sushi": _table(food.sushi, 186, 64),
        "ramen": _table(food.ramen, 164, 112, 0.62),
        "dumplings": _table(food.dumplings, 150, 104, 0.6),
        "pizza": _table(food.pizza, 170, 68),
        "burger": _table(food.burger, 132, 100),
        "wine": _table(food.wine, 98, 106, 0.75),
        "egg": _table(food.egg, 62, 100, 0.4),
        "onigiri": _table(food.onigiri, 98, 96),
        "lantern": _sky(furniture.lantern, 78, 118, 0.5),
        "lamp_post": _ground(furniture.lamp_post, 44, 112, 1.5, "street"),
        "umbrella": _table(belongings.umbrella, 134, 112, 0.8),
        "book": _table(belongings.book, 166, 66, 0.4),
        "guitar": _table(belongings.guitar, 50, 114, 0.9),
        "piano": _ground(furniture.piano, 164, 104, 0.95, "room"),
        "chair": _ground(furniture.chair, 118, 100, 0.8, "room"),
        "table": _ground(furniture.table, 194, 100, 0.62, "room"),
        "bed": _ground(furniture.bed, 228, 104, 0.8, "room"),
        "clock": _table(furniture.clock, 90, 96, 0.5),
        "robot": _ground(belongings.robot, 98, 114, 0.9, "street"),
        "balloon": _sky(belongings.balloon, 56, 110, 0.6),
        "kite": _sky(belongings.kite, 66, 120, 0.6),
        "heart": _table(belongings.heart, 96, 96),
        "gift": _table(belongings.gift, 94, 100),
        "candle": _table(furniture.candle, 92, 110),
        "snowman": _ground(belongings.snowman, 98, 112, 0.9, "snowfield"),
        "pumpkin": _table(belongings.pumpkin, 128, 100),
        "key": _table(belongings.key, 46),
        "crown": _table(belongings.crown, 142, 100),
        "camera": _table(belongings.camera, 134, 88),
        "fan": _table(belongings.fan, 178, 104),
        "computer": _table(furniture.computer, 158, 92, 0.6),
        "gear": _table(belongings.gear, 130, 94),
        "gem": _table(belongings.gem, 112, 108),
        "flag": _ground(belongings.flag, 106, 116, 1.1, "meadow"),
        "basket": _table(belongings.basket, 130, 104),
    }
)
