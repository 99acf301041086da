/** This environment with the certificates that the user has for connections to a registry of packages. */
export function registryEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_EXTRA_CA_CERTS: process.env.REGISTRY_CA_CERTS };
}
