"""The public log: every event is committed to it, so that nobody can rewrite what happened.

| module | meaning |
|---|---|
| `keys` | the key that signs, and its hand-over to the next |
| `entries` | what is published of an event, and the disclosures that open it |
| `tree` | the tree as the tables hold it, and the files that are made of them |
| `sealing` | the reader of events that adds entries and signs checkpoints |
| `days` | the daily count of events by case |
| `publishing` | whose cosignature a checkpoint needs before it counts |
| `asking` | asking witnesses for their cosignatures |
| `witnessing` | being a witness of other cities' logs |
| `stamping` | time stamps by an authority |
| `receipts` | what a reporter holds in hand |
| `verifying` | the whole log against the database |
| `erasing` | removing salts, so that a commitment says nothing any more |

docs/ledger.md says what entries and receipts look like, and what all this proves.
"""
