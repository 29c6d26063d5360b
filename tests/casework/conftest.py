"""A town, its staff, and cases to work on."""

from collections.abc import Callable
from datetime import datetime

import pytest

from ngoma.casework.opening import open_case
from ngoma.cities.book import Book
from ngoma.people.permissions import STRANGER, Actor, staff
from tests.casework import MONDAY


@pytest.fixture
def employ(town: Book) -> Callable[..., Actor]:
    """Makes a member of staff with a role, perhaps in one department alone."""
    from ngoma.records.models import Membership, User

    def employ(role: str, department: str | None = None) -> Actor:
        user = User.objects.create_user(f"{role}-{department or 'all'}-{User.objects.count()}")
        found = town.department_by_code[department].id if department else None
        Membership.objects.create(user=user, city_id=town.id, department_id=found, role=role)
        return staff(user)

    return employ


@pytest.fixture
def coordinator(employ: Callable[..., Actor]) -> Actor:
    """Somebody who may do everything that staff may."""
    return employ("coordinator")


@pytest.fixture
def report(town: Book) -> Callable[..., object]:
    """Makes a report with a case of its own, or in a given case."""
    from ngoma.casework.opening import join
    from ngoma.records.models import Report

    def report(
        case: object = None, service: str | None = "pothole", at: datetime = MONDAY
    ) -> object:
        number = Report.objects.count() + 1
        reference = f"SML{number:06}"
        service_id = town.service_by_code[service].id if service else None
        told = (
            open_case(
                actor=STRANGER,
                book=town,
                reference=reference,
                channel="web",
                service_id=service_id,
                place_id=town.place_by_code["kasubi"].id,
                lat=0.05,
                lon=32.02,
                at=at,
            )
            if case is None
            else join(actor=STRANGER, case_id=case.pk, reference=reference, at=at)
        )
        with told as case:
            return Report.objects.create(
                city_id=town.id,
                case=case,
                reference=reference,
                received_at=at,
                channel="web",
                words="A hole",
                public_words="A hole",
                service_id=service_id,
                secret=f"secret{number}",
                origin="test",
                key=str(number),
            )

    return report
