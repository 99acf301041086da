import type { Config } from '../config/config-schema.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** One way to start the processes of a run: a subcommand of `edgemlsim deploy`. */
export interface Launcher<Own extends object = object> {
  readonly name: string;
  readonly description: string;
  /** The options that only this launcher has. */
  readonly options: readonly LauncherOption[];
  /** Writes files for another program, instead of agents that this process simulates for. */
  readonly writesFiles?: boolean;
  /** Throws InputError where it cannot start anything here. */
  plan(request: LaunchRequest<Own>): Promise<Launch>;
}

/** An option of the command line. */
export interface LauncherOption {
  /** As commander reads them: `--agents <n>`. */
  flags: string;
  description: string;
  /** A whole number of at least this; any text where it is missing. */
  least?: number;
  default?: number | string;
  isRequired?: boolean;
}

/** Options that launchers of agents share. */
export interface SharedOptions {
  out?: string;
  seed?: number;
  json?: boolean;
  dryRun?: boolean;
  listen?: { host?: string; port?: number };
  tokenFile?: string;
  tls?: string;
  insecure?: boolean;
  /** Seconds that the agents may take to come. */
  wait: number;
  threads?: number;
}

/** Options of launchers that write files for containers. */
export interface ContainerOptions {
  image: string;
  /** Limit of a container, in MiB. */
  memory: number;
  /** Limit of a container. */
  cpus: number;
}

/** One command line of `edgemlsim deploy`. */
export interface LaunchRequest<Own extends object = object> {
  configFile: string;
  overrides: readonly string[];
  config: Config;
  options: Own & SharedOptions;
  /** The command `edgemlsim` on this machine. */
  program: Command;
  /** Ends the command with a message about its options. */
  refuseUsage(message: string): never;
}

/** Result of a command line. */
export type Launch =
  /** This process simulates for the agents. */
  | { agents: AgentLaunch }
  /** This process is an agent of the coordinator that leaves its address in the folder. */
  | { agentOf: string }
  /** A text, which a dry run prints, and files that are written otherwise. */
  | { text: string; write: () => Promise<string> };

/** Agents that are to be started. */
export interface AgentLaunch {
  readonly name: string;
  /** How many are started. */
  readonly agents: number;
  /** Where the coordinator listens without `--listen`. */
  readonly listenHost: string;
  /**
   * How agents get the coordinator's address and the secret: on their standard input, or in files
   * on a disk that they share with the coordinator.
   */
  readonly meeting: 'stdin' | 'files';
  /** Commands that start them, given the options of `edgemlsim agent`. */
  commands(agentOptions: readonly string[]): Command[];
}
