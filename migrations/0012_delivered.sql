-- What a buyer took, newest first: its portal's list.
CREATE INDEX attempts_taken ON attempts (tenant_id, buyer_id, lead_id) WHERE state = 'accepted';
