// Performs the commands that warm-program.ts sends it, one by one, as main.js performs its own.
import { perform } from '#src/cli/perform.js';

const [, , main, end] = process.argv;
const home = process.cwd();
const send = process.send.bind(process);
// Loaded code may look whether it is in a process that was started by another one.
process.send = undefined;

process.on('message', async ({ args, cwd, env }) => {
  process.chdir(cwd);
  // Variables that a test has set since this process was started, and none that it has taken away.
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = undefined;
  process.argv = [process.execPath, main, ...args];
  await perform(args);
  const code = process.exitCode ?? 0;
  // A test may look who is still at work in its folder, or remove it.
  process.chdir(home);
  // Behind all that it has printed, which a pipe takes at once.
  process.stdout.write(end);
  process.stderr.write(end);
  send({ code });
  // A run lets go of the channel, which keeps this process.
  process.channel.ref();
});
process.on('disconnect', () => process.exit());
