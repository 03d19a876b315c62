"""The machine and the files: Python, packages, libraries, front end, room on the disk, clock."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.contrib.gis import gdal, geos
from django.core.exceptions import ImproperlyConfigured

from gis.ground import frontend, paths, venv
from gis.management.doctor.finding import Check, Finding, failure, good, judged, warning

LEAST_FREE_GB = 2
# Hours of a wrong clock make wrong deadlines; a year before the release is surely wrong.
RELEASE_YEAR = 2026


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    mend = "使用 Python 3.11 或更新 (use Python 3.11 or newer)"
    return judged(sys.version_info >= (3, 11), "Python", version, mend)


def packages() -> Finding:
    title = "Python 包与锁文件 (packages match the lock)"
    if Path(sys.prefix) != paths.VENV:
        return good(title, f"由镜像提供 (provided by the image), {sys.prefix}")
    seen = "一致 (match)" if venv.satisfied("run") else "不一致 (differ)"
    return judged(venv.satisfied("run"), title, seen, "make run 或 make test 会更新 (updates it)")


def libraries() -> Finding:
    title = "GDAL / GEOS"
    try:
        seen = f"{gdal.gdal_version().decode()} / {geos.geos_version().decode()}"
    except (ImproperlyConfigured, gdal.GDALException, OSError) as error:
        return failure(title, error, "重新安装锁文件中的包 (reinstall the locked packages)")
    return good(title, seen)


def front_end() -> Finding:
    title = "前端文件与校验和 (front-end files and hashes)"
    bad = frontend.problems()
    seen = f"缺少或被改动 (missing or altered): {', '.join(bad)}" if bad else "完整 (complete)"
    mend = "删去 var/vendor 后运行 make run (remove var/vendor, then make run)"
    return judged(not bad, title, seen, mend)


def fonts() -> Finding:
    title = "中文字体 (a Chinese font)"
    if shutil.which("fc-list") is None:
        return warning(title, "没有 fc-list", "网页由浏览器显示中文；仅测试截图需要 (tests only)")
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    if done.stdout.strip():
        return good(title, "有 (present)")
    return warning(title, "没有 (none)", "apt-get install fonts-wqy-microhei")


def secrets() -> Finding:
    title = "密钥 (secrets)"
    if settings.DEMO:
        return good(title, "演示模式，随机生成于 (demo mode, made at random in) var/secrets")
    mend = "设置 WANGGE_SECRET_KEY，至少 32 个字符 (at least 32 characters)"
    return judged(len(str(settings.SECRET_KEY)) >= 32, title, "已设置 (set)", mend)


def audit_key() -> Finding:
    title = "审计检查点密钥 (key of audit checkpoints)"
    if settings.AUDIT_KEYS:
        return good(title, "已设置 (set)")
    if settings.DEMO:
        return good(title, "演示模式，由 SECRET_KEY 派生 (demo mode, follows SECRET_KEY)")
    mend = "设置 WANGGE_AUDIT_KEY，至少 32 个字符 (at least 32 characters)"
    return warning(title, "由 SECRET_KEY 派生，更换后签名失效 (follows SECRET_KEY)", mend)


def hosts() -> Finding:
    title = "访问域名 (allowed hosts)"
    seen = ", ".join(settings.ALLOWED_HOSTS) or "空 (empty)"
    if settings.DEMO or settings.ALLOWED_HOSTS:
        return good(title, seen)
    return failure(title, seen, "设置 WANGGE_HOSTS=域名,… (the names users type)")


def writable() -> Finding:
    title = "可写目录 (writable directories)"
    folders = [paths.VAR] if settings.DEMO else [Path(settings.STATIC_ROOT)]
    missing = [str(each) for each in folders if not os.access(each, os.W_OK)]
    seen = f"不可写 (not writable): {', '.join(missing)}" if missing else "可写 (writable)"
    if missing and not settings.DEMO:
        return warning(title, seen, "镜像中静态文件已就位时可忽略 (fine when collected already)")
    return judged(not missing, title, seen, "换回建立它的用户 (use the user that made it)")


def disk() -> Finding:
    title = "磁盘空间 (free disk space)"
    free = shutil.disk_usage(paths.ROOT).free / 1e9
    mend = f"腾出至少 {LEAST_FREE_GB} GB (free some space)"
    return judged(free >= LEAST_FREE_GB, title, f"{free:.1f} GB", mend)


def clock() -> Finding:
    title = "本机时钟 (clock)"
    now = time.gmtime()
    seen = time.strftime("%Y-%m-%d %H:%M:%S UTC", now)
    return judged(now.tm_year >= RELEASE_YEAR, title, seen, "校准时间 (set the clock, use NTP)")


CHECKS: list[Check] = [
    python,
    packages,
    libraries,
    front_end,
    fonts,
    secrets,
    audit_key,
    hosts,
    writable,
    disk,
    clock,
]
