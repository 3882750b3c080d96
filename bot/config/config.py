"""The whole configuration, and the rules that span its sections."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.config.addresses import is_public, passwords_in
from bot.config.limits import Moderation, Operator, Privacy, Quotas
from bot.config.machinery import Http, Log, Polling, Storage
from bot.config.outside import Discord, Evolink

PREFIX = "CLAPPER_"
DELIMITER = "__"


class Config(BaseSettings):
    """Every setting. Frozen; its repr shows no secret."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
    )

    discord: Discord
    evolink: Evolink
    polling: Polling = Polling()
    storage: Storage = Storage()
    http: Http = Http()
    log: Log = Log()
    quotas: Quotas = Quotas()
    operator: Operator = Operator()
    moderation: Moderation = Moderation()
    privacy: Privacy = Privacy()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take nothing from this process's environment: `load` is handed one."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed, for the log's filter."""
        return (
            self.discord.token.get_secret_value(),
            self.evolink.api_key.get_secret_value(),
            *(
                ()
                if self.http.page_token is None
                else (self.http.page_token.get_secret_value(),)
            ),
            *passwords_in(self.storage.url),
        )

    @model_validator(mode="after")
    def _models_are_named_once(self) -> Self:
        if self.evolink.model is not None and self.evolink.models is not None:
            msg = (
                "evolink.model (CLAPPER_EVOLINK__MODEL) and evolink.models "
                "(CLAPPER_EVOLINK__MODELS) are both set; keep evolink.models."
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _callbacks_can_arrive(self) -> Self:
        """Refuse an address EvoLink cannot reach, unless it is on this machine too."""
        url = self.http.public_url
        if url is None or self.evolink.allow_private_result_hosts:
            return self
        host = urlsplit(url).hostname or ""
        if not url.startswith("https://") or not is_public(host):
            msg = (
                "http.public_url (CLAPPER_HTTP__PUBLIC_URL) must be https on a public "
                "host, unless evolink.allow_private_result_hosts "
                "(CLAPPER_EVOLINK__ALLOW_PRIVATE_RESULT_HOSTS) is true."
            )
            raise ValueError(msg)
        return self
