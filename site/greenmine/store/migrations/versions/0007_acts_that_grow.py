"""Acts name the provisions they were decided under, by kinds whose versions they say: what was recorded before cannot
be read as such, so a record of before is refused whole."""

import json

import sqlalchemy as sa
from alembic import op

from greenmine.domain.errors import Conflict
from greenmine.domain.text import N_
from greenmine.store.migrations.losses import refuse_to_lose

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FIRST = sa.text("SELECT entry FROM act ORDER BY n LIMIT 1")


def upgrade() -> None:
    """Change nothing; raises Conflict for a record in the format of before. It stays as it was."""
    first = op.get_bind().execute(_FIRST).scalar()
    if first is not None and "basis" not in json.loads(bytes(first)):
        raise Conflict(
            "data.older_format",
            N_(
                "这个数据文件夹是旧版程序建立的，其中记录的格式不能沿用，未作任何改动。"
                "请换一个空的数据文件夹重新开始（GREENMINE_DATA_DIR），旧文件夹请用建立它的版本打开。"
            ),
        )


def downgrade() -> None:
    """Nothing to undo; refused where there are acts, which the version before cannot read."""
    refuse_to_lose(op.get_bind(), "act")
