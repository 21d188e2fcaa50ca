"""Regions as a reader sees them."""

from greenmine.domain.region import COUNTRY, Regions

from .i18n import gettext as _


def place_names(regions: Regions, code: str) -> list[str]:
    """Names from the province down, for the filter ``region_path``; a code that is not known stands for itself."""
    region = regions.find(code)
    if region is None:
        return [code]
    above = [each.name for each in regions.ancestors(code) if each.code != COUNTRY]
    return [*above, _("全国") if code == COUNTRY else region.name]


def place_name(regions: Regions, code: str) -> str:
    """``贵州省毕节市织金县``; 全国 for the country."""
    return "".join(place_names(regions, code))
