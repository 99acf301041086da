import type { ChildCommand, ChildMessage } from '../study/command-pool.ts';

/** Set in processes that a study starts: their commands come one by one, over the channel. */
export const FOLLOWS_STUDY = 'EDGEMLSIM_FOLLOWS_STUDY';

/**
 * Performs what the study asks for, one command after the other, so that what one has loaded serves
 * the next. Ends at the first that fails, or when the study is done with it or gone.
 */
export async function followStudy(perform: (args: string[]) => Promise<void>): Promise<void> {
  const { keepDatasets } = await import('../learning/datasets/kept-datasets.ts');
  keepDatasets();
  for (;;) {
    const command = await nextCommand();
    if (command === null) return;
    const { args, recorded } = command;
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...recorded);
    await perform(args);
    if (process.exitCode) {
      // The open channel would keep this process, and the study would wait for it.
      if (process.connected) process.disconnect();
      return;
    }
    reportToStudy({ done: true });
  }
}

/** Does nothing in a process that follows no study, or whose study is gone. */
export function reportToStudy(message: ChildMessage): void {
  if (!process.env[FOLLOWS_STUDY] || !process.connected) return;
  // A study that was killed is noticed by the end of the channel.
  process.send?.(message, undefined, undefined, () => {});
}

/** Null when there will be none. */
function nextCommand(): Promise<ChildCommand | null> {
  return new Promise((resolve) => {
    if (!process.connected) {
      resolve(null);
      return;
    }
    // A run lets go of the channel.
    process.channel?.ref();
    const asked = (command: unknown) => settle(command as ChildCommand);
    const gone = () => settle(null);
    const settle = (command: ChildCommand | null) => {
      process.off('message', asked).off('disconnect', gone);
      resolve(command);
    };
    process.on('message', asked).on('disconnect', gone);
  });
}
