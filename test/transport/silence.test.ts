import { expect, it } from 'vitest';
import { Silence } from '#src/transport/silence.js';

it('grows while a peer sends nothing, and begins again when it is heard', () => {
  let wallUs = 5e6;
  const silence = new Silence(() => wallUs);
  for (let look = 1; look <= 4; look += 1) {
    wallUs += 500_000;
    expect(silence.look()).toBe(look / 2);
  }
  silence.heard();
  wallUs += 500_000;
  expect(silence.look()).toBe(0.5);
});

it('counts a second at most of a time in which this process was stalled', () => {
  let wallUs = 0;
  const silence = new Silence(() => wallUs);
  wallUs += 60e6;
  expect(silence.look()).toBe(1);
});
