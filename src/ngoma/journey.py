"""The life of a report, on one screen: jobs that follow events, timers, readers of events."""

from datetime import timedelta

from ngoma.backup import making, trying
from ngoma.casework import batching, rebuild, reminding
from ngoma.casework.deadlines import escalate_late
from ngoma.casework.proposing import propose
from ngoma.casework.working import close_finished
from ngoma.channels.dialogue import talks
from ngoma.channels.mail import fetching
from ngoma.channels.messages import files
from ngoma.insight import (
    arriving,
    bursting,
    counting,
    digesting,
    nightly,
    overlaying,
    performing,
    searching,
    topics,
)
from ngoma.insight.forecast import daily
from ngoma.intake import blurring, landmarks, photos, recordings, transcribing
from ngoma.intake.photos import discard_unused
from ngoma.intake.uploads import discard_stale
from ngoma.ledger import asking, days, forgetting, publishing, sealing, stamping
from ngoma.notices import checkpoints, digests, planning, telling
from ngoma.notices.codes import send_code
from ngoma.notices.colleagues import alert
from ngoma.notices.handing_on import hand_on
from ngoma.notices.receipts import again
from ngoma.notices.sending import send
from ngoma.open311.bodies import following
from ngoma.open311.fetching import FETCH, fetch_photo
from ngoma.open311.webhooks import delivering
from ngoma.open311.webhooks.subscriptions import DELIVER
from ngoma.people import pins
from ngoma.people.codes import forget_old
from ngoma.people.vault import erase_expired
from ngoma.proposals.learning import decide
from ngoma.proposals.nightly import learn_at_night
from ngoma.proposals.quality import measure, measure_daily
from ngoma.proposals.reading import read, read_again, read_heard
from ngoma.work import alive, reading, registry
from ngoma.work.registry import Handler, Timer

READ = "proposals.read"
READ_AGAIN = "proposals.read_again"
READ_HEARD = transcribing.READ_HEARD
PROPOSE = "casework.propose"
DECIDE = "proposals.decide"
MEASURE = "proposals.measure"
BATCH = "casework.batch"
BURSTS = "insight.bursts"
TOPICS = "insight.topics"
DIGEST = "insight.digest"
PLAN = "notices.plan"
TELL = "notices.tell"
SEND = "notices.send"
CODE = "notices.code"
OLD_CODES = "notices.old_codes"
RECEIPT = "notices.receipt"
ALERT = "notices.alert"
TELL_DIGEST = "notices.digest"
ERASE_PHOTOS = "intake.erase_photos"
ERASE_RECORDINGS = "intake.erase_recordings"
BLUR_AGAIN = "intake.blur_again"
FORGET = "ledger.forget"
FORGET_TERMS = "insight.forget"
HAND_ON = "notices.hand_on"
ANNOUNCE = delivering.ANNOUNCE

JOURNEY = {
    "opened": (READ, PLAN, TELL, ANNOUNCE),
    "joined": (READ, PLAN),
    "accepted": (DECIDE, PLAN, TELL, ANNOUNCE),
    "corrected": (DECIDE, landmarks.LEARN, ANNOUNCE),
    "rejected": (PLAN, TELL, ANNOUNCE),
    "referred": (PLAN, TELL, HAND_ON, ANNOUNCE),
    "assigned": (ALERT, ANNOUNCE),
    "noted": (ALERT,),
    "tasked": (ALERT,),
    "reminded": (ALERT,),
    "visited": (ALERT,),
    "started": (PLAN, TELL, ANNOUNCE),
    "asked": (PLAN, ANNOUNCE),
    "informed": (READ_AGAIN,),
    "answered": (PLAN, TELL, ANNOUNCE),
    "resolved": (PLAN, TELL, ANNOUNCE),
    "reopened": (PLAN, TELL, ANNOUNCE),
    "closed": (PLAN, ANNOUNCE),
    "merged": (DECIDE, ANNOUNCE),
    "absorbed": (PLAN,),
    "returned": (PLAN,),
    "extended": (PLAN, TELL, ANNOUNCE),
    "escalated": (PLAN, ANNOUNCE),
    "rated": (ANNOUNCE,),
    "redacted": (BLUR_AGAIN,),
    "erased": (ERASE_PHOTOS, ERASE_RECORDINGS, FORGET, FORGET_TERMS),
}

WANTED = {PLAN: planning.anybody, TELL: telling.anybody, ANNOUNCE: delivering.anybody}
"""Whether an event has somebody to be told: most have not, and a job costs more than to ask."""

