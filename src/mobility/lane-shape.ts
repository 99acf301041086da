import type { SumoDocument } from './sumo-document.ts';
import { parseDecimal } from './sumo-time.ts';
import type { XmlElement } from './xml.ts';

/**
 * The points of a lane of a SUMO network, in metres; heights, a third number, are left out.
 * Throws InputError at the lane for a shape that is no list of points.
 */
export function laneShape(document: SumoDocument, lane: XmlElement): { x: number[]; y: number[] } {
  const { id = '', shape = '' } = lane.attributes;
  const points = shape
    .trim()
    .split(/\s+/)
    .map((point) => point.split(',').map(parseDecimal));
  if (points.some((point) => !isPoint(point))) {
    const found = `the shape of lane "${id}" is ${JSON.stringify(shape.slice(0, 60))}`;
    throw document.problem(lane, found, 'expected points of x,y or x,y,z in metres');
  }
  return { x: points.map(([x]) => x!), y: points.map(([, y]) => y!) };
}

function isPoint(numbers: readonly (number | undefined)[]): boolean {
  return [2, 3].includes(numbers.length) && numbers.every((number) => number !== undefined);
}

/** A length of a lane, of which there is none below 0. Throws InputError at the lane. */
export function laneMetres(
  document: SumoDocument,
  lane: XmlElement,
  attribute: 'length' | 'width',
  otherwise?: number,
): number {
  const text = lane.attributes[attribute];
  if (text === undefined && otherwise !== undefined) return otherwise;
  const metres = parseDecimal(text ?? '');
  if (metres !== undefined && metres >= 0) return metres;
  const { id = '' } = lane.attributes;
  const found = `${attribute} of lane "${id}" is ${text === undefined ? 'missing' : `"${text}"`}`;
  throw document.problem(lane, found, 'expected metres as a decimal number from 0');
}
