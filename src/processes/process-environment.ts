/** The environment of a process of a run. */
export function processEnvironment(): NodeJS.ProcessEnv {
  // Each thread's own heap of C's would hold what that thread once had: 5 MB a process.
  return { MALLOC_ARENA_MAX: '1', ...process.env };
}

/**
 * The same, of a process that `edgemlsim` itself starts here. `files`: the user's own, of which it may load any.
 *
 * Code among them may connect to anywhere. Without it all connections are the run's, which bring their certificates.
 */
export function ownProcessEnvironment(files: readonly string[]): NodeJS.ProcessEnv {
  const isCode = (file: string) => /\.[cm]?[jt]s$/.test(file);
  return files.some(isCode) ? processEnvironment() : withoutCertificates(processEnvironment());
}

/** Of the processes of a run; those of a deployment are started by commands of the user's, which may need all of it. */
export function agentEnvironment(files: readonly string[], isDeployed: boolean): NodeJS.ProcessEnv {
  return isDeployed ? processEnvironment() : ownProcessEnvironment(files);
}

/** For a process of Node.js that verifies none by those that users add: it would read them at its start, for 55 ms. */
export function withoutCertificates(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS, ...others } = environment;
  return others;
}
