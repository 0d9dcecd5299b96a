"""Invented names of places. Any likeness to a real street, pub or ward is chance; none is meant."""

from __future__ import annotations

WARDS = (
    "Millbrook",
    "Cooper's Reach",
    "Ravensbourne Town",
    "Lantern Quay",
    "Tidewell",
    "Gallows Green",
    "Foundry Park",
    "Northmoor",
    "Heronsgate",
    "Ashcombe Rise",
    "Old Brewery",
    "Saltersford",
    "Kingsferry",
    "Marlpit",
    "Withy Common",
    "Stonebeck",
    "Larkhollow",
    "Bramble Hill",
    "Oxleaze",
    "Thornwick",
    "Priors Fallow",
    "Southmere",
)

STREET_FIRST = (
    "Abbot", "Acorn", "Alder", "Almond", "Anchor", "Anvil", "Apple", "Arrow", "Aspen", "Badger", "Baker", "Barley",
    "Barrow", "Basket", "Beacon", "Beech", "Bellfounder", "Birch", "Blackthorn", "Blacksmith", "Bluebell", "Bobbin",
    "Bracken", "Brazier", "Brewer", "Briar", "Bridle", "Bramling", "Buckler", "Bulrush", "Butler", "Candle",
    "Canvas", "Carder", "Carrier", "Cartwright", "Cedar", "Chandler", "Chalk", "Chestnut", "Cinder", "Clay",
    "Clover", "Cobbler", "Collier", "Copper", "Coppice", "Cordwainer", "Corn", "Cotter", "Cowslip", "Crane",
    "Cress", "Curlew", "Currier", "Cutler", "Cygnet", "Dabchick", "Dairy", "Damson", "Dapple", "Deer", "Dock",
    "Dovecote", "Drover", "Drum", "Dyer", "Eider", "Elder", "Elm", "Ember", "Falcon", "Farrier", "Fennel", "Fern",
    "Ferry", "Fiddler", "Finch", "Flax", "Fletcher", "Flint", "Forge", "Fossil", "Foundry", "Fowler", "Fuller",
    "Furrow", "Gander", "Garland", "Gatehouse", "Gilder", "Ginger", "Glazier", "Glover", "Goldcrest", "Gorse",
    "Granary", "Grebe", "Grindstone", "Gull", "Hamper", "Harrow", "Harvest", "Hatter", "Hawthorn", "Hazel",
    "Heather", "Hedge", "Heron", "Hollow", "Honeysuckle", "Hop", "Hurdle", "Iris", "Ironmonger", "Ivy", "Jasmine",
    "Jay", "Joiner", "Juniper", "Keel", "Kestrel", "Kiln", "Kite", "Lantern", "Larch", "Lark", "Laurel", "Lavender",
    "Ledger", "Lichen", "Lilac", "Lime", "Linden", "Linnet", "Lock", "Loom", "Lupin",
)  # fmt: skip

STREET_LAST = (
    "Road", "Street", "Close", "Avenue", "Lane", "Way", "Drive", "Gardens", "Crescent", "Place",
    "Grove", "Court", "Mews", "Walk", "Rise", "Terrace",
)  # fmt: skip

PUB_FIRST = (
    "Drowned", "Drumming", "Gilded", "Sleeping", "Whistling", "Crooked", "Sunken", "Wandering", "Tallow", "Salted",
    "Merry", "Painted", "Silver", "Leaping", "Lonely", "Brass",
)  # fmt: skip
PUB_LAST = (
    "Bell", "Anchor", "Heron", "Ferryman", "Lantern", "Mermaid", "Barge", "Otter", "Plough", "Cooper", "Pike",
    "Swan",
)  # fmt: skip

CLUBS = ("Lagoon", "Spindrift", "Undertow", "Cinder", "Halyard", "Meridian", "Tallow", "Reef")
PARK_LAST = ("Park", "Recreation Ground", "Fields", "Common")
SHOP_KINDS = ("Kebab House", "Fried Chicken", "Minimart", "Supermarket", "Pizza Bar", "Off Licence")
SCHOOL_KINDS = ("Academy", "High School", "Sixth Form College")
STATIONS = (
    "Ravensbourne Central Station", "Lantern Quay Station", "Millbrook Station", "Heronsgate Station", "Kingsferry Station",
    "Marlpit Halt", "Stonebeck Station", "Southmere Station", "Ravensbourne Bus Station",
)  # fmt: skip
HOSPITAL = "Ravensbourne General Hospital"
POLICE_STATION = "Ravensbourne Town Police Station"
COURT = "Ravensbourne Magistrates Court"
