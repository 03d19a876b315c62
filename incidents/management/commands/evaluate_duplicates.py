"""`manage.py evaluate_duplicates`: recall and precision of the proposals, and lists to judge."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from grids.models import Place
from incidents.duplicates.evaluating import Score, evaluate, labels_of, suggestions
from incidents.duplicates.explaining import lines_of
from incidents.duplicates.spots import refresh_default_spots
from incidents.models import Incident

COLUMNS = ["id", "other", "score", "why", "is_duplicate"]


class Command(BaseCommand):
    help = "评估重复判定：召回与准确 (how good the proposals of duplicates are)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument(
            "--labels",
            type=Path,
            help="CSV：id,duplicate_of；默认用已并案件 (else what was merged)",
        )
        parser.add_argument("--sample", type=int, default=0, help="抽多少条建议供人判 (to judge)")
        parser.add_argument(
            "--days", type=int, default=365, help="抽最近多少天的 (of the last days)"
        )
        parser.add_argument("--out", type=Path, help="写到哪个 CSV (where to write them)")
        parser.add_argument("--judged", type=Path, help="判完的 CSV，算准确率 (judged: precision)")

    def handle(self, *args: Any, **options: Any) -> None:
        place = Place.objects.filter(code=options["place"]).first()
        if place is None:
            raise CommandError(f"没有地区 {options['place']} (no such place)")
        if options["judged"]:
            return self._judged(options["judged"])
        refresh_default_spots(place)
        if options["sample"]:
            return self._sample(place, options)
        labels = _labels(options["labels"]) if options["labels"] else labels_of(place)
        scores = evaluate(place, labels)
        if not scores[0].pairs:
            raise CommandError("没有可评估的标注对 (no labelled pairs of this place)")
        self._table(scores)
        return None

    def _table(self, scores: list[Score]) -> None:
        self.stdout.write(f"{'':10}{'pairs':>7}{'@1':>8}{'@3':>8}{'@10':>8}{'precision@1 ≥':>16}")
        for one in scores:
            shares = "".join(f"{_share(one.found[n], one.pairs):>8}" for n in (1, 3, 10))
            right = _share(one.right, one.suggested)
            self.stdout.write(f"{one.name:10}{one.pairs:>7}{shares}{right:>16}")

    def _sample(self, place: Place, options: dict[str, Any]) -> None:
        if options["out"] is None:
            raise CommandError("用 --out 指明文件 (name a file by --out)")
        last = Incident.objects.filter(place=place).order_by("-received_at").first()
        if last is None:
            raise CommandError("没有案件 (no cases)")
        since = last.received_at - timedelta(days=options["days"])
        count = 0
        with (
            options["out"].open("w", encoding="utf-8", newline="") as file,
            translation.override("zh-hans"),
        ):
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for case, one in suggestions(place, since=since, most=options["sample"]):
                why = "；".join(lines_of(one))
                writer.writerow([case.number, one.case.number, f"{one.score:.3f}", why, ""])
                count += 1
        self.stdout.write(f"{count} 条 → {options['out']}；is_duplicate 填 1 或 0 (fill in 1 or 0)")

    def _judged(self, path: Path) -> None:
        rows = [row for row in _read(path) if row.get("is_duplicate", "").strip() in ("0", "1")]
        if not rows:
            raise CommandError("is_duplicate 列没有 1 或 0 (nothing is judged)")
        right = [row for row in rows if row["is_duplicate"].strip() == "1"]
        self.stdout.write(f"判 {len(rows)} 条，准确 {_share(len(right), len(rows))} (precision)")
        for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
            kept = [row for row in rows if float(row["score"]) >= least]
            hit = sum(row["is_duplicate"].strip() == "1" for row in kept)
            lost = len(right) - hit
            told = f"{len(kept):>5} {_share(hit, len(kept)):>7}  丢失 lost {lost}"
            self.stdout.write(f"least_score {least:.1f}: {told}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def _labels(path: Path) -> dict[str, str]:
    rows = _read(path)
    if rows and not {"id", "duplicate_of"} <= rows[0].keys():
        raise CommandError("应有 id、duplicate_of 两列 (columns id and duplicate_of are needed)")
    return {row["id"]: row["duplicate_of"] for row in rows if row["duplicate_of"]}


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path}：{error}") from error
