import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { allGone, LiveRunUnderTest, summaryOf } from './live-run.ts';
import { edgemlsim } from './program.ts';

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
    await run.expectRightBooks();
    await allGone(processes);
    expect(await edgemlsim('report', run.runDir)).toMatchObject({ code: 0, stderr: '' });
  });

  it('stands still when it is told to pause, and ends when it is told to stop', async () => {
    const run = new LiveRunUnderTest(['training.epochs=1000']);
    const { processes } = await run.underWay();
    const paused = await run.tell('pause');
    expect(paused?.state).toBe('paused');
    const { simTimeS } = paused!;
    const journal = () => readFileSync(join(run.runDir, 'journal.jsonl'), 'utf8');
    const before = journal();
    await wait(300);
    expect(await run.tell('status')).toMatchObject({ state: 'paused', simTimeS });
    expect(journal()).toBe(before);
    expect((await run.tell('resume'))?.state).toBe('running');
    await run.tell('stop');
    const outcome = await run.child.outcome;
    expect(summaryOf(outcome)).toMatchObject({ status: 'stopped', ended: 'stopped' });
    await run.expectRightBooks();
    await allGone(processes);
  });
});
