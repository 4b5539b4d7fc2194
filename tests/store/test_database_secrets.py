"""No form of a database URL shows its password: not printed, not in an error, not in a log."""

import logging
import traceback

import pytest

from cds_service.errors import InvalidSettingsError, StoreUnavailableError
from cds_service.settings.settings import describe_settings, read_settings
from cds_service.store import look_into_store, open_store

SECRET = "S3CRET"
FORMS = [
    f"postgresql://imsr:{SECRET}@127.0.0.1:1/none",
    f"postgresql+psycopg://imsr:{SECRET}@127.0.0.1:1/none",
    f"postgresql://imsr:a%2F%40{SECRET}@127.0.0.1:1/none",
    f"postgresql://imsr:a/{SECRET}@127.0.0.1:1/none",
    f"postgresql://imsr:a?{SECRET}@127.0.0.1:1/none",
    f"postgresql://imsr:a#{SECRET}@127.0.0.1:1/none",
    f"postgresql://imsr:a@{SECRET}@127.0.0.1:1/none",
    f"postgresql://127.0.0.1:1/none?user=imsr&password={SECRET}",
    f"postgresql://127.0.0.1:1/none?password=a@b/{SECRET}",
    f"postgresql:///none?host=/no/such/folder&user=imsr&password={SECRET}",
    f"postgresql://imsr:{SECRET}@/none?host=/no/such/folder",
    f"postgresql://imsr:{SECRET}@127.0.0.1:{SECRET}/none",
    f"postgresql://127.0.0.1:1/none?sslpassword={SECRET}&sslmode=require",
]
NO_URL = [f"imsr:{SECRET}@host/none", f"postgres://imsr:{SECRET}@host", f"host=x password={SECRET}"]


@pytest.mark.parametrize("url", [*FORMS, *NO_URL])
def test_the_list_of_settings_does_not_show_it(url: str) -> None:
    shown = {row.name: row.value for row in describe_settings({"IMSR_STORE_URL": url})}
    assert SECRET not in shown["IMSR_STORE_URL"]
    assert shown["IMSR_STORE_URL"].endswith("***")


@pytest.mark.parametrize("url", ["sqlite:////var/lib/imsr.sqlite3", "postgresql://db.example/imsr"])
def test_a_url_without_a_secret_is_shown(url: str) -> None:
    shown = {row.name: row.value for row in describe_settings({"IMSR_STORE_URL": url})}
    assert shown["IMSR_STORE_URL"] == url


@pytest.mark.parametrize("url", FORMS)
def test_the_settings_themselves_do_not_show_it(url: str) -> None:
    settings = read_settings({"IMSR_MODE": "development", "IMSR_STORE_URL": url})
    assert settings.store == url
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize("url", FORMS)
def test_a_start_that_fails_does_not_show_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InvalidSettingsError) as raised:
        open_store(url)
    told = "".join(traceback.format_exception(raised.value))
    assert SECRET not in told
    assert SECRET not in caplog.text


@pytest.mark.parametrize("url", [form for form in FORMS if f":{SECRET}/" not in form])
def test_a_store_and_its_errors_do_not_show_it(url: str) -> None:
    store = look_into_store(url)
    assert store is not None
    assert SECRET not in repr(store._engine)  # noqa: SLF001 - what a debugger prints
    assert SECRET not in repr(store._engine.url)  # noqa: SLF001
    with pytest.raises(StoreUnavailableError) as raised:
        store.refuse_unwell()
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    store.close()
