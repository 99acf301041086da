import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { type ControlCommand, RunControl } from '#src/run/run-control.js';

it('a run answers nothing but a command with its token, whatever comes, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-control-'));
  const commands: ControlCommand[] = [];
  const record = (command: ControlCommand) => () => {
    commands.push(command);
    return { command };
  };
  const control = await RunControl.open(folder, {
    pause: record('pause'),
    continue: record('continue'),
    status: record('status'),
    stop: record('stop'),
    step: record('step'),
  });
  onTestFinished(() => {
    control.close();
    rmSync(folder, { recursive: true });
  });
  const door = JSON.parse(readFileSync(join(folder, 'control.json'), 'utf8'));
  const ask = async (request: string) => {
    const socket = connect(door.port, '127.0.0.1');
    const reply = text(socket).catch(() => '');
    socket.end(`${request}\n`);
    return (await reply).trim();
  };
  const { token } = door;
  const bad = [
    ...['', 'null', '[]', '{', '{}', '1e999', JSON.stringify(token)],
    JSON.stringify({ token }),
    JSON.stringify({ command: 'stop' }),
    JSON.stringify({ token: null, command: 'stop' }),
    JSON.stringify({ token: 'x'.repeat(32), command: 'stop' }),
    JSON.stringify({ token: '0'.repeat(32), command: 'stop' }),
    JSON.stringify({ token: 'é'.repeat(32), command: 'stop' }),
    JSON.stringify({ token, command: 'constructor' }),
    JSON.stringify({ token, command: ['stop'] }),
    JSON.stringify({ token, command: 'stop', more: 1 }),
    'x'.repeat(100_000),
  ];
  for (const request of bad) expect(await ask(request), request.slice(0, 80)).toBe('');
  expect(commands).toEqual([]);
  expect(await ask(JSON.stringify({ token, command: 'status' }))).toBe('{"command":"status"}');
  expect(commands).toEqual(['status']);
});
