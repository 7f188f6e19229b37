-- Which certificates differ from another one of the commune only by Đ and D in the serial?
WITH lettered AS (
    SELECT c.commune_id, c.certificate_id, c.baunit_id, c.serial, replace(c.serial, 'Đ', 'D') AS look
    FROM registry.certificate AS c
    WHERE c.commune_id = ANY(%(commune_ids)s::int[]) AND c.serial ~ '^.?[DĐ]'
)

SELECT
    a.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = a.baunit_id) AS parcel_id,
    (
        SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = b.baunit_id
    ) AS other_parcel_id,
    'certificate:' || a.certificate_id || '|certificate:' || b.certificate_id AS which,
    jsonb_build_object('certificate_ids', jsonb_build_array(a.certificate_id, b.certificate_id)) AS details
FROM lettered AS a
INNER JOIN lettered AS b
    ON a.commune_id = b.commune_id AND a.look = b.look AND a.serial <> b.serial AND a.certificate_id < b.certificate_id
WHERE
    %(parcel_ids)s::bigint[] IS NULL
    OR ARRAY[a.baunit_id, b.baunit_id] && ARRAY(
        SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
    );
