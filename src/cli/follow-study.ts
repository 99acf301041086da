/** Set in processes that a study starts: their commands come one by one, over the channel. */
export const FOLLOWS_STUDY = 'EDGEMLSIM_FOLLOWS_STUDY';

/**
 * Performs what the study asks for, one command after the other, so that what one has loaded serves
 * the next. Ends at the first that fails, or when the study is done with it or gone.
 */
export async function followStudy(perform: (args: string[]) => Promise<void>): Promise<void> {
  for (;;) {
    const args = await nextCommand();
    if (args === null) return;
    await perform(args);
    if (process.exitCode) {
      // The open channel would keep this process, and the study would wait for it.
      if (process.connected) process.disconnect();
      return;
    }
    process.send?.('done');
  }
}

/** Null when there will be none. */
function nextCommand(): Promise<string[] | null> {
  return new Promise((resolve) => {
    if (!process.connected) {
      resolve(null);
      return;
    }
    // A run lets go of the channel.
    process.channel?.ref();
    const asked = (args: unknown) => settle(args as string[]);
    const gone = () => settle(null);
    const settle = (args: string[] | null) => {
      process.off('message', asked).off('disconnect', gone);
      resolve(args);
    };
    process.on('message', asked).on('disconnect', gone);
  });
}
