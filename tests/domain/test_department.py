"""One list of departments for books, bodies and seats; the four that answer cases are named apart."""

from greenmine.domain.body import CASE_DEPARTMENTS, COMPETENT
from greenmine.domain.department import DEPARTMENT_LABELS, Department


def test_every_department_has_its_words_and_no_two_the_same() -> None:
    assert set(DEPARTMENT_LABELS) == set(Department)
    assert len(set(DEPARTMENT_LABELS.values())) == len(Department)


def test_only_those_competent_for_a_class_of_risk_answer_cases() -> None:
    assert set(CASE_DEPARTMENTS) == set(COMPETENT.values())
    assert [DEPARTMENT_LABELS[each] for each in CASE_DEPARTMENTS] == [
        "自然资源主管部门", "生态环境主管部门", "卫生健康主管部门", "应急管理部门",
    ]  # fmt: skip
    assert not {Department.BANKING, Department.TAX, Department.FINANCE} & set(CASE_DEPARTMENTS)
