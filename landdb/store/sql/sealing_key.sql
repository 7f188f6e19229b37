-- name: noted
SELECT key_id FROM party.sealing_key

-- name: note
INSERT INTO party.sealing_key (key_id) VALUES (%(key_id)s) ON CONFLICT DO NOTHING
