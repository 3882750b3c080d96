"""Ids that we make ourselves."""

import re

from bot.ids import JOB_ID_PATTERN, new_job_id, new_submit_key
from bot.jobs.jobs import clip_nonce, notice_nonce
from tests.factories import make_job


def test_a_job_id_looks_as_the_pattern_says() -> None:
    """Buttons and file names are recognised by it."""
    assert all(re.fullmatch(JOB_ID_PATTERN, new_job_id()) for _ in range(50))


def test_no_two_ids_are_alike() -> None:
    assert len({new_job_id() for _ in range(1000)}) == 1000
    assert len({new_submit_key() for _ in range(1000)}) == 1000


def test_a_submit_key_is_one_that_evolink_takes() -> None:
    """EvoLink's own client: 16 to 96 characters of A-Z a-z 0-9 . _ -."""
    assert re.fullmatch(r"[A-Za-z0-9._-]{16,96}", new_submit_key())


def test_nonces_fit_and_differ_by_meaning() -> None:
    """Discord docs: up to 25 characters, and a repeat is answered, not posted."""
    job_id = new_job_id()

    assert len(clip_nonce(job_id)) <= 25
    assert len(notice_nonce(job_id)) <= 25
    assert clip_nonce(job_id) != notice_nonce(job_id)
    assert clip_nonce(job_id) != clip_nonce(new_job_id())


def test_a_jobs_repr_keeps_its_secrets() -> None:
    """Records end up in logs: neither the prompt, nor a token, nor the link may."""
    job = make_job(
        prompt="a very private prompt",
        interaction_token="interaction-secret",
        result_url="https://files.example/clip-secret.mp4",
    )

    for secret in ("private", "interaction-secret", "clip-secret"):
        assert secret not in repr(job)
