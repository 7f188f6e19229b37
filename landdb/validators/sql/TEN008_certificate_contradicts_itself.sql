-- Which certificates cannot say what they say: one serial in two communes, an individual's right with several
-- people in it, a couple of three, several kinds of holders on one paper?
WITH counted AS MATERIALIZED (
    SELECT
        r.baunit_id,
        max(r.rights) AS rights,
        bool_or(r.holder_group = 'INDIVIDUAL' AND r.holders > 1) AS has_several_individuals,
        bool_or(r.holder_group = 'COUPLE' AND r.holders > 2) AS has_couple_of_many
    FROM (
        SELECT
            t.baunit_id,
            t.holder_group,
            count(sh.share_id) AS holders,
            count(*) OVER (PARTITION BY t.baunit_id) AS rights
        FROM registry.baunit AS b
        INNER JOIN registry.rrr AS t ON b.baunit_id = t.baunit_id
        INNER JOIN registry.share AS sh ON t.rrr_id = sh.rrr_id
        WHERE
            b.commune_id = ANY(%(commune_ids)s::int[])
            AND (
                %(parcel_ids)s::bigint[] IS NULL
                OR b.baunit_id = ANY(ARRAY(
                    SELECT l.baunit_id
                    FROM registry.baunit_parcel AS l
                    WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
                ))
            )
            AND t.rrr_kind = 'USE_RIGHT'
        GROUP BY t.baunit_id, t.rrr_id, t.holder_group
    ) AS r
    GROUP BY r.baunit_id
),

told AS (
    SELECT
        k.baunit_id,
        CASE
            WHEN k.rights > 1 THEN 'SEVERAL_KINDS_OF_HOLDERS'
            WHEN k.has_several_individuals THEN 'SEVERAL_INDIVIDUALS'
            ELSE 'COUPLE_OF_MANY'
        END AS reason
    FROM counted AS k
    WHERE k.rights > 1 OR k.has_several_individuals OR k.has_couple_of_many
    UNION ALL
    SELECT c.baunit_id, 'IN_ANOTHER_COMMUNE_TOO' AS reason
    FROM registry.certificate AS c
    WHERE
        c.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR c.baunit_id = ANY(ARRAY(
                SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
        AND EXISTS (
            SELECT 1 FROM registry.certificate AS d WHERE d.serial = c.serial AND d.commune_id <> c.commune_id
        )
)

SELECT
    c.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'certificate:' || c.certificate_id AS which,
    jsonb_build_object('reason', t.reason, 'certificate_id', c.certificate_id) AS details
FROM told AS t
INNER JOIN registry.certificate AS c ON t.baunit_id = c.baunit_id;
