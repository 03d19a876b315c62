"""What an import did, or would do, in words."""

from collections import Counter
from dataclasses import dataclass

from gis.kernel.tessellation import Problem, moved, warnings
from grids.models import Place

__all__ = ["Summary"]


@dataclass(frozen=True)
class Summary:
    """The same for a dry run and for the real one, but for its last line."""

    noun: tuple[str, str]
    count: int
    area_m2: float
    place: Place
    place_is_new: bool
    edition: str
    state: str
    problems: list[Problem]
    dry_run: bool
    next_step: str

    def lines(self) -> list[str]:
        """Lines for the terminal."""
        zh, en = self.noun
        place = self.place
        new = "，新建 (new)" if self.place_is_new else ""
        told = warnings(self.problems)
        changed = moved(self.problems)
        lines = [
            f"地区 (place)：{place.name} {place.code}{new}，EPSG:{place.srid_m}",
            f"版本 (edition)：{self.edition}，{self.state}",
            f"{zh} ({en})：{self.count} 个，共 {self.area_m2 / 1e6:.3f} 平方公里 (km²)",
        ]
        if changed:
            area = sum(problem.area_m2 or 0.0 for problem in changed)
            lines.append(f"已移动 (moved)：{len(changed)} 处，共 {area:.1f} 平方米 (m²)")
        kinds = Counter(problem.kind for problem in told)
        lines += [f"警告 (warning)：{kind} × {count}" for kind, count in sorted(kinds.items())]
        if self.dry_run:
            lines.append("试运行：什么都没有写入。(Dry run: nothing was written.)")
        else:
            lines.append(f"下一步 (next)：{self.next_step}")
        return lines
