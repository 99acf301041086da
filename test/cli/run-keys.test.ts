import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { RunKeys } from '#src/cli/run-keys.js';

/** A terminal that remembers its mode. */
class FakeTerminal extends EventEmitter {
  readonly isTTY = true;
  isRaw = false;
  isRead = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  resume(): this {
    this.isRead = true;
    return this;
  }

  pause(): this {
    this.isRead = false;
    return this;
  }
}

function opened() {
  const terminal = new FakeTerminal();
  const seen: string[] = [];
  const keys = new RunKeys(
    terminal as never,
    { p: () => seen.push('p'), q: () => seen.push('q') },
    (signal) => seen.push(signal),
  );
  return { terminal, seen, keys };
}

it('calls what a key stands for, and nothing for other keys and for arrows', () => {
  const { terminal, seen, keys } = opened();
  for (const pressed of ['p', 'x', '\u001b[q', 'pq']) terminal.emit('data', Buffer.from(pressed));
  expect(seen).toEqual(['p', 'p', 'q']);
  keys.close();
});

it('sends the signals that the terminal would, and gives it back before one that stops or ends', () => {
  const { terminal, seen, keys } = opened();
  terminal.emit('data', '\u0003');
  expect([seen, terminal.isRaw]).toEqual([['SIGINT'], true]);
  terminal.emit('data', '\u001a');
  expect([seen.at(-1), terminal.isRaw, terminal.isRead]).toEqual(['SIGTSTP', false, false]);
  keys.close();
});

it('leaves the terminal as it was, and listens to nothing any more', () => {
  const before = process.listenerCount('exit') + process.listenerCount('SIGCONT');
  const { terminal, seen, keys } = opened();
  expect([terminal.isRaw, terminal.isRead]).toEqual([true, true]);
  keys.close();
  expect([terminal.isRaw, terminal.isRead]).toEqual([false, false]);
  terminal.emit('data', 'p');
  expect(seen).toEqual([]);
  expect(terminal.listenerCount('data')).toBe(0);
  expect(process.listenerCount('exit') + process.listenerCount('SIGCONT')).toBe(before);
});

it('does without keys where there is no terminal', () => {
  const none = { ...new FakeTerminal(), isTTY: false };
  expect(RunKeys.open(none as never, {})).toBeNull();
});
