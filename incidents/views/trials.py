"""What a trial of a rule found, in a sentence."""

from django.utils.translation import gettext as _

from incidents.services.trying import Trial

__all__ = ["in_words"]


def in_words(trial: Trial) -> str:
    """How many cases of how many, and from whom how many."""
    told = _("{days} 的 {cases} 件中命中 {caught} 件").format(
        days=f"{trial.since:%Y-%m-%d} – {trial.until:%Y-%m-%d}",
        cases=trial.cases,
        caught=trial.caught,
    )
    taken = "、".join(f"{unit.name if unit else '—'} {count}" for unit, count in trial.taken)
    if taken:
        told += _("；原派：{taken}").format(taken=taken)
    if trial.shadowed:
        told += _("；另有 {n} 件先由前面的规则派走").format(n=trial.shadowed)
    return told
