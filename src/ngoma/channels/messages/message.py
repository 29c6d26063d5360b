"""A message as every channel hands it over."""

from dataclasses import dataclass, replace

from ngoma.base.characters import clean
from ngoma.intake.submit import LONGEST_WORDS
from ngoma.people.vault import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What came by a gateway, under the gateway's own name for it, from whom.

    `channel` is how reports call the way it came. `files` are photos and `voices` recordings, by
    the names under which the gateway hands them out; `photos` came along. `lat` and `lon` are a
    position that was sent, good to `accuracy` metres. `verified`: the sender is who they say.
    `about` is the report that is answered, by its id, which only its reporter can know.
    """

    gateway: str
    channel: str
    id: str
    address: Address
    text: str
    files: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    photos: tuple[bytes, ...] = ()
    lat: float | None = None
    lon: float | None = None
    accuracy: float = 0.0
    verified: bool = True
    about: int | None = None

    def tidied(self) -> "Message":
        """Without what no text can hold, and no longer than a report."""
        return replace(self, text=clean(self.text)[:LONGEST_WORDS].strip())

    @property
    def laden(self) -> bool:
        """Whether photos or recordings are with it, or to come."""
        return bool(self.files or self.photos or self.voices)

    @property
    def positioned(self) -> bool:
        """Whether it says where by itself."""
        return self.lat is not None and self.lon is not None

    @property
    def wordless(self) -> bool:
        """Whether it is photos or recordings alone."""
        return self.laden and not self.text and not self.positioned
