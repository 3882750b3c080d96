"""Addresses of services, and of pages for people."""

from pathlib import Path

import pytest

from bot.config import load
from bot.config.addresses import (
    gateway_address,
    listen_address,
    page_address,
    public_address,
    service_address,
)
from bot.errors import ConfigInvalid

NEEDED = {"CLAPPER_DISCORD__TOKEN": "token-1", "CLAPPER_EVOLINK__API_KEY": "key-1"}


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://api.evolink.ai", "https://api.evolink.ai"),
        ("https://api.evolink.ai/", "https://api.evolink.ai"),
        (
            " https://proxy.example.org:444/api/v10/ ",
            "https://proxy.example.org:444/api/v10",
        ),
        ("http://127.0.0.1:8000/api", "http://127.0.0.1:8000/api"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_service_is_reached_by_https_or_on_this_machine(text: str, base: str) -> None:
    assert service_address(text) == base


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://example.com", "https://example.com"),
        (" https://example.com/privacy/ ", "https://example.com/privacy/"),
        (
            "https://example.com/help?lang=de#top",
            "https://example.com/help?lang=de#top",
        ),
        ("https://example.com/" + "x" * 492, "https://example.com/" + "x" * 492),
    ],
)
def test_a_page_for_people_stays_as_it_is(text: str, page: str) -> None:
    assert page_address(text) == page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/privacy",
        "http://example.com",
        "http://localhost/privacy",
        "javascript:alert(1)",
        "https://",
        "https://me:secret@example.com",
        "https://example.com/a b",
        "https://example.com/\nx",
        "https://[::1",
        "https://example.com/" + "x" * 493,
    ],
)
def test_a_page_that_a_button_cannot_open_safely_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is not)") as caught:
        page_address(text)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["privacy_url", "terms_url", "support_url"])
def test_the_operators_links_are_named_where_they_are_wrong(key: str) -> None:
    wrong = {**NEEDED, f"CLAPPER_OPERATOR__{key.upper()}": "http://example.com"}
    right = {**NEEDED, f"CLAPPER_OPERATOR__{key.upper()}": "https://example.com"}

    with pytest.raises(ConfigInvalid, match=rf"^operator\.{key} .*begins with https"):
        load(None, wrong)

    assert getattr(load(None, right).operator, key) == "https://example.com"
    assert getattr(load(None, NEEDED).operator, key) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.evolink.ai",
        "ftp://api.evolink.ai",
        "https://",
        "http://api.evolink.ai",
        "http://10.0.0.1",
        "http://localhost.example.org",
        "https://me:secret@api.evolink.ai",
        "https://api.evolink.ai/?a=b",
        "https://api.evolink.ai/#x",
        "https://api.evolink.ai:99999",
        "https://[::1",
        "https://api.evolink.ai/\nHost: x",
        "https://api evolink.ai",
    ],
)
def test_other_services_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is not)") as caught:
        service_address(text)

    assert len(text) < len("https://x") or text not in str(caught.value)


def test_a_gateway_speaks_websocket() -> None:
    assert gateway_address("wss://gateway.discord.gg/") == "wss://gateway.discord.gg"
    assert gateway_address("ws://127.0.0.1:1") == "ws://127.0.0.1:1"
    for text in ("https://gateway.discord.gg", "ws://gateway.discord.gg"):
        with pytest.raises(ValueError, match="wss://"):
            gateway_address(text)


@pytest.mark.parametrize(
    "host",
    [
        "intranet",
        "clapper.local",
        "10.1.2.3",
        "192.168.0.2",
        "[fd00::1]",
        "169.254.1.1",
    ],
)
def test_a_private_host_cannot_be_called_back(host: str) -> None:
    with pytest.raises(ValueError, match="public host"):
        public_address(f"https://{host}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),  # noqa: S104 - only read
        ("[::1]:80", ("::1", 80)),
        ("localhost:9", ("localhost", 9)),
    ],
)
def test_where_to_listen_is_a_host_and_a_port(
    text: str, parts: tuple[str, int]
) -> None:
    assert listen_address(text) == parts


@pytest.mark.parametrize(
    "text",
    ["8080", ":8080", "host", "host:", "host:x", "h:70000", "http://h:1", "[::1"],
)
def test_anything_else_to_listen_on_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        listen_address(text)


class TestCallbacks:
    """EvoLink takes https addresses of public hosts only."""

    @pytest.fixture(autouse=True)
    def in_an_empty_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

    def test_a_public_https_address_is_taken(self) -> None:
        env = {**NEEDED, "CLAPPER_HTTP__PUBLIC_URL": "https://clapper.example.org/x/"}

        assert load(None, env).http.public_url == "https://clapper.example.org/x"

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
    def test_this_machine_is_taken_for_the_sandbox_only(self, url: str) -> None:
        env = {**NEEDED, "CLAPPER_HTTP__PUBLIC_URL": url}
        sandbox = {**env, "CLAPPER_EVOLINK__ALLOW_PRIVATE_RESULT_HOSTS": "true"}

        assert load(None, sandbox).http.public_url == url
        with pytest.raises(ConfigInvalid) as caught:
            load(None, env)
        (fault,) = caught.value.faults
        assert fault.startswith("http.public_url (CLAPPER_HTTP__PUBLIC_URL) must be")

    def test_they_need_somebody_who_listens(self) -> None:
        env = {
            **NEEDED,
            "CLAPPER_HTTP__PUBLIC_URL": "https://clapper.example.org",
            "CLAPPER_HTTP__LISTEN": "",
        }

        with pytest.raises(ConfigInvalid) as caught:
            load(None, env)

        assert caught.value.faults == [
            (
                "http.public_url (CLAPPER_HTTP__PUBLIC_URL) needs http.listen "
                "(CLAPPER_HTTP__LISTEN), which is off."
            )
        ]
