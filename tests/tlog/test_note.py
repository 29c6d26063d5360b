"""Signed notes and keys: the published examples, and that only one spelling is taken."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.tlog.cosignature import Cosigner, Witness
from ngoma.tlog.keys import key_id
from ngoma.tlog.note import Note, Signature, Signer, Verifier, open_note
from ngoma.tlog.refusal import BadSignature, Malformed

# The example of https://c2sp.org/signed-note.
FOO = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501
# The keys and signatures of the example in golang.org/x/mod/sumdb/note.
PETER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM="
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33"
    "WWd1RvMc+QQ="
)

signer = Signer("log.example/kla", bytes(range(32)))
other = Signer("other.example", bytes(32))
texts = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32) | st.just("\n")).map(
    lambda text: text + "\n"
)


def test_the_example_of_the_specification() -> None:
    note = open_note(FOO_NOTE.encode(), [FOO])
    assert note.text == "This is an example message.\n"
    assert note.encode() == FOO_NOTE.encode()
    with pytest.raises(BadSignature):
        open_note(FOO_NOTE.replace("an example", "no example").encode(), [FOO])


def test_the_examples_of_the_first_implementation() -> None:
    peter, enoch = Signer.parse(PETER), Signer("EnochRoot", bytes(32))
    assert (str(peter.verifier), str(enoch.verifier)) == (PETER_VKEY, ENOCH_VKEY)
    assert str(peter.sign(TEXT)) == PETER_LINE
    assert str(enoch.sign(TEXT)) == ENOCH_LINE
    assert peter.secret() == PETER
    note = Note(TEXT, (peter.sign(TEXT),)).plus(enoch.sign(TEXT))
    assert note.encode() == f"{TEXT}\n{PETER_LINE}\n{ENOCH_LINE}\n".encode()


def test_the_id_of_a_published_witness() -> None:
    key = Witness.parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")
    assert key.id.hex() == "da77ade7"
    assert key_id(key.name, 1, key.public) != key.id


@pytest.mark.parametrize("written", [PETER_VKEY, PETER])
def test_no_part_and_no_neighbour_of_a_key_is_a_key(written: str) -> None:
    kind = Signer if written == PETER else Verifier
    assert kind.parse(written)
    parts = {written[i:j] for i in range(len(written)) for j in range(i, len(written) + 1)}
    near = {
        written[:i] + chr(ord(c) + d) + written[i + 1 :]
        for i, c in enumerate(written)
        for d in (-1, 1, 32)
    }
    for text in (parts | near) - {written}:
        with pytest.raises(Malformed):
            kind.parse(text)


def test_a_key_of_one_type_is_none_of_another() -> None:
    cosigner = Cosigner("w.example", bytes(32))
    for kind, text in ((Verifier, str(cosigner.witness)), (Signer, cosigner.secret())):
        with pytest.raises(Malformed):
            kind.parse(text)
    assert Witness.parse(str(cosigner.witness)) == cosigner.witness
    assert Cosigner.parse(cosigner.secret()) == cosigner


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\u0085b", "a\x01b"])
def test_names_that_no_key_can_have(name: str) -> None:
    with pytest.raises(Malformed):
        Signer(name, bytes(32))


def test_new_keys_differ_and_do_not_show_their_seed() -> None:
    one, two = Signer.generate("log.example"), Signer.generate("log.example")
    assert one.seed != two.seed
    assert repr(one.seed) not in repr(one)
    assert Signer.parse(one.secret()) == one


@given(texts)
def test_a_note_is_read_as_it_was_written(text: str) -> None:
    note = Note(text, (signer.sign(text), other.sign(text)))
    assert Note.parse(note.encode()) == note
    assert open_note(note.encode(), [signer.verifier]) == note


@given(st.binary(max_size=200))
def test_any_bytes_are_a_note_or_malformed(tail: bytes) -> None:
    for data in (tail, f"{TEXT}\n{PETER_LINE}\n".encode() + tail, f"{TEXT}\n— ".encode() + tail):
        with suppress(Malformed):
            assert Note.parse(data).encode() == data


@pytest.mark.parametrize(
    "message",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER_LINE}",
        f"{TEXT}{PETER_LINE}\n",
        f"\n{PETER_LINE}\n",
        f"\x01{TEXT}\n{PETER_LINE}\n",
        f"{TEXT}\n{PETER_LINE}\r\n",
        f"{TEXT}\n{PETER_LINE}\nUnexpected line.\n",
        f"{TEXT}\n{PETER_LINE} \n",
        f"{TEXT}\n{PETER_LINE.replace('— ', '- ')}\n",
        f"{TEXT}\n{PETER_LINE.replace('— ', '—  ')}\n",
        f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'Peter+Neumann')}\n",
        f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'Peter Neumann')}\n",
        f"{TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}\n",
        f"{TEXT}\n{PETER_LINE.replace('AM=', 'AM')}\n",
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n" + f"{PETER_LINE}\n" * 101,
    ],
)
def test_what_is_almost_a_note_is_malformed(message: str) -> None:
    with pytest.raises(Malformed):
        open_note(message.encode(), [Verifier.parse(PETER_VKEY)])


def test_a_note_is_utf8() -> None:
    with pytest.raises(Malformed):
        Note.parse(b"\xff" + FOO_NOTE.encode())


def test_unknown_signatures_are_passed_over() -> None:
    false = Signature(other.name, other.id, bytes(64))
    note = Note(TEXT, (false, signer.sign(TEXT)))
    assert open_note(note.encode(), [signer.verifier]) == note
    same_name = Signer(signer.name, bytes(32)).verifier
    same_id = Signature("unknown.example", signer.id, bytes(64))
    assert note.plus(same_id).signed_by([same_name, signer.verifier]) == [
        (signer.verifier, note.signatures[1])
    ]
    with pytest.raises(BadSignature):
        open_note(note.encode(), [FOO])
    with pytest.raises(BadSignature):
        open_note(note.encode(), [])


def test_one_false_signature_of_a_known_key_condemns_the_note() -> None:
    false = Signature(other.name, other.id, signer.sign(TEXT).value)
    known = [signer.verifier, other.verifier]
    for lines in ((signer.sign(TEXT), false), (false, signer.sign(TEXT), other.sign(TEXT))):
        with pytest.raises(BadSignature):
            open_note(Note(TEXT, lines).encode(), known)
    longer = Signature(signer.name, signer.id, signer.sign(TEXT).value + b"\0")
    with pytest.raises(BadSignature):
        open_note(Note(TEXT, (longer,)).encode(), known)


def test_known_keys_that_cannot_be_told_apart_are_an_error() -> None:
    seen: dict[bytes, Verifier] = {}
    for number in range(2**20):
        key = Verifier("log.example", number.to_bytes(32, "big"))
        if key.id in seen:
            break
        seen[key.id] = key
    assert seen[key.id] != key
    note = Note(TEXT, (signer.sign(TEXT),))
    with pytest.raises(ValueError, match="two keys"):
        note.signed_by([signer.verifier, seen[key.id], key])
    assert note.signed_by([signer.verifier, signer.verifier])


def test_a_hundred_signatures_are_read() -> None:
    signers = [Signer(f"log.example/{number}", bytes(32)) for number in range(100)]
    note = Note(TEXT, tuple(one.sign(TEXT) for one in signers))
    found = Note.parse(note.encode()).signed_by([one.verifier for one in signers])
    assert [key for key, _ in found] == [one.verifier for one in signers]


def test_a_new_signature_takes_the_place_of_the_same_keys() -> None:
    old = Signature(signer.name, signer.id, bytes(64))
    note = Note(TEXT, (old, other.sign(TEXT))).plus(signer.sign(TEXT))
    assert note.signatures == (other.sign(TEXT), signer.sign(TEXT))


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n"])
def test_a_text_that_no_note_can_have(text: str) -> None:
    with pytest.raises(Malformed):
        Note(text, (signer.sign(text),))