HANDLERS = {
    READ: Handler(read, then=PROPOSE),
    READ_AGAIN: Handler(read_again, then=PROPOSE),
    READ_HEARD: Handler(read_heard, then=PROPOSE),
    transcribing.TRANSCRIBE: Handler(transcribing.transcribe, atomic=False),
    PROPOSE: Handler(propose),
    BATCH: Handler(batching.run),
    DECIDE: Handler(decide),
    MEASURE: Handler(measure, atomic=False),
    overlaying.FETCH: Handler(overlaying.fetch, atomic=False),
    BURSTS: Handler(bursting.look, atomic=False),
    TOPICS: Handler(topics.look, atomic=False),
    DIGEST: Handler(digesting.make),
    PLAN: Handler(planning.plan),
    TELL: Handler(telling.tell),
    SEND: Handler(send, atomic=False),
    CODE: Handler(send_code),
    OLD_CODES: Handler(forget_old),
    RECEIPT: Handler(again),
    ALERT: Handler(alert),
    TELL_DIGEST: Handler(digests.tell),
    photos.BLUR: Handler(blurring.blur, atomic=False),
    BLUR_AGAIN: Handler(blurring.blur_again, atomic=False),
    ERASE_PHOTOS: Handler(photos.erase),
    ERASE_RECORDINGS: Handler(recordings.erase),
    FORGET: Handler(forgetting.forget),
    FORGET_TERMS: Handler(searching.forget, atomic=False),
    asking.ASK: Handler(asking.ask, atomic=False),
    stamping.STAMP: Handler(stamping.stamp, atomic=False),
    checkpoints.MAIL: Handler(checkpoints.mail, atomic=False),
    HAND_ON: Handler(hand_on),
    FETCH: Handler(fetch_photo, atomic=False),
    following.ASK: Handler(following.ask, atomic=False),
    ANNOUNCE: Handler(delivering.announce),
    DELIVER: Handler(delivering.deliver, atomic=False),
    landmarks.LEARN: Handler(landmarks.learn),
    files.FILE: Handler(files.fetch, atomic=False),
    fetching.FETCH: Handler(fetching.fetch, atomic=False),
}

TIMERS = (
    Timer("read events for the search", timedelta(seconds=1), searching.follow),
    Timer("seal events into the ledger", timedelta(seconds=1), sealing.follow),
    Timer("ask the ledger's witnesses", timedelta(seconds=1), asking.watch),
    Timer("count what the map shows", timedelta(seconds=1), counting.follow),
    Timer("count how the work goes", timedelta(seconds=1), performing.follow),
    Timer("count what came", timedelta(seconds=1), arriving.follow),
    Timer("reckon the next reminders", timedelta(seconds=1), reminding.follow),
    Timer("remind of promises", timedelta(seconds=1), reminding.remind_due),
    Timer("try again what readers failed with", timedelta(minutes=10), reading.try_again),
    Timer("escalate what is late", timedelta(minutes=1), escalate_late),
    Timer("learn from decisions at night", timedelta(minutes=10), learn_at_night),
    Timer("make the night's figures", timedelta(minutes=10), nightly.make_at_night),
    Timer("look for bursts", timedelta(minutes=10), bursting.watch),
    Timer("fetch what is laid over reports", timedelta(hours=1), overlaying.watch),
    Timer("foretell what will come", timedelta(minutes=10), daily.watch),
    Timer("look for rising words", timedelta(hours=1), topics.watch),
    Timer("send the morning's digest", timedelta(minutes=10), digesting.watch),
    Timer("measure how reports are read", timedelta(minutes=10), measure_daily),
    Timer("close what is finished", timedelta(minutes=10), close_finished),
    Timer("count the ledger's day", timedelta(minutes=10), days.close_days),
    Timer("have the ledger stamped", timedelta(minutes=10), stamping.watch),
    Timer("mail the ledger's checkpoint", timedelta(hours=1), checkpoints.watch),
    Timer("thin out the ledger's checkpoints", timedelta(hours=6), publishing.thin_out),
    Timer("blur photos that wait", timedelta(seconds=5), blurring.blur_waiting),
    Timer("drop photos of no report", timedelta(hours=6), discard_unused),
    Timer("drop files that came in part", timedelta(hours=6), discard_stale),
    Timer("drop old one-time codes", timedelta(hours=6), forget_old),
    Timer("fetch mail", timedelta(minutes=1), fetching.watch),
    Timer("ask other bodies what they did", timedelta(minutes=1), following.watch),
    Timer("drop old guesses at PINs", timedelta(hours=6), pins.forget_old),
    Timer("forget what programs were told", timedelta(hours=6), delivering.forget_old),
    Timer("forget old conversations", timedelta(hours=1), talks.forget_old),
    Timer("erase expired contacts", timedelta(hours=6), erase_expired),
    Timer("make the night's backup", timedelta(minutes=10), making.watch),
    Timer("try the newest backup", timedelta(minutes=10), trying.watch),
    Timer("note that the worker is alive", timedelta(minutes=1), alive.beat),
)

READERS = {
    searching.READER: searching.write,
    counting.READER: counting.write,
    performing.READER: performing.write,
    arriving.READER: arriving.write,
    reminding.READER: reminding.write,
    rebuild.READER: rebuild.write,
}


def install() -> None:
    """Hand the tables to the queue. Called once at the start of every process."""
    registry.install(
        handlers=HANDLERS, followers=JOURNEY, wanted=WANTED, timers=TIMERS, readers=READERS
    )
