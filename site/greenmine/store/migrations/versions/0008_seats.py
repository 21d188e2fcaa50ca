"""Seats instead of a role with regions: somebody may hold several, and a session acts from one of them."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from greenmine.domain.errors import Conflict
from greenmine.domain.text import N_

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KNOWN_BEFORE: Final = ("editor", "county", "city", "province", "administrator")
_BELONGS: Final = "fk_staff_session_seat"


def upgrade() -> None:
    """Each region of a person becomes a seat of the role they had, with their departments."""
    op.create_table(
        "staff_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("departments", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_seat_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_seat")),
        sa.UniqueConstraint("staff", "role", "scope", name=op.f("uq_staff_seat_staff_role_scope")),
    )
    for row in _all("SELECT s.id, s.role, r.region FROM staff s JOIN staff_region r ON r.staff = s.id ORDER BY 1, 3"):
        named = ",".join(each.department for each in _all(_DEPARTMENTS, staff=row.id))
        _run(_PUT_SEAT, staff=row.id, role=row.role, scope=row.region, departments=named)
    with op.batch_alter_table("staff_session") as session:
        session.add_column(sa.Column("seat", sa.Integer(), nullable=True))
        session.create_foreign_key(op.f(_BELONGS), "staff_seat", ["seat"], ["id"])
    _run(
        "UPDATE staff_session SET seat = (SELECT min(id) FROM staff_seat WHERE staff_seat.staff = staff_session.staff)"
        " WHERE stage = 'signed_in'"
    )
    op.drop_table("staff_department")
    op.drop_table("staff_region")
    op.drop_column("staff", "role")


def downgrade() -> None:
    """Back to one role with regions; refused while somebody's seats cannot be told like that."""
    seats = _all("SELECT staff, role, scope, departments FROM staff_seat ORDER BY staff, id")
    _require_one_role_each(seats)
    _create_what_was()
    for seat in seats:
        _run("UPDATE staff SET role = :role WHERE id = :staff", role=seat.role, staff=seat.staff)
        _run("INSERT INTO staff_region (staff, region) VALUES (:staff, :region)", staff=seat.staff, region=seat.scope)
    for person, named in sorted({(seat.staff, seat.departments) for seat in seats}):
        for department in filter(None, named.split(",")):
            _run(_PUT_DEPARTMENT, staff=person, department=department)
    with op.batch_alter_table("staff_session") as session:
        session.drop_constraint(op.f(_BELONGS), type_="foreignkey")
        session.drop_column("seat")
    op.drop_table("staff_seat")


_DEPARTMENTS: Final = "SELECT department FROM staff_department WHERE staff = :staff ORDER BY department"
_PUT_SEAT: Final = (
    "INSERT INTO staff_seat (staff, role, scope, departments) VALUES (:staff, :role, :scope, :departments)"
)
_PUT_DEPARTMENT: Final = "INSERT INTO staff_department (staff, department) VALUES (:staff, :department)"


def _require_one_role_each(seats: Sequence[Any]) -> None:
    told: dict[int, set[tuple[str, str]]] = {}
    for seat in seats:
        told.setdefault(seat.staff, set()).add((seat.role, seat.departments))
    people = {row.id for row in _all("SELECT id FROM staff")}
    fit = {staff for staff, kinds in told.items() if len(kinds) == 1 and next(iter(kinds))[0] in _KNOWN_BEFORE}
    if people != fit:
        raise Conflict("migration.seats", N_("有人持有多种岗位或新设岗位的席位，降级后无法表示，已拒绝。"))


def _create_what_was() -> None:
    op.create_table(
        "staff_region",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_region_staff")),
        sa.PrimaryKeyConstraint("staff", "region", name=op.f("pk_staff_region")),
    )
    op.create_table(
        "staff_department",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_department_staff")),
        sa.PrimaryKeyConstraint("staff", "department", name=op.f("pk_staff_department")),
    )
    # SQLite adds no column that may not be empty without a default, and cannot take it away again
    op.add_column("staff", sa.Column("role", sa.String(length=20), server_default="", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("staff", "role", server_default=None)


def _all(statement: str, **values: object) -> Sequence[Any]:
    return op.get_bind().execute(sa.text(statement), values).all()


def _run(statement: str, **values: object) -> None:
    op.get_bind().execute(sa.text(statement), values)
