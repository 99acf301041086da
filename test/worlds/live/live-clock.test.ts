import { describe, expect, it } from 'vitest';
import { WallSync } from '#src/worlds/live/process/wall-sync.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';

describe('the live clock', () => {
  it('goes as fast as it is set to, and not at all while held', () => {
    let wallUs = 1000;
    const clock = new LiveClock(() => wallUs, 60);
    expect(clock.nowUs).toBe(0);
    clock.run();
    wallUs += 10;
    expect(clock.nowUs).toBe(600);
    clock.hold();
    wallUs += 5000;
    expect(clock.nowUs).toBe(600);
    clock.run();
    wallUs += 1;
    expect(clock.nowUs).toBe(660);
  });

  it('never goes back when it follows another that is behind', () => {
    let wallUs = 0;
    const clock = new LiveClock(() => wallUs, 10);
    clock.set({ isRunning: true, simUs: 0, wallUs: 0 });
    wallUs = 100;
    expect(clock.nowUs).toBe(1000);
    clock.set({ isRunning: false, simUs: 950, wallUs: 95 });
    expect(clock.nowUs).toBe(1000);
    clock.set({ isRunning: true, simUs: 950, wallUs: 200 });
    wallUs = 203;
    expect(clock.nowUs).toBe(1000);
    wallUs = 210;
    expect(clock.nowUs).toBe(1050);
  });

  it('while held follows one that was not held yet, as far as it would have come itself', () => {
    let wallUs = 0;
    const clock = new LiveClock(() => wallUs, 10);
    clock.run();
    wallUs = 100;
    clock.hold();
    wallUs = 110;
    clock.advanceHeld(1070);
    expect(clock.nowUs).toBe(1070);
    clock.advanceHeld(1020);
    expect(clock.nowUs).toBe(1070);
    clock.advanceHeld(9999);
    expect(clock.nowUs).toBe(1100);
    wallUs = 200;
    clock.run();
    expect(clock.reading).toEqual({ isRunning: true, simUs: 1100, wallUs: 200 });
  });

  it('lets those go on who wait for it, once it runs', async () => {
    const clock = new LiveClock(() => 0, 1);
    let isOver = false;
    const waiting = clock.running().then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    clock.run();
    await waiting;
    expect(isOver).toBe(true);
  });
});

describe('two processes', () => {
  it('agree on the wall time by the quickest answer, which is never ahead', () => {
    let wallUs = 0;
    const sync = new WallSync(() => wallUs);
    // The coordinator's clock is 5000 ahead; its answers are on their way for 850, 50 and 300.
    wallUs = 900;
    sync.answered(5050);
    expect(sync.coordinatorWallUs()).toBe(5050);
    wallUs = 2100;
    sync.answered(7050);
    wallUs = 3300;
    sync.answered(8000);
    expect(sync.coordinatorWallUs()).toBe(8250);
  });
});
