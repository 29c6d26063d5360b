"""What a report could be answered with: templates of its service, answers that like cases got."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ngoma.base.syllables import pairs
from ngoma.triage.catalogue import Catalogue, Template
from ngoma.triage.interface import Answer, Guess, Past, Reason
from ngoma.triage.words import likeness

MOST = 5
_GENERAL = 0.1  # a template for every service
_SAME_SERVICE = 0.4
_LEAST = 0.1
_READ = 1_000


def suggest(
    words: str, services: Sequence[Guess], past: Iterable[Past], catalogue: Catalogue
) -> tuple[Answer, ...]:
    """Templates and past cases in one list, best first, at most five of each kind."""
    own = pairs(words[:_READ])
    likely = {catalogue.by_id[guess.service_id].code: guess for guess in services}
    fits = [_template(template, likely) for template in catalogue.templates]
    cases = [_past(case, own, services) for case in past]
    best: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in sorted([*fits, *cases], key=_best_first):
        if answer.score >= _LEAST and len(best[answer.kind]) < MOST:
            best[answer.kind].append(answer)
    return tuple(sorted((a for answers in best.values() for a in answers), key=_best_first))


def _best_first(answer: Answer) -> tuple[float, str, str]:
    return -answer.score, answer.kind, str(answer.template_id or answer.case_id)


def _template(template: Template, likely: Mapping[str, Guess]) -> Answer:
    fitting = [code for code in template.services if code in likely]
    if not fitting:
        return Answer(template.id, None, template.kind, 0.0 if template.services else _GENERAL, ())
    code = max(fitting, key=lambda code: likely[code].probability)
    score = likely[code].probability
    return Answer(template.id, None, template.kind, score, (Reason("service", score, code),))


def _past(case: Past, own: Sequence[str], services: Sequence[Guess]) -> Answer:
    alike = likeness(own, pairs(case.words[:_READ]))
    same = sum(guess.probability for guess in services if guess.service_id == case.service_id)
    score = round(min(1.0, alike * (1 - _SAME_SERVICE) + _SAME_SERVICE * same), 4)
    return Answer(
        None,
        case.case_id,
        "past",
        score,
        (Reason("past", score, f"{alike:.2f}", case_id=case.case_id),),
    )
