import { describe, expect, it } from 'vitest';
import { assignProcesses } from '#src/worlds/live/protocol/assign-processes.js';
import { type ProcessSlot, placeNodes } from '#src/worlds/live/protocol/placement.js';

const roles: ProcessSlot['role'][] = ['cloud', 'server', 'server', 'workers', 'workers', 'workers'];
const slots = roles.map((role, index): ProcessSlot => ({ index, role, nodes: [] }));

describe('sharing processes out', () => {
  it('gives each machine processes by its cores', () => {
    const machines = [
      { name: 'small', cores: 1 },
      { name: 'large', cores: 2 },
    ];
    const shares = assignProcesses(slots, machines, {});
    expect(shares?.map((share) => share.length)).toEqual([2, 4]);
    expect(shares?.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives no machine more processes than cores while others have free ones', () => {
    const machines = [4, 1, 1].map((cores, index) => ({ name: `m${index}`, cores }));
    const shares = assignProcesses(slots, machines, {});
    expect(shares?.map((share) => share.length)).toEqual([4, 1, 1]);
  });

  it('puts roles where they may run, and the others around them', () => {
    const machines = ['a', 'b', 'c'].map((name) => ({ name, cores: 2 }));
    const shares = assignProcesses(slots, machines, { workers: ['b', 'c'], cloud: ['b'] });
    // The cloud and a share of workers fill b; c takes the other two; the servers go to a.
    expect(shares).toEqual([
      [1, 2],
      [0, 4],
      [3, 5],
    ]);
  });

  it('leaves machines idle that are not needed', () => {
    const machines = ['a', 'b'].map((name) => ({ name, cores: 1 }));
    expect(assignProcesses(slots.slice(0, 1), machines, {})).toEqual([[0], []]);
  });

  it('says so when a role may run nowhere', () => {
    expect(assignProcesses(slots, [{ name: 'a', cores: 9 }], { server: ['b'] })).toBeNull();
  });

  it('has one process each for the cloud and every server, and the worker hosts asked for', () => {
    const link = { id: 'x', parent: 'cloud' };
    const servers = [{ ...link, id: 'cloud', parent: null }, link] as never;
    const own = placeNodes({ servers, workers: ['w1', 'w2', 'w3'] }, 2);
    expect(own.map(({ role, nodes }) => [role, nodes])).toEqual([
      ['cloud', ['cloud']],
      ['server', ['x']],
      ['workers', ['w1', 'w3']],
      ['workers', ['w2']],
    ]);
  });
});
