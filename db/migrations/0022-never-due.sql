-- The list of a campaign by what is due next ends with whoever waits for nothing: open rows that no step has seen yet.
-- An entry comes with the row and goes with its first step.
create index enrollment_never_due on enrollment (campaign_id, seq) where state = 'open' and due_at is null;
