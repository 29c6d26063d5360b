"""A log in files: what is written, by whom it can be read, and that nothing false is read."""

import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ngoma.tlog import merkle
from ngoma.tlog.refusal import Malformed, Refused
from ngoma.tlog.tiles import Reader, Tile, Writer, decode_bundle, encode_bundle

SIZES = (0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000)
Files = dict[str, bytes]


def entry(index: int) -> bytes:
    return b"entry %d" % index


def grown(*steps: int) -> tuple[Writer, Files]:
    """A log that published at each of these sizes, and its files."""
    writer, files = Writer(), {}
    for size in steps:
        while writer.size < size:
            writer.append(entry(writer.size))
        files |= writer.take()
    return writer, files


def mth(row: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, over hashes of leaves."""
    if len(row) < 2:
        return row[0] if row else sha256(b"").digest()
    k = 1 << (len(row) - 1).bit_length() - 1
    return sha256(b"\x01" + mth(row[:k]) + mth(row[k:])).digest()


def names(size: int) -> set[str]:
    """The files of a log of this size, by the words of the specification."""
    found = set()
    for level in ("entries", *range(8)):
        full, width = divmod(size // 256 ** (level if level != "entries" else 0), 256)
        for index in range(full + 1):
            number = f"{index:03}" if index < 1000 else f"x{index // 1000:03}/{index % 1000:03}"
            if index < full:
                found.add(f"tile/{level}/{number}")
            elif width:
                found.add(f"tile/{level}/{number}.p/{width}")
    return found


@pytest.fixture(scope="module")
def every_size() -> tuple[dict[int, bytes], Files, list[bytes]]:
    """One log that published at every size: its roots, its files, the hashes of its leaves."""
    writer, files, roots = Writer(), {}, {}
    for size in SIZES:
        while writer.size < size:
            assert writer.append(entry(writer.size)) == writer.size - 1
        files |= writer.take()
        roots[size] = writer.root
    return roots, files, [sha256(b"\0" + entry(i)).digest() for i in range(SIZES[-1])]


@pytest.mark.parametrize("size", SIZES)
def test_the_files_of_a_log_lead_to_its_root(
    size: int, every_size: tuple[dict[int, bytes], Files, list[bytes]]
) -> None:
    roots, files, leaves = every_size
    assert roots[size] == mth(leaves[:size])
    assert names(size) <= files.keys()
    fetched = set()

    def fetch(path: str) -> bytes:
        fetched.add(path)
        return files[path]

    reader = Reader(size, roots[size], fetch)
    found = [one for bundle in range(-(-size // 256)) for one in reader.entries(bundle)]
    assert found == [entry(index) for index in range(size)]
    assert fetched == names(size)
    for index in {0, 1, 254, 255, 256, size // 2, size - 256, size - 1} & set(range(size)):
        proof = merkle.prove_inclusion(index, size, reader.read)
        merkle.check_inclusion(index, size, roots[size], leaves[index], proof)
    for old in set(SIZES[1:]) & set(range(size + 1)):
        proof = merkle.prove_consistency(old, size, reader.read)
        merkle.check_consistency(old, size, roots[old], roots[size], proof)


def test_every_tile_holds_the_hashes_of_the_definition(
    every_size: tuple[dict[int, bytes], Files, list[bytes]],
) -> None:
    _, files, leaves = every_size
    for path in names(SIZES[-1]):
        tile = Tile.parse(path)
        if tile.level is not None:
            span = 256**tile.level
            starts = range(tile.index * 256 * span, (tile.index * 256 + tile.width) * span, span)
            assert files[path] == b"".join(mth(leaves[at : at + span]) for at in starts)


def test_the_specification_counts_the_tiles_of_70000_entries() -> None:
    _, files = grown(70_000)
    widths = [(tile.level, tile.width) for tile in map(Tile.parse, files)]
    assert files.keys() == names(70_000)
    assert {level: widths.count((level, 256)) for level in range(3)} == {0: 273, 1: 1, 2: 0}
    partial = {level: width for level, width in widths if width < 256}
    assert partial == {None: 112, 0: 112, 1: 17, 2: 1}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 800), max_size=6))
def test_a_log_goes_on_from_its_files(sizes: list[int]) -> None:
    steps = sorted(sizes)
    straight, expected = grown(*steps)
    files: Files = {}
    size, root = 0, merkle.EMPTY
    for step in steps:
        writer = Writer.resume(size, root, files.__getitem__)
        assert (writer.size, writer.root, writer.take()) == (size, root, {})
        while writer.size < step:
            writer.append(entry(writer.size))
        files |= writer.take()
        size, root = writer.size, writer.root
    assert (root, files) == (straight.root, expected)


@given(st.integers(1, 800))
@settings(max_examples=20, deadline=None)
def test_tiles_can_be_built_from_a_store_of_hashes(size: int) -> None:
    frontier, kept = merkle.Frontier(), []
    for index in range(size):
        kept += frontier.append(merkle.leaf_hash(entry(index)))
    _, files = grown(size)
    for path, content in files.items():
        tile = Tile.parse(path)
        if tile.level is not None:
            assert tile.build(lambda at, n: kept[merkle.stored_index(at, n)]) == content


def read_all(size: int, root: bytes, files: Files) -> list[bytes]:
    reader = Reader(size, root, files.__getitem__)
    return [one for bundle in range(-(-size // 256)) for one in reader.entries(bundle)]


def test_a_flipped_bit_in_any_file_is_found() -> None:
    writer, files = grown(600)
    chance = random.Random(6962)
    read_all(600, writer.root, files)
    for _ in range(300):
        path = chance.choice(sorted(files))
        content = bytearray(files[path])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        with pytest.raises(Refused):
            read_all(600, writer.root, files | {path: bytes(content)})


@pytest.mark.parametrize(
    ("path", "like"),
    [("tile/0/000", "tile/0/001"), ("tile/entries/000", "tile/entries/001")],
)
def test_true_files_in_wrong_places_are_found(path: str, like: str) -> None:
    writer, files = grown(600)
    with pytest.raises(Refused):
        read_all(600, writer.root, files | {path: files[like]})


@pytest.mark.parametrize("path", ["tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/002.p/88"])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0"])
def test_files_of_another_length_are_found(path: str, change: object) -> None:
    writer, files = grown(600)
    with pytest.raises(Refused):
        read_all(600, writer.root, files | {path: change(files[path])})


def test_another_root_is_refused() -> None:
    _, files = grown(600)
    for size, root in ((600, merkle.EMPTY), (0, merkle.leaf_hash(b""))):
        with pytest.raises(Refused):
            Reader(size, root, files.__getitem__)


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one() -> None:
    old, _ = grown(300)
    _, files = grown(300, 600)
    kept = {path: content for path, content in files.items() if ".p/44" not in path}
    kept["tile/1/000.p/1"] = files["tile/1/000.p/1"]
    assert read_all(300, old.root, kept) == [entry(index) for index in range(300)]


def test_a_missing_file_says_which() -> None:
    writer, files = grown(600)
    del files["tile/0/000"]
    with pytest.raises(KeyError, match="tile/0/000"):
        read_all(600, writer.root, files)


def test_what_is_not_in_the_log_is_not_read() -> None:
    writer, files = grown(300)
    reader = Reader(300, writer.root, files.__getitem__)
    for level, index in ((0, 300), (0, -1), (8, 1), (2, 75), (9, 0), (60, 0)):
        with pytest.raises(IndexError):
            reader.read(level, index)
    for bundle in (-1, 2):
        with pytest.raises(IndexError):
            reader.entries(bundle)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_a_tile_has_one_path(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


def test_the_path_of_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/00/001",
        "tile/64/001",
        "tile/-1/001",
        "tile/data/001",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001.p/256",
        "tile/0/001.p/300",
        "tile/0/001.p",
        "tile/0/001\n",
        "tile/0/٠٠١",
        "/tile/0/001",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
    ],
)
def test_no_other_path_is_a_tile(path: str) -> None:
    with pytest.raises(Malformed):
        Tile.parse(path)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    data = encode_bundle(entries)
    assert decode_bundle(data, len(entries)) == entries
    for other in (data + b"\0", data[:-1]) if data else (b"\0",):
        with pytest.raises(Malformed):
            decode_bundle(other, len(entries))
    with pytest.raises(Malformed):
        decode_bundle(data, len(entries) + 1)


def test_an_entry_has_at_most_65535_bytes() -> None:
    writer = Writer()
    writer.append(bytes(65_535))
    with pytest.raises(ValueError, match="65535"):
        writer.append(bytes(65_536))
    assert writer.size == 1
    (bundle,) = [data for path, data in writer.take().items() if "entries" in path]
    assert bundle == b"\xff\xff" + bytes(65_535)
