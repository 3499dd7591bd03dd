"""The UI kit's widgets and components, made once for the same parameters in the same language.

The kit's macros make HTML from these and from nothing else, so what was made once is right for as long as the program
runs. What somebody typed is never kept: it is put in afterwards, and a field with a fault is made anew.
"""

import marshal
import secrets
from collections.abc import Callable
from typing import Any

from govuk_frontend_wtf import wtforms_widgets as kit
from markupsafe import Markup

from coprod.web.languages import SAID, current

MOST = 1000
PLACE = secrets.token_hex(16)  # Where typed words go. Nobody can type it: it is another one in each process.

_made: dict[tuple[str, str, bytes], Markup] = {}


def once(name: str, make: Callable[..., Markup], *given: Any) -> Markup:
    """What `make` makes of what is given. Where that is more than plain text and numbers, it is always made."""
    packed = _packed(given) or _packed(_plain(given))
    if packed is None:
        return make(*given)
    key = current().code, name, packed
    found = _made.get(key)
    if found is None:
        found = make(*given)
        if len(_made) >= MOST:
            _made.clear()
        _made[key] = found
    return found


def _packed(given: Any) -> bytes | None:
    try:
        return marshal.dumps(given, 0)
    except ValueError:
        return None


def _plain(given: Any) -> Any:
    """The same with phrases as the plain text that they are: only that can be packed."""
    if type(given) in (tuple, list):
        return [_plain(each) for each in given]
    if type(given) is dict:
        return {name: _plain(value) for name, value in given.items()}
    return str(given) if isinstance(given, SAID) else given


def component(macro: Any, *given: Any) -> Markup:
    """What a macro makes that reads nothing but what it is given. Templates know it as `component`."""
    return once(f"{macro._func.__code__.co_filename} {macro.name}", macro, *given)


class _Once:
    """A widget whose HTML around what was typed is made once."""

    template: str

    def render(self, params: dict[str, Any]) -> Markup:
        make: Callable[[dict[str, Any]], Markup] = super().render  # type: ignore[misc]  # the library's widget has it
        if "errorMessage" in params:
            return make(params)
        typed = params.get("value")
        if not isinstance(typed, str) or not typed:
            return once(self.template, make, params)
        return once(self.template, make, params | {"value": PLACE}).replace(PLACE, typed)


class GovTextInput(_Once, kit.GovTextInput):  # type: ignore[misc]  # the library is untyped
    pass


class GovTextArea(_Once, kit.GovTextArea):  # type: ignore[misc]
    pass


class GovCharacterCount(_Once, kit.GovCharacterCount):  # type: ignore[misc]
    pass


class GovDateInput(kit.GovDateInput):  # type: ignore[misc]
    """Days and months as people write them: the library puts a nought before those below ten."""

    def map_gov_params(self, field: Any, **given: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **given)
        if field.raw_data is None and field.data:
            for item, number in zip(params["items"], (field.data.day, field.data.month), strict=False):
                item["value"] = str(number)
        return params


class GovRadioInput(_Once, kit.GovRadioInput):  # type: ignore[misc]
    """The library makes a field of each choice to ask for its words; the choices know them already."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        given["items"] = [
            {"text": label, "value": str(value)} | ({"checked": True} if checked else {})
            for value, label, checked, _ in field.iter_choices()
        ]
        made: Markup = self.render(self.map_gov_params(field, **given))
        return made


class GovCheckboxInput(_Once, kit.GovCheckboxInput):  # type: ignore[misc]
    pass


class GovSubmitInput(_Once, kit.GovSubmitInput):  # type: ignore[misc]
    pass
