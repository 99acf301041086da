/** The environment of a process of a run. */
export function processEnvironment(): NodeJS.ProcessEnv {
  // Each thread's own heap of C's would hold what that thread once had: 5 MB a process.
  return { MALLOC_ARENA_MAX: '1', ...process.env };
}

/**
 * Of the processes of a live run. `files`: the user's own, of which they may load any.
 *
 * Code among the files may connect to anywhere, and the commands of a deployment, which are the user's too.
 * Without either all connections are the run's, which bring their certificates.
 */
export function agentEnvironment(files: readonly string[], isDeployed: boolean): NodeJS.ProcessEnv {
  const isCode = (file: string) => /\.[cm]?[jt]s$/.test(file);
  if (isDeployed || files.some(isCode)) return processEnvironment();
  return withoutCertificates(processEnvironment());
}

/** For a process of Node.js that verifies none by those that users add: it would read them at its start, for 55 ms. */
export function withoutCertificates(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS, ...others } = environment;
  return others;
}
