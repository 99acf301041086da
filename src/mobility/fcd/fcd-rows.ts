import { isUtf8 } from 'node:buffer';
import { secondsToUs, type TimeUs } from '../../simulation/time.ts';
import { parseDecimal, parseSumoTime } from '../sumo-time.ts';
import { notIn, WRITE_UTF8 } from '../xml-encoding.ts';
import { EntityTable, type TableEntity } from './entity-table.ts';
import { FcdFault, WRITE_FCD } from './fcd-fault.ts';
import { type FcdSink, kindOfElement } from './fcd-sink.ts';

/** The greatest time that whole microseconds hold exactly. */
const LATEST_US = Number.MAX_SAFE_INTEGER;

/**
 * The rules of FCD for both readers: which element may occur where, and what a row must have.
 * Both readers hand their elements to it, so they cannot differ in what they accept.
 *
 * Throws FcdFault, with the offset that came with the element.
 */
export class FcdRows {
  readonly entities = new EntityTable();
  steps = 0;
  rows = 0;
  firstTimeUs: TimeUs = 0;
  lastTimeUs: TimeUs = 0;
  /** Where the first row stands, for what can be said about a trace only as a whole. */
  firstRowOffset = 0;
  private rowsInStep = 0;
  private stepOpen = false;
  private rootSeen = false;
  private readonly sink: FcdSink;

  constructor(sink: FcdSink) {
    this.sink = sink;
  }

  get inStep(): boolean {
    return this.stepOpen;
  }

  /** An element begins; `depth` is 0 for the root. Elements and attributes FCD has no use for pass. */
  elementStart(
    name: string,
    attributes: Readonly<Record<string, string>>,
    depth: number,
    offset: number,
  ): void {
    if (depth === 0) {
      this.root(name, offset);
      return;
    }
    const kind = kindOfElement(name);
    if (name === 'timestep') {
      this.step(timeOf(attributes.time, offset), offset);
    } else if (kind) {
      if (!this.stepOpen) {
        throw new FcdFault(offset, `<${name}> outside a <timestep>`, WRITE_FCD);
      }
      const id = attributes.id;
      if (!id) {
        throw new FcdFault(offset, `<${name}> without an id`, 'give every entity an id');
      }
      const entity = this.entities.findText(kind, id);
      if (entity.type === '') entity.type = attributes.type ?? '';
      const { x, y, pos } = attributes;
      const lane = attributes.lane || attributes.edge;
      if (x === undefined && y === undefined && lane && pos !== undefined) {
        this.count(entity, offset);
        this.sink.onLane?.(entity, lane, coordinateOf('pos', pos, name, id, offset));
        return;
      }
      const xM = coordinateOf('x', x, name, id, offset);
      this.row(entity, xM, coordinateOf('y', y, name, id, offset), offset);
    }
  }

  elementEnd(name: string): void {
    if (name === 'timestep') this.stepOpen = false;
  }

  step(timeUs: TimeUs, offset: number): void {
    if (this.stepOpen) {
      throw new FcdFault(offset, '<timestep> inside a <timestep>', 'close the one before it first');
    }
    if (!(Math.abs(timeUs) <= LATEST_US)) {
      throw new FcdFault(offset, `time ${timeUs / 1e6} s`, 'expected at most 285 years');
    }
    if (this.steps > 0 && timeUs <= this.lastTimeUs) {
      throw new FcdFault(
        offset,
        `time ${timeUs / 1e6} s after time ${this.lastTimeUs / 1e6} s`,
        'times must rise from timestep to timestep: were two traces joined?',
      );
    }
    if (this.steps === 0) this.firstTimeUs = timeUs;
    this.entities.forget(this.steps, this.rowsInStep);
    this.steps++;
    this.rowsInStep = 0;
    this.lastTimeUs = timeUs;
    this.stepOpen = true;
    this.sink.step(timeUs);
  }

  row(entity: TableEntity, xM: number, yM: number, offset: number): void {
    this.count(entity, offset);
    this.sink.row(entity, xM, yM);
  }

  private count(entity: TableEntity, offset: number): void {
    if (entity.lastStep === this.steps) {
      throw new FcdFault(
        offset,
        `${entity.kind} "${entity.id}" twice in the timestep ${this.lastTimeUs / 1e6} s`,
        'an entity has one position per timestep: were two traces merged?',
      );
    }
    // Two names could be one as text.
    if (entity.lastStep < 0 && !isUtf8(entity.bytes)) {
      const found = `the id of a ${entity.kind} has ${notIn('utf-8')}: "${entity.id}"`;
      throw new FcdFault(offset, found, WRITE_UTF8);
    }
    entity.lastStep = this.steps;
    this.entities.follow(entity);
    if (this.rows === 0) this.firstRowOffset = offset;
    this.rows++;
    this.rowsInStep++;
  }

  /** The document is over and well-formed. */
  finish(): void {
    const advice = 'check the begin and end of the simulation, its demand, and the filters on FCD';
    if (this.steps === 0) throw new FcdFault(0, 'an empty trace: it has no <timestep>', advice);
    if (this.rows === 0) {
      const found = `an empty trace: no vehicle, person or container in ${this.steps} timesteps`;
      throw new FcdFault(0, found, advice);
    }
  }

  private root(name: string, offset: number): void {
    if (this.rootSeen) {
      throw new FcdFault(offset, `a second root element <${name}>`, 'an XML file has one root');
    }
    if (name !== 'fcd-export') {
      const found = `the root element is <${name}>, so this is not an FCD trace`;
      throw new FcdFault(offset, found, 'expected <fcd-export>', WRITE_FCD);
    }
    this.rootSeen = true;
  }
}

function timeOf(text: string | undefined, offset: number): TimeUs {
  if (text === undefined) {
    throw new FcdFault(offset, '<timestep> without a time', 'expected time="SECONDS"');
  }
  const seconds = parseSumoTime(text);
  if (seconds === undefined) {
    const advice = 'expected seconds, H:MM:SS or D:H:MM:SS';
    throw new FcdFault(offset, `time "${text}" cannot be read`, advice);
  }
  return secondsToUs(seconds);
}

function coordinateOf(
  axis: 'x' | 'y' | 'pos',
  text: string | undefined,
  name: string,
  id: string,
  offset: number,
): number {
  if (text === undefined) {
    const advice =
      '--fcd-output.attributes must name x and y, or lane, edge and pos, or be left out';
    throw new FcdFault(offset, `<${name} id="${id}"> has no ${axis}`, advice);
  }
  const value = parseDecimal(text);
  if (value === undefined) {
    const found = `${axis} of <${name} id="${id}"> is "${text}", not a number`;
    throw new FcdFault(offset, found, 'expected metres as a decimal number');
  }
  return value;
}
