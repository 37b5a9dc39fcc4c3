-- The list is asked for a label without its source as well: the number of a report opens its leads.
DROP INDEX leads_sub;
CREATE INDEX leads_sub ON leads (tenant_id, sub1, id) WHERE sub1 IS NOT NULL;

-- Newest first whatever they missed; reason and contract are found without reading the leads themselves.
DROP INDEX leads_missed;
CREATE INDEX leads_missed ON leads (tenant_id, id, missed_reason, missed_contract) WHERE missed_reason IS NOT NULL;
