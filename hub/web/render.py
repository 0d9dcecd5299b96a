"""Templates to HTML. Our own templates are strict: an unknown name is an error, all text is escaped, all words come from the
catalogue. The components of govuk-frontend-jinja are written for a lenient environment, so they have one of their own and
are called as functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from hub.kit.words import say
from hub.web.elements import Frame, Link
from hub.web.statics import Statics

_COMPONENTS = {
    "back_link": ("back-link", "govukBackLink"),
    "breadcrumbs": ("breadcrumbs", "govukBreadcrumbs"),
    "button": ("button", "govukButton"),
    "checkboxes": ("checkboxes", "govukCheckboxes"),
    "details": ("details", "govukDetails"),
    "error_summary": ("error-summary", "govukErrorSummary"),
    "file_upload": ("file-upload", "govukFileUpload"),
    "header": ("generic-header", "govukGenericHeader"),
    "input": ("input", "govukInput"),
    "inset_text": ("inset-text", "govukInsetText"),
    "notification_banner": ("notification-banner", "govukNotificationBanner"),
    "radios": ("radios", "govukRadios"),
    "select": ("select", "govukSelect"),
    "service_navigation": ("service-navigation", "govukServiceNavigation"),
    "skip_link": ("skip-link", "govukSkipLink"),
    "summary_list": ("summary-list", "govukSummaryList"),
    "tag": ("tag", "govukTag"),
    "textarea": ("textarea", "govukTextarea"),
    "warning_text": ("warning-text", "govukWarningText"),
}


class Renderer:
    """Turns a template and its view model into a page."""

    def __init__(self, *, partnership: str, demo: bool, statics: Statics) -> None:
        self._environment = Environment(
            loader=PackageLoader("hub.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            say=say,
            static=statics.url,
            govuk=_components(),
            partnership=partnership,
            demo=demo,
            frame_navigation=_navigation,
            frame_breadcrumbs=_breadcrumbs,
            frame_problems=_problems,
        )

    def html(self, template: str, frame: Frame, **model: Any) -> str:
        """The page `template` inside `frame`."""
        return self._environment.get_template(template).render(frame=frame, **model)


def _navigation(frame: Frame) -> list[dict[str, Any]]:
    return [{"text": link.text, "href": link.href, "active": link.href == frame.current} for link in frame.navigation]


def _breadcrumbs(frame: Frame) -> list[dict[str, str]]:
    return [{"text": link.text, "href": link.href} for link in (Link(say("web.nav.home"), "/"), *frame.breadcrumbs)]


def _problems(frame: Frame) -> list[dict[str, str]]:
    return [{"text": problem.text, "href": problem.href} for problem in frame.problems]


@cache
def _components() -> Mapping[str, Callable[[Mapping[str, Any]], Markup]]:
    lenient = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {
        name: getattr(lenient.get_template(f"govuk_frontend_jinja/components/{folder}/macro.html").module, macro)
        for name, (folder, macro) in _COMPONENTS.items()
    }
