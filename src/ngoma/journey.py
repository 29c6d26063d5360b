"""The life of a report, on one screen: which jobs follow which event, and the timers."""

from datetime import timedelta

from ngoma.casework import batching, reminding
from ngoma.casework.deadlines import escalate_late
from ngoma.casework.proposing import propose
from ngoma.casework.working import close_finished
from ngoma.channels.dialogue import talks
from ngoma.channels.messages import files
from ngoma.insight import bursting, counting, performing, searching
from ngoma.intake import landmarks, photos, recordings
from ngoma.intake.photos import discard_unused
from ngoma.intake.uploads import discard_stale
from ngoma.ledger import asking, days, forgetting, publishing, sealing, stamping
from ngoma.notices import checkpoints
from ngoma.notices.codes import send_code
from ngoma.notices.colleagues import alert
from ngoma.notices.handing_on import hand_on
from ngoma.notices.planning import plan
from ngoma.notices.receipts import again
from ngoma.notices.sending import send
from ngoma.notices.telling import tell
from ngoma.open311.fetching import FETCH, fetch_photo
from ngoma.people.codes import forget_old
from ngoma.people.vault import erase_expired
from ngoma.proposals.learning import decide
from ngoma.proposals.nightly import learn_at_night
from ngoma.proposals.quality import measure, measure_daily
from ngoma.proposals.reading import read, read_again
from ngoma.work import registry
from ngoma.work.registry import Handler, Timer

READ = "proposals.read"
READ_AGAIN = "proposals.read_again"
PROPOSE = "casework.propose"
DECIDE = "proposals.decide"
MEASURE = "proposals.measure"
BATCH = "casework.batch"
BURSTS = "insight.bursts"
PLAN = "notices.plan"
TELL = "notices.tell"
SEND = "notices.send"
CODE = "notices.code"
OLD_CODES = "notices.old_codes"
RECEIPT = "notices.receipt"
ALERT = "notices.alert"
ERASE_PHOTOS = "intake.erase_photos"
ERASE_RECORDINGS = "intake.erase_recordings"
FORGET = "ledger.forget"
FORGET_TERMS = "insight.forget"
HAND_ON = "notices.hand_on"

JOURNEY = {
    "opened": (READ, PLAN, TELL),
    "joined": (READ, PLAN),
    "accepted": (DECIDE, PLAN, TELL),
    "corrected": (DECIDE, landmarks.LEARN),
    "rejected": (PLAN, TELL),
    "referred": (PLAN, TELL, HAND_ON),
    "assigned": (ALERT,),
    "noted": (ALERT,),
    "tasked": (ALERT,),
    "reminded": (ALERT,),
    "visited": (ALERT,),
    "started": (PLAN, TELL),
    "asked": (PLAN,),
    "informed": (READ_AGAIN,),
    "answered": (PLAN, TELL),
    "resolved": (PLAN, TELL),
    "reopened": (PLAN, TELL),
    "closed": (PLAN,),
    "merged": (DECIDE,),
    "absorbed": (PLAN,),
    "returned": (PLAN,),
    "extended": (PLAN, TELL),
    "escalated": (PLAN,),
    "erased": (ERASE_PHOTOS, ERASE_RECORDINGS, FORGET, FORGET_TERMS),
}

HANDLERS = {
    READ: Handler(read),
    READ_AGAIN: Handler(read_again),
    PROPOSE: Handler(propose),
    BATCH: Handler(batching.run),
    DECIDE: Handler(decide),
    MEASURE: Handler(measure, atomic=False),
    BURSTS: Handler(bursting.look, atomic=False),
    PLAN: Handler(plan),
    TELL: Handler(tell),
    SEND: Handler(send, atomic=False),
    CODE: Handler(send_code),
    OLD_CODES: Handler(forget_old),
    RECEIPT: Handler(again),
    ALERT: Handler(alert),
    ERASE_PHOTOS: Handler(photos.erase),
    ERASE_RECORDINGS: Handler(recordings.erase),
    FORGET: Handler(forgetting.forget),
    FORGET_TERMS: Handler(searching.forget, atomic=False),
    asking.ASK: Handler(asking.ask, atomic=False),
    stamping.STAMP: Handler(stamping.stamp, atomic=False),
    checkpoints.MAIL: Handler(checkpoints.mail, atomic=False),
    HAND_ON: Handler(hand_on),
    FETCH: Handler(fetch_photo, atomic=False),
    landmarks.LEARN: Handler(landmarks.learn),
    files.FILE: Handler(files.fetch, atomic=False),
}

TIMERS = (
    Timer("read events for the search", timedelta(seconds=1), searching.follow),
    Timer("seal events into the ledger", timedelta(seconds=1), sealing.follow),
    Timer("ask the ledger's witnesses", timedelta(seconds=1), asking.watch),
    Timer("count what the map shows", timedelta(seconds=1), counting.follow),
    Timer("count how the work goes", timedelta(seconds=1), performing.follow),
    Timer("reckon the next reminders", timedelta(seconds=1), reminding.follow),
    Timer("remind of promises", timedelta(seconds=1), reminding.remind_due),
    Timer("escalate what is late", timedelta(minutes=1), escalate_late),
    Timer("learn from decisions at night", timedelta(minutes=10), learn_at_night),
    Timer("look for bursts", timedelta(minutes=10), bursting.watch),
    Timer("measure how reports are read", timedelta(minutes=10), measure_daily),
    Timer("close what is finished", timedelta(minutes=10), close_finished),
    Timer("count the ledger's day", timedelta(minutes=10), days.close_days),
    Timer("have the ledger stamped", timedelta(minutes=10), stamping.watch),
    Timer("mail the ledger's checkpoint", timedelta(hours=1), checkpoints.watch),
    Timer("thin out the ledger's checkpoints", timedelta(hours=6), publishing.thin_out),
    Timer("drop photos of no report", timedelta(hours=6), discard_unused),
    Timer("drop files that came in part", timedelta(hours=6), discard_stale),
    Timer("drop old one-time codes", timedelta(hours=6), forget_old),
    Timer("forget old conversations", timedelta(hours=1), talks.forget_old),
    Timer("erase expired contacts", timedelta(hours=6), erase_expired),
)


def install() -> None:
    """Hand the table to the queue. Called once at the start of every process."""
    registry.install(handlers=HANDLERS, followers=JOURNEY, timers=TIMERS)
