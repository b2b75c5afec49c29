-- The change of the campaign of which the row was last told: a later one is told at once, the same one not again so soon.
alter table enrollment add column nudged_epoch integer;
