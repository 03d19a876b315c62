"""What a broken constraint means to somebody at a form: the field it belongs to, and a sentence."""

WRONG: dict[str, tuple[str | None, str]] = {
    "edition_name_once": ("name", "该地区已有同名版本。(The place has an edition of this name.)"),
    "region_code_once": ("code", "该版本已有此代码。(The edition has a region of this code.)"),
    "region_subdistrict_is_top": (
        "parent",
        "街道没有上级。(A subdistrict has no parent.)",
    ),
    "block_code_once": ("code", "该地区已有此地块代码。(The place has a block of this code.)"),
    "grid_code_once": ("code", "该版本已有此网格代码。(The edition has a grid of this code.)"),
    "unit_code_once": ("code", "该地区已有此单位代码。(The place has a unit of this code.)"),
    "unit_one_default": (
        "is_default",
        "该地区已有默认承办单位，请先取消原来的。(The place has a default unit; unset that first.)",
    ),
    "unit_one_office_per_region": (
        "region_code",
        "该辖区已有同类单位。(The region has an office of this kind.)",
    ),
    "station_code_once": ("code", "该地区已有此站点代码。(The place has a station of this code.)"),
    "post_one_principal_per_grid": (
        None,
        "该网格在这段时间已有同一角色的主责人员，请调整任期或改为副岗。"
        "(The grid has a principal in this role at that time: change the time, or make a deputy.)",
    ),
    "post_on_exactly_one": (
        None,
        "岗位应在网格、街道或社区、单位三者中恰选一项。"
        "(A post is on exactly one of grid, region, unit.)",
    ),
    "post_role_fits_scope": (
        "role",
        "角色与对象不符：网格员、网格长选网格，街道、社区人员选辖区，其余选单位。"
        "(The role does not fit: workers and heads are on a grid, subdistrict and community staff "
        "on a region, others on a unit.)",
    ),
    "post_has_time": (
        "during",
        "任期为空：结束应晚于开始。(The time is empty: it ends after it starts.)",
    ),
    "leave_has_time": (
        "during",
        "请假期间为空：结束应晚于开始。(The time is empty: it ends after it starts.)",
    ),
    "leave_once_at_a_time": ("during", "与已有的请假重叠。(Overlaps another leave.)"),
    "place_work_hours": ("work_until", "下班应晚于上班。(Work ends after it starts.)"),
    "spot_type_name_once": ("name", "该地区已有同名类型。(The place has a type of this name.)"),
    "spot_once": (
        "name",
        "该类型已有同名同址的点位。(There is one of this type, name and address.)",
    ),
    "alert_rule_once": ("kind", "该地区已有此类规则。(The place has a rule of this kind.)"),
    "alert_rule_metres_fit": (
        "metres",
        "只有离开网格用得上米数，其余填 0。(Metres are for out of grid only: 0 elsewhere.)",
    ),
    "duty_hours_once": (
        "region_code",
        "该街道或社区已有上岗时间。(The region has hours of duty.)",
    ),
    "duty_hours_in_order": ("ends", "下岗应晚于上岗。(Duty ends after it begins.)"),
    "retention_raw_long_enough": (
        "raw_days",
        "至少 16 天：轨迹点可晚到 7 天，一周的覆盖率要等这一周结束。"
        "(At least 16 days: fixes come 7 days late, and a week's coverage waits for its end.)",
    ),
    "retention_coarse_after_raw": (
        "coarse_days",
        "不应早于原始轨迹点的删除。(Not before the fixes go.)",
    ),
    "retention_deleted_last": (
        "track_days",
        "不应早于轨迹粗化，最多 3660 天。(Not before tracks become coarse; at most 3660 days.)",
    ),
    "retention_errors_in_range": (
        "fine_m",
        "压缩误差 0.5–10 米，粗化误差 5–100 米。(0.5–10 m, and 5–100 m for coarse tracks.)",
    ),
}
