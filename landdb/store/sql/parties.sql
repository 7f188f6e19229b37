-- Parties entered one by one.

-- name: get
SELECT party_kind FROM party.party WHERE party_id = %(party_id)s

-- name: find
SELECT party_id FROM party.party WHERE party_key = %(party_key)s

-- name: insert
INSERT INTO party.party (
    party_key, content_index, party_kind, name_masked, name_enc, name_index, name_fault, birth_year, birth_enc,
    birth_index, sex, id_kind, citizen_id_masked, citizen_id_enc, citizen_id_index, citizen_id_fault, org_no,
    org_no_fault, tax_code_masked, tax_code_enc, tax_code_fault, residence_enc, key_id, batch_id, valid_from, recorded_at
)
VALUES (
    %(party_key)s, %(content_index)s, %(party_kind)s, %(name_masked)s, %(name_enc)s, %(name_index)s, %(name_fault)s,
    %(birth_year)s, %(birth_enc)s, %(birth_index)s, %(sex)s, %(id_kind)s, %(citizen_id_masked)s,
    %(citizen_id_enc)s, %(citizen_id_index)s, %(citizen_id_fault)s, %(org_no)s, %(org_no_fault)s, %(tax_code_masked)s, %(tax_code_enc)s, %(tax_code_fault)s,
    %(residence_enc)s, %(key_id)s, %(batch_id)s, %(valid_from)s, admin.recording_moment()
)
RETURNING party_id
