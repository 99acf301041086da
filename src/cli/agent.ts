import { type Command, InvalidArgumentError, Option } from 'commander';
import { readWhole } from './arguments.ts';

interface Options {
  join: { host: string; port: number };
  transport: 'tcp' | 'websocket';
  listen: string;
  patience: number;
  withStdin?: boolean;
}

export function addAgent(program: Command): void {
  program
    .command('agent')
    .description('be one process of a live run: join its simulator and run the nodes it deals out')
    .requiredOption('--join <host:port>', 'where the simulator listens', readAddress)
    .addOption(
      new Option('--transport <name>', 'as in the config of the run')
        .choices(['tcp', 'websocket'])
        .default('tcp'),
    )
    .option('--listen <host>', 'address on which other processes reach this one', '127.0.0.1')
    .addOption(
      new Option('--patience <seconds>', 'end when the simulator says nothing for so long')
        .argParser(readWhole(1))
        .default(10),
    )
    .option('--with-stdin', 'end when stdin does: with whoever started it')
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim agent --join 127.0.0.1:7000`,
    )
    .action(async ({ join, transport, listen, patience, withStdin }: Options) => {
      if (withStdin === true) process.stdin.resume().on('end', () => process.exit());
      const { runAgent } = await import('../experiment/live-agent.ts');
      await runAgent({ join, transport, listenHost: listen, patienceS: patience });
    });
}

function readAddress(text: string): { host: string; port: number } {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new InvalidArgumentError('Expected HOST:PORT, for instance 127.0.0.1:7000.');
  }
  return { host, port: Number(port) };
}
