-- lcm of many: the common denominator under which shares add up exactly.
CREATE AGGREGATE registry.common_denominator(bigint) (SFUNC = lcm, STYPE = bigint, INITCOND = '1');
