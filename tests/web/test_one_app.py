"""Applications that share their pages share nothing else, and are what a site is started with."""

from dataclasses import replace
from pathlib import Path

from tests.desk import COUNTY_OFFICER
from tests.migrated import lay
from tests.one_app import app_for, services_for
from werkzeug.middleware.proxy_fix import ProxyFix

from greenmine.app import create_app
from greenmine.config import Settings
from greenmine.web.context import current_services, current_settings, find_officer
from greenmine.web.routing import routes_of


def test_each_has_its_own_settings_services_officer_and_counts(settings: Settings, tmp_path: Path) -> None:
    lay(settings)
    one = services_for(settings)
    behind = replace(settings, site_url="https://green-mine.example", trusted_proxies=1, request_bytes=2**30)
    two = replace(one, settings=behind)
    plain, proxied = app_for(one), app_for(two, find_officer=lambda: COUNTY_OFFICER)
    with plain.test_request_context():
        assert (current_services(), current_settings(), find_officer()) == (one, settings, None)
    with proxied.test_request_context():
        assert (current_services(), current_settings(), find_officer()) == (two, behind, COUNTY_OFFICER)
    assert (
        plain.config["MAX_CONTENT_LENGTH"] == settings.request_bytes and proxied.config["MAX_CONTENT_LENGTH"] == 2**30
    )
    assert isinstance(proxied.wsgi_app, ProxyFix) and not isinstance(plain.wsgi_app, ProxyFix)
    shared = {name for name, held in plain.extensions.items() if proxied.extensions[name] is held}
    assert not {name for name in shared if name.startswith("greenmine")} - {"greenmine.routes", "greenmine.assets"}
    one.database.close()


def test_a_site_is_started_with_the_same_addresses_hooks_and_templates(settings: Settings) -> None:
    lay(settings)
    services = services_for(settings)
    ours, started = app_for(services), create_app(settings, services=services)
    assert routes_of(ours) == routes_of(started)
    assert [str(rule) for rule in ours.url_map.iter_rules()] == [str(rule) for rule in started.url_map.iter_rules()]
    for hooks in ("before_request_funcs", "after_request_funcs", "teardown_request_funcs", "error_handler_spec"):
        assert _names(getattr(ours, hooks)) == _names(getattr(started, hooks)), hooks
    assert sorted(ours.jinja_env.globals) == sorted(started.jinja_env.globals)
    assert ours.config == {**started.config, "SECRET_KEY": ours.config["SECRET_KEY"]}
    services.database.close()


def _names(hooks: object) -> object:
    """The same in every application: names instead of functions, without the empty places that a look-up leaves."""
    if isinstance(hooks, dict):
        named = {str(key): _names(value) for key, value in hooks.items()}
        return {key: value for key, value in named.items() if value}
    return [_names(each) for each in hooks] if isinstance(hooks, list) else getattr(hooks, "__qualname__", type(hooks))
