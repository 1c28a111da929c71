"""All claims, in the order in which they attack: the last ones look at what the others left."""

import asyncio
from typing import Final

from fastapi_lint_dev.trial.attack import accounts, items, requests, stalls
from fastapi_lint_dev.trial.attack.target import Claim, Target

ANYWHERE: Final[tuple[Claim, ...]] = (
    accounts.one_email_registers_once,
    accounts.only_valid_access_tokens_open,
    accounts.a_refresh_token_works_once,
    accounts.logins_tell_nothing,
    stalls.logins_let_other_requests_pass,
    items.items_belong_to_somebody,
    items.a_patch_clears_what_may_be_empty,
    items.pages_are_bounded_and_stable,
    items.changes_and_deletions_may_race,
    requests.hostile_values_are_refused,
    requests.cut_off_requests_do_no_harm,
    requests.secrets_stay_secret,
    requests.nothing_failed_unexpectedly,
)
ON_POSTGRESQL: Final[tuple[Claim, ...]] = (
    items.a_write_is_readable_after_its_201,
    items.a_failing_commit_is_no_success,
    items.lost_connections_are_replaced,
    items.a_connection_lost_at_work_is_503,
    *ANYWHERE,
)
"""With those that put triggers into the database, or cut its connections."""
TIMED: Final[tuple[Claim, ...]] = (stalls.logins_do_not_stall_the_loop,)
"""Claims about time: they hold on a machine that has nothing else to do."""


def attack(target: Target, claim: Claim) -> None:
    """Attack.

    Raises:
        AssertionError: the claim does not hold; the message is the claim, and what happened.

    """
    try:
        asyncio.run(claim(target))
    except AssertionError as error:
        raise AssertionError(f"{wording(claim)}\n        {error}") from error


def wording(claim: Claim) -> str:
    """Return a claim as a sentence."""
    return (claim.__doc__ or "").partition("\n")[0].strip()
