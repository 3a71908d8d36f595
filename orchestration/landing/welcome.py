"""Whether a delivery may come into this warehouse at all: its environment, its authority."""

from orchestration.landing.manifest import Manifest
from orchestration.landing.outcomes import DeliveryRefusedError
from orchestration.landing.reference import Reference
from orchestration.settings import Settings


def check_welcome(settings: Settings, manifest: Manifest, reference: Reference) -> None:
    """Refuse live data where the warehouse is not live, the reverse, and authorities that no seed knows.

    Raises DeliveryRefusedError: ``wrong_environment``, ``unknown_authority``.
    """
    here, there = settings.environment, manifest.environment
    if (here == "live") != (there == "live"):
        raise DeliveryRefusedError(
            "wrong_environment",
            f"{manifest.delivery_key} is refused: it holds {there} data and this warehouse is {here}. Deliver it "
            "to the other warehouse, or set WAREHOUSE_ENVIRONMENT.",
        )
    if manifest.local_authority_code not in reference.authorities():
        raise DeliveryRefusedError(
            "unknown_authority",
            f"{manifest.delivery_key} is refused: {manifest.local_authority_code} is no authority of the seed "
            "local_authorities. Use its GSS code, such as S12000005.",
        )
