import type { SimulatedLine } from '../../journal/events.ts';
import { type Staleness, StalenessTally } from './staleness.ts';

/** How one server fared over a run. */
export interface ServerFacts {
  id: string;
  parent: string | null;
  layer: string;
  /** Aggregations that gave a result, and rounds that gave none. */
  aggregations: number;
  withoutResult: number;
  /** Aggregations closed by the deadline. */
  atDeadline: number;
  /** Vectors aggregated, and how many of them came from Byzantine senders. */
  vectors: number;
  byzantineVectors: number;
  nonFinite: number;
  /** Of the vectors that it aggregated; null when it did so never. */
  staleness: Staleness | null;
  /** Of its own results when its parent aggregated them; null when that never was. */
  resultStaleness: Staleness | null;
  /** Mean time from opening a round to closing it. */
  meanCollectS: number | null;
  /** Workers associated with it: mean over time. Null for a server that workers never joined. */
  meanInRange: number | null;
}

interface Account extends ServerFacts {
  stalenessTally: StalenessTally;
  resultStalenessTally: StalenessTally;
  openedUs: number | null;
  closings: number;
  collectUs: number;
  inRange: number;
  joined: boolean;
  /** Integral of `inRange` over time, up to `sinceUs`. */
  workerUs: number;
  sinceUs: number;
}

/** Follows every server of a run. */
export class ServerTally {
  readonly #accounts = new Map<string, Account>();
  #associated = 0;

  /** Workers associated with any server now. */
  get associated(): number {
    return this.#associated;
  }

  isRoot(server: string): boolean {
    return this.#accounts.get(server)?.parent === null;
  }

  add(line: SimulatedLine): void {
    switch (line.type) {
      case 'run-started':
        for (const server of line.servers) this.#accounts.set(server.id, newAccount(server));
        break;
      case 'associate':
        this.#move(line.previous, -1, line.timeUs);
        this.#move(line.server, 1, line.timeUs);
        break;
      case 'round-opened':
        this.#of(line.server).openedUs = line.timeUs;
        break;
      case 'aggregated': {
        const account = this.#of(line.server);
        account.vectors += line.vectors;
        account.byzantineVectors += line.byzantine;
        account.nonFinite += line.nonFinite ?? 0;
        account.stalenessTally.add(line.staleness, line.vectors);
        if (line.skipped) account.withoutResult += 1;
        else account.aggregations += 1;
        if (line.atDeadline) account.atDeadline += 1;
        close(account, line.timeUs);
        break;
      }
      case 'result-ended':
        if (line.staleness !== undefined) {
          this.#of(line.server).resultStalenessTally.addOne(line.staleness);
        }
        break;
      case 'no-result': {
        const account = this.#of(line.server);
        account.withoutResult += 1;
        close(account, line.timeUs);
        break;
      }
    }
  }

  facts(endUs: number): ServerFacts[] {
    return [...this.#accounts.values()].map((account) => {
      const {
        openedUs,
        closings,
        collectUs,
        inRange,
        joined,
        workerUs,
        sinceUs,
        stalenessTally,
        resultStalenessTally,
        ...facts
      } = account;
      const workersUs = workerUs + inRange * (endUs - sinceUs);
      return {
        ...facts,
        staleness: stalenessTally.staleness(),
        resultStaleness: resultStalenessTally.staleness(),
        meanCollectS: closings === 0 ? null : collectUs / closings / 1e6,
        meanInRange: !joined || endUs === 0 ? null : workersUs / endUs,
      };
    });
  }

  #move(server: string | null, change: 1 | -1, timeUs: number): void {
    if (server === null) return;
    const account = this.#of(server);
    account.workerUs += account.inRange * (timeUs - account.sinceUs);
    account.sinceUs = timeUs;
    account.inRange += change;
    account.joined = true;
    this.#associated += change;
  }

  #of(server: string): Account {
    let account = this.#accounts.get(server);
    if (!account) {
      account = newAccount({ id: server, parent: null, layer: '' });
      this.#accounts.set(server, account);
    }
    return account;
  }
}

function close(account: Account, timeUs: number): void {
  if (account.openedUs === null) return;
  account.closings += 1;
  account.collectUs += timeUs - account.openedUs;
  account.openedUs = null;
}

function newAccount(server: { id: string; parent: string | null; layer: string }): Account {
  return {
    ...server,
    aggregations: 0,
    withoutResult: 0,
    atDeadline: 0,
    vectors: 0,
    byzantineVectors: 0,
    nonFinite: 0,
    staleness: null,
    resultStaleness: null,
    stalenessTally: new StalenessTally(),
    resultStalenessTally: new StalenessTally(),
    meanCollectS: null,
    meanInRange: null,
    openedUs: null,
    closings: 0,
    collectUs: 0,
    inRange: 0,
    joined: false,
    workerUs: 0,
    sinceUs: 0,
  };
}
