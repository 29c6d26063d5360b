"""A transparency log in the formats of C2SP: tree, tiles, signed checkpoints, witnesses, proofs.

| module | meaning |
|---|---|
| `merkle` | the tree of RFC 6962: hashes, roots, proofs made and checked |
| `tiles` | the tree and its entries as static files: written, and read with every byte checked |
| `keys` | names, key ids, verifier keys and signer keys |
| `note` | a text and the signatures under it |
| `checkpoint` | the note that says how large a log is and what its root is |
| `cosignature` | a witness's dated signature under a checkpoint |
| `policy` | whose signatures a reader asks for before believing a checkpoint |
| `witness` | what a witness is asked, what it answers, and the rule by which it does |
| `proof` | one file that proves, offline, that an entry is in a log |

Everything that is refused is refused with a `refusal.Refused`. Nothing here opens a file, a
connection or a clock: whoever calls passes in a function that fetches, and the time.
"""
