"""Forms of mines: every fact with its hint; registering, and correcting with a reason."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from greenmine.domain.mine import (
    ACTIVITY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    Activity,
    Method,
    Ownership,
    Scale,
)
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.mineral import MINERAL_CLASS_LABELS, Minerals
from greenmine.web.i18n import gettext

from .fields import LONGEST_TEXT, Chosen, DayField, line, needed
from .sheet import Sheet

_TEXTS: Final = (
    "name", "region", "holder", "credit_code", "mineral", "mineral_class", "capacity", "standard", "permit_no",
    "certificate_no", "place", "source",
)  # fmt: skip
_CODES: Final[Mapping[str, Any]] = {"scale": Scale, "method": Method, "ownership": Ownership, "activity": Activity}
_DAYS: Final = ("production_date", "permit_from", "permit_until")


class MineSheet(Sheet):
    """The facts of a mine; what is not known stays empty."""

    name = line(_("矿山名称"), needed(_("请填写矿山名称")), hint=_("与采矿许可证上的名称一致。"))
    aliases = TextAreaField(
        _("其他名称"),
        description=_("曾用名、简称，一行一个；查询时按这些名称也能找到。"),
        validators=[Optional(), Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))],
    )
    region = SelectField(_("所在地"), validators=[needed(_("请选择所在地")), Chosen()], validate_choice=False)
    place = line(_("详细地点"), hint=_("乡镇、村或园区。"))
    holder = line(_("采矿权人"), hint=_("企业全称。"))
    credit_code = line(_("统一社会信用代码"), hint=_("18位，本站会核对校验位。"))
    ownership = SelectField(_("企业性质"), validators=[Chosen()], validate_choice=False)
    mineral = line(_("矿种"), hint=_("矿产资源分类目录中的名称，如“磷矿”“煤”。"))
    mineral_class = SelectField(
        _("矿产大类"), description=_("不选则按矿种确定。"), validators=[Chosen()], validate_choice=False
    )
    scale = SelectField(
        _("生产规模"), description=_("按国土资发〔2004〕208号划分。"), validators=[Chosen()], validate_choice=False
    )
    capacity = line(_("生产能力"), hint=_("带单位，如“30 万吨/年”。"))
    method = SelectField(_("开采方式"), validators=[Chosen()], validate_choice=False)
    activity = SelectField(_("生产状况"), validators=[Chosen()], validate_choice=False)
    production_date = DayField(_("投产日期"), validators=[Optional()])
    permit_no = line(_("采矿许可证号"), hint=_("字母C加22位数字；2020年以前的旧证号也可填写。"))
    permit_from = DayField(_("许可证有效期起"), validators=[Optional()])
    permit_until = DayField(_("许可证有效期止"), validators=[Optional()])
    certificate_no = line(_("矿业权证书号"), hint=_("2025年7月1日起与采矿许可证分开。"))
    standard = line(_("适用行业标准"), hint=_("如“DZ/T 0316-2018”。"))
    source = line(_("信息来源"), hint=_("文件、名单或核查记录。"), most=LONGEST_TEXT)

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Fill the choices; ``places`` are codes with their names."""
        unknown = SelectChoice("", gettext("不详"))
        for name, labels in (
            ("scale", SCALE_LABELS),
            ("method", METHOD_LABELS),
            ("ownership", OWNERSHIP_LABELS),
            ("activity", ACTIVITY_LABELS),
            ("mineral_class", MINERAL_CLASS_LABELS),
        ):
            self[name].choices = [unknown, *(SelectChoice(str(key), gettext(word)) for key, word in labels.items())]
        self.region.choices = [SelectChoice("", gettext("请选择")), *(SelectChoice(*place) for place in places)]


class MineCorrectSheet(MineSheet):
    """Corrected facts with the public reason."""

    reason = line(
        _("更正理由"), needed(_("请写明更正理由")), hint=_("将公开，如“依据新核发的采矿许可证”。"), most=LONGEST_TEXT
    )


def facts_of(form: MineSheet, minerals: Minerals) -> MineFacts:
    """The facts a valid form says; the class follows from the mineral where it was not chosen."""
    values: dict[str, Any] = {name: " ".join((form[name].data or "").split()) for name in _TEXTS}
    if not values["mineral_class"] and (match := minerals.find(values["mineral"])) is not None:
        values["mineral_class"] = str(match.mineral.mineral_class)
    values["credit_code"] = values["credit_code"].upper()
    values |= {name: kind(form[name].data) if form[name].data else None for name, kind in _CODES.items()}
    values |= {name: form[name].data for name in _DAYS}
    aliases = tuple(" ".join(each.split()) for each in (form.aliases.data or "").splitlines() if each.strip())
    return MineFacts(aliases=aliases, **values)


def typed_facts(facts: MineFacts) -> dict[str, str]:
    """Facts as a form would send them."""
    texts = {name: getattr(facts, name) for name in _TEXTS}
    codes = {name: str(getattr(facts, name) or "") for name in _CODES}
    days = {name: day.isoformat() if (day := getattr(facts, name)) else "" for name in _DAYS}
    return {**texts, **codes, **days, "aliases": "\n".join(facts.aliases)}
