import type { AgentLaunch, LaunchRequest } from '../deploy/launcher.ts';
import { planDeployment } from '../deploy/plan-deployment.ts';
import { driveRun } from './drive-run.ts';
import { freeRunDir } from './run.ts';
import { writtenOut } from './warn.ts';
import { withProgress } from './with-progress.ts';

/** Simulates for agents: starts them and sees the run through. A dry run only prints the plan. */
export async function driveDeployment(
  { config, options, program }: LaunchRequest,
  launch: AgentLaunch,
): Promise<void> {
  const { out, dryRun, listen = {}, tokenFile = null, tls = null, insecure, wait } = options;
  const runDir = out ?? freeRunDir(config.name, config.seed);
  const plan = await planDeployment({
    launch,
    transport: config[config.world === 'live' ? 'live' : 'pool'].transport,
    runDir,
    listen,
    tokenFile,
    tlsFolder: tls,
    insecure: insecure ?? false,
    waitS: wait,
    // With names that agents give themselves.
    onLine: (line) => console.error(writtenOut(line)),
  });
  if (plan.warning !== null) console.error(plan.warning);
  if (dryRun) {
    const { planText } = await import('../deploy/plan-text.ts');
    console.log(await planText(plan, config, runDir));
    return;
  }
  const { deployment } = plan;
  process.exitCode = await withProgress('reading the inputs', async (progress) => {
    const { startRun } = await import('../run/start-run.ts');
    const { threads = 1 } = options;
    const onStep = (doing: string) => progress.step(doing);
    const start = { runDir, deployment, threads, program, onStep };
    return driveRun(await startRun(config, start), runDir, options, progress);
  });
}
