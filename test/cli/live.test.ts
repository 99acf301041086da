import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readRunRecord } from '#src/report/run/run-record.js';
import { allGone, LiveRunUnderTest, summaryOf } from './live-run.ts';
import { edgemlsim, folderWithConfig } from './program.ts';

describe('a live run', () => {
  it.each(['tcp', 'websocket'])('goes from processes to a report, over %s', async (transport) => {
    const run = new LiveRunUnderTest([`live.transport=${transport}`]);
    const { processes } = await run.underWay();
    const roles = processes.map(({ role }) => role);
    expect(roles).toEqual(['cloud', 'server', 'server', 'workers', 'workers']);
    const outcome = await run.child.outcome;
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(summaryOf(outcome)).toMatchObject({ status: 'done', ended: 'epochs' });
    expect(summaryOf(outcome).accuracy.final).toBeGreaterThan(0.9);
    await run.expectConservation();
    await allGone(processes);
    expect(await edgemlsim('report', run.runDir)).toMatchObject({ code: 0, stderr: '' });
  });

  it('stands still when it is asked to pause, and ends when it is asked to stop', async () => {
    const run = new LiveRunUnderTest(['training.epochs=1000']);
    const { processes } = await run.underWay();
    const paused = await run.control('pause');
    expect(paused?.state).toBe('paused');
    const { simTimeS } = paused!;
    const journal = () => readFileSync(join(run.runDir, 'journal.jsonl'), 'utf8');
    const before = journal();
    await wait(300);
    expect(await run.control('status')).toMatchObject({ state: 'paused', simTimeS });
    expect(journal()).toBe(before);
    const step = await edgemlsim('ctl', run.runDir, 'step', '--until', 'round');
    expect(JSON.parse(step.stdout)).toMatchObject({ state: 'paused' });
    const stepped = journal().slice(before.length);
    expect(stepped).toContain('"type":"round-ended"');
    expect(stepped.match(/"type":"(continued|paused)"/g)).toEqual([
      '"type":"continued"',
      '"type":"paused"',
    ]);
    expect((await run.control('continue'))?.state).toBe('running');
    // It did go on before, and does now.
    await expect.poll(() => journal().length).toBeGreaterThan(before.length);
    await run.control('stop');
    const outcome = await run.child.outcome;
    expect(summaryOf(outcome)).toMatchObject({ status: 'stopped', ended: 'stopped' });
    await run.expectConservation();
    await allGone(processes);
  });
});

describe('a live run until a mark', () => {
  it('stops there with a checkpoint, and goes on when it is resumed', async () => {
    const { folder, config } = folderWithConfig('live: { speed: 20 }');
    const runDir = join(folder, 'run');
    const changes = ['world=live', 'training.learningRate=0.02'];
    const args = ['run', config, ...changes, '--out', runDir, '--json', '--until', 'round:2'];
    const stopped = await edgemlsim(...args);
    expect(summaryOf(stopped).status).toBe('stopped');
    expect(summaryOf(stopped).rounds).toBeGreaterThanOrEqual(2);
    const journal = join(runDir, 'journal.jsonl');
    const before = readFileSync(journal, 'utf8');
    expect(before).toContain('"type":"stopped","reason":"until"');
    writeFileSync(journal, before.replace('"seed":1', '"seed":2'));
    const refused = await edgemlsim('resume', runDir);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(
      'the journal was changed: its SHA-256 differs between bytes 0',
    );
    writeFileSync(journal, before);
    const done = await edgemlsim('resume', runDir, '--json');
    // No crash is configured, and going on with other processes is none.
    expect(summaryOf(done)).toMatchObject({ status: 'done', ended: 'epochs', crashes: 0 });
    expect((await readRunRecord(journal)).violations).toEqual([]);
    const whole = readFileSync(journal, 'utf8');
    // Events of the processes stay in the journal, whatever is begun again.
    const hosts = (text: string) => text.split('\n').filter((line) => line.startsWith('{"host"'));
    expect(hosts(whole).slice(0, hosts(before).length)).toEqual(hosts(before));
    const again = await edgemlsim('resume', runDir, '--json');
    expect(again.stderr).toContain(`${runDir}: the run has come to its end`);
    expect(summaryOf(again)).toEqual(summaryOf(done));
    expect(readFileSync(journal, 'utf8')).toBe(whole);
  });
});
