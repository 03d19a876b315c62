DROP TRIGGER region_inside_envelope ON grids_region;
DROP TRIGGER block_inside_envelope ON grids_block;
DROP TRIGGER grid_inside_envelope ON grids_grid;
DROP TRIGGER station_inside_envelope ON grids_station;
DROP TRIGGER region_fixed ON grids_region;
DROP TRIGGER grid_fixed ON grids_grid;
DROP TRIGGER grid_block_fixed ON grids_gridblock;
DROP FUNCTION grids_inside_envelope();
DROP FUNCTION grids_edition_is_fixed();
