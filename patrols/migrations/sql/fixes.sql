-- One partition for each UTC day (patrols/services/partitions.py makes them): a day's question stays
-- flat as years pass, and retention drops whole tables. A unique key of a partitioned table must
-- hold the column it is partitioned by; that a key has one time only is held by the write path.
CREATE TABLE patrols_fix (
    worker_id   bigint NOT NULL,
    sequence    bigint NOT NULL,
    at          timestamptz NOT NULL,
    lon         double precision NOT NULL,
    lat         double precision NOT NULL,
    accuracy_m  real,
    speed_mps   real,
    heading_deg real,
    battery     real,
    datum       smallint NOT NULL,
    flags       smallint NOT NULL DEFAULT 0,
    device      varchar(40) COLLATE "C" NOT NULL,
    CONSTRAINT fix_once PRIMARY KEY (worker_id, device, sequence, at),
    CONSTRAINT fix_position_in_range CHECK (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90),
    CONSTRAINT fix_datum_known CHECK (datum BETWEEN 1 AND 4),
    CONSTRAINT fix_accuracy_in_range CHECK (accuracy_m BETWEEN 0 AND 1e6),
    CONSTRAINT fix_battery_in_range CHECK (battery BETWEEN 0 AND 100),
    CONSTRAINT fix_heading_in_range CHECK (heading_deg BETWEEN 0 AND 360),
    CONSTRAINT fix_speed_in_range CHECK (speed_mps BETWEEN 0 AND 1e4),
    CONSTRAINT fix_flags_known CHECK (flags BETWEEN 0 AND 15),
    CONSTRAINT fix_sequence_counts CHECK (sequence >= 0),
    CONSTRAINT fix_has_device CHECK (device <> '')
) PARTITION BY RANGE (at);
-- Fixes arrive nearly in order of time: a few pages hold any few minutes.
CREATE INDEX patrols_fix_at ON patrols_fix USING brin (at) WITH (pages_per_range = 16);
