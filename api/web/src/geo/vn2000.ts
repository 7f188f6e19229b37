/**
 * VN-2000 metres and WGS 84 degrees, converted here as the server converts them (landdb/domain/crs.py).
 *
 * Transverse Mercator by Krüger's series in n to the fourth power (below a micrometre within a zone) and the state's
 * seven parameters (Decision 05/2007) in the coordinate-frame convention. tests/web/test_web_projection.py compares
 * both directions with PROJ.
 */
import zoneList from "../../../../landdb/codelists/vn2000_zone.csv";
import { rows } from "./codes.ts";

export interface Zone {
  readonly srid: number;
  /** Degrees east. */
  readonly meridian: number;
  readonly scale: number;
}

/** Easting before northing, metres; or longitude before latitude, degrees. */
export type Pair = readonly [number, number];

const A = 6378137;
const F = 1 / 298.257223563;
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const N = F / (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180,
  (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140,
  (49561 * N ** 4) / 161280,
];
const BETA = [
  N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360,
  N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440,
  (17 * N ** 3) / 480 - (37 * N ** 4) / 840,
  (4397 * N ** 4) / 161280,
];
const FALSE_EASTING = 500_000;
const SECOND = Math.PI / 648_000;
const SHIFT = [-191.90441429, -39.30318279, -111.45032835] as const;
const [RX, RY, RZ] = [-0.00928836 * SECOND, 0.01975479 * SECOND, -0.00427372 * SECOND];
const GROWTH = 1 + 0.252906278e-6;
const RAD = Math.PI / 180;

/** The three-degree zones of the code list, and the two of UTM's width. */
export const ZONES: readonly Zone[] = [
  ...rows(zoneList).map((row) => ({
    srid: Number(row.code),
    meridian: Number(row.central_meridian),
    scale: 0.9999,
  })),
  { srid: 3405, meridian: 105, scale: 0.9996 },
  { srid: 3406, meridian: 111, scale: 0.9996 },
];

/** Gives the zone of an EPSG code, or null when the code is no VN-2000 zone. */
export function zoneOf(srid: number): Zone | null {
  return ZONES.find((zone) => zone.srid === srid) ?? null;
}

/** Gives the three-degree zone whose meridian is nearest to a longitude. */
export function nearestZone(longitude: number): Zone {
  const distance = (zone: Zone): number => Math.abs(zone.meridian - longitude);
  return ZONES.filter((zone) => zone.scale === 0.9999).reduce((best, zone) =>
    distance(zone) < distance(best) ? zone : best,
  );
}

/** Gives a zone's meridian as papers write it: `105°45′`. */
export function meridianName(zone: Zone): string {
  const minutes = Math.round((zone.meridian % 1) * 60);
  return `${Math.trunc(zone.meridian)}°${String(minutes).padStart(2, "0")}′`;
}

/** Gives easting and northing in a zone of a WGS 84 longitude and latitude. */
export function toZone(zone: Zone, [longitude, latitude]: Pair): Pair {
  const [lambda, phi] = shifted([longitude * RAD, latitude * RAD], "back");
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - E * Math.atanh(E * Math.sin(phi)));
  const delta = lambda - zone.meridian * RAD;
  const xi = Math.atan2(t, Math.cos(delta));
  const eta = Math.atanh(Math.sin(delta) / Math.hypot(1, t));
  const [north, east] = series(xi, eta, ALPHA, 1);
  return [FALSE_EASTING + zone.scale * RADIUS * east, zone.scale * RADIUS * north];
}

/** Gives WGS 84 longitude and latitude of an easting and northing in a zone. */
export function fromZone(zone: Zone, [easting, northing]: Pair): Pair {
  const size = zone.scale * RADIUS;
  const [xi, eta] = series(northing / size, (easting - FALSE_EASTING) / size, BETA, -1);
  const tau = geodeticTangent(Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi)));
  const lambda = zone.meridian * RAD + Math.atan2(Math.sinh(eta), Math.cos(xi));
  const [longitude, latitude] = shifted([lambda, Math.atan(tau)], "forth");
  return [longitude / RAD, latitude / RAD];
}

function series(xi: number, eta: number, terms: readonly number[], sign: 1 | -1): Pair {
  let [north, east] = [xi, eta];
  terms.forEach((term, index) => {
    const j = 2 * (index + 1);
    north += sign * term * Math.sin(j * xi) * Math.cosh(j * eta);
    east += sign * term * Math.cos(j * xi) * Math.sinh(j * eta);
  });
  return [north, east];
}

/** Gives the tangent of the geodetic latitude from that of the conformal one, by Newton's method. */
function geodeticTangent(conformal: number): number {
  let tau = conformal / (1 - E2);
  for (let step = 0; step < 5; step += 1) {
    const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.hypot(1, tau)));
    const image = tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
    const slope = (1 + (1 - E2) * tau ** 2) / ((1 - E2) * Math.hypot(1, tau));
    tau += ((conformal - image) / Math.hypot(1, image)) * slope;
  }
  return tau;
}

/** Gives longitude and latitude (radians) in the other datum: forth to WGS 84, back to VN-2000. */
function shifted([lambda, phi]: Pair, way: "forth" | "back"): Pair {
  const normal = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
  const x = normal * Math.cos(phi) * Math.cos(lambda);
  const y = normal * Math.cos(phi) * Math.sin(lambda);
  const z = normal * (1 - E2) * Math.sin(phi);
  return way === "forth" ? geodetic(...forth(x, y, z)) : geodetic(...back(x, y, z));
}

function forth(x: number, y: number, z: number): [number, number, number] {
  return [
    SHIFT[0] + GROWTH * (x + RZ * y - RY * z),
    SHIFT[1] + GROWTH * (-RZ * x + y + RX * z),
    SHIFT[2] + GROWTH * (RY * x - RX * y + z),
  ];
}

function back(px: number, py: number, pz: number): [number, number, number] {
  const [x, y, z] = [(px - SHIFT[0]) / GROWTH, (py - SHIFT[1]) / GROWTH, (pz - SHIFT[2]) / GROWTH];
  return [x - RZ * y + RY * z, RZ * x + y - RX * z, -RY * x + RX * y + z];
}

function geodetic(x: number, y: number, z: number): Pair {
  const p = Math.hypot(x, y);
  let phi = Math.atan2(z, p * (1 - E2));
  for (let step = 0; step < 5; step += 1) {
    const normal = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
    phi = Math.atan2(z + E2 * normal * Math.sin(phi), p);
  }
  return [Math.atan2(y, x), phi];
}
