import type { SimulatedLine } from '../../journal/events.ts';
import type { ProcessFacts } from '../costs/processes.ts';
import { type AccuracyRow, AccuracyTally, accuracyFacts } from './accuracy.ts';
import { type FailoverFacts, FailoverTally } from './failovers.ts';
import { type Latency, LatencyTally } from './latency.ts';
import { MemoryTally } from './memory.ts';
import { costsOfNodes } from './node-costs.ts';
import { type NodeFacts, newNodeFacts } from './node-facts.ts';
import { type LinkFacts, TransferTally } from './transfers.ts';

/** Facts about a tree of models from a journal. */
export interface TreeRecord {
  /** By level, from the root. */
  nodes: NodeFacts[];
  links: LinkFacts[];
  latency: Latency;
  accuracy: AccuracyRow[];
  failovers: readonly FailoverFacts[];
}

type Power = NonNullable<(SimulatedLine & { type: 'run-started' })['power']>;

/** Follows the nodes and links of a tree of models. */
export class TreeTally {
  readonly #nodes = new Map<string, NodeFacts>();
  readonly #latency = new LatencyTally();
  readonly #accuracy = new AccuracyTally();
  readonly #transfers = new TransferTally();
  readonly #memory = new MemoryTally();
  readonly #failovers = new FailoverTally();
  /** By server: when it closed the aggregation that it computes now. */
  readonly #closedUs = new Map<string, number>();
  readonly #levelOf = (node: string) => this.#nodes.get(node)?.level ?? 0;
  #power: Power | null = null;
  #isTree = false;

  add(line: SimulatedLine): void {
    // Of rounds: most lines of their journals, and nothing here is about them.
    if (line.type === 'gradient-started' || line.type === 'gradient-ended') return;
    this.#latency.add(line);
    this.#accuracy.add(line);
    this.#transfers.add(line, this.#levelOf);
    this.#memory.add(line);
    this.#failovers.add(line);
    switch (line.type) {
      case 'run-started':
        this.#power = line.power ?? null;
        for (const { id, parent, layer } of line.servers) {
          const level = parent === null ? 0 : this.#levelOf(parent) + 1;
          this.#nodes.set(id, newNodeFacts({ id, parent, layer, level }));
        }
        break;
      case 'associate': {
        if (line.server === null) break;
        const level = this.#levelOf(line.server) + 1;
        Object.assign(this.#worker(line.worker), { parent: line.server, level });
        break;
      }
      case 'window-trained': {
        const worker = this.#worker(line.worker);
        worker.trained += 1;
        worker.busyS += line.busyUs / 1e6;
        this.#isTree = true;
        break;
      }
      case 'window-closed':
        this.#worker(line.worker).items += line.items;
        break;
      case 'window-dropped':
        this.#worker(line.worker).windowsDropped += 1;
        break;
      case 'aggregated':
        this.#closedUs.set(line.server, line.timeUs);
        break;
      case 'updated':
        this.#merged(line.server, line.timeUs);
        break;
      default:
        this.#addUpdate(line);
    }
    this.#addSending(line);
  }

  #addUpdate(line: SimulatedLine): void {
    if (line.type === 'update-held-back') this.#worker(line.node).heldBack += 1;
    else if (line.type === 'update-sent') {
      this.#worker(line.node).sent += 1;
      // A relay has no model that is updated: it sends what it has merged.
      this.#merged(line.node, line.timeUs);
    } else if (line.type === 'change-ended') {
      const { unsent } = this.#worker(line.node);
      unsent[line.outcome] += line.changes.length;
    } else if (line.type === 'update-ended') {
      const node = this.#worker(line.node);
      if (line.outcome === 'aggregated') node.merged += 1;
      else if (line.outcome === 'dropped') node.dropped += 1;
      else if (line.outcome === 'lost') node.lost += 1;
      else node.inFlight += 1;
    }
  }

  #merged(id: string, timeUs: number): void {
    const closedUs = this.#closedUs.get(id);
    if (closedUs === undefined) return;
    const server = this.#worker(id);
    server.trained += 1;
    server.busyS += (timeUs - closedUs) / 1e6;
    this.#closedUs.delete(id);
  }

  /** Time on the link at its bandwidth, where energy is asked for. */
  #addSending(line: SimulatedLine): void {
    if (this.#power === null || (line.type !== 'update-sent' && line.type !== 'model-sent')) return;
    const lower = line.type === 'update-sent' ? line.node : line.to;
    const node = this.#worker(line.node);
    const { bandwidthMbps, downMbps = bandwidthMbps } = this.#power;
    const rates = line.type === 'model-sent' ? downMbps : bandwidthMbps;
    node.sendingS += (line.bytes * 8) / ((rates[lower] ?? rates.worker!) * 1e6);
  }

  /** A node that is no server of the tree is a worker. */
  #worker(id: string): NodeFacts {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const worker = newNodeFacts({ id, parent: null, layer: 'worker', level: 1 });
    this.#nodes.set(id, worker);
    return worker;
  }

  /** Null for a run that is not of a tree of models. `processes`: of a live run, which have ended. */
  record(processes: readonly ProcessFacts[] = []): TreeRecord | null {
    if (!this.#isTree) return null;
    const accuracy = this.#accuracy.rows();
    const facts = accuracyFacts(accuracy);
    const latency = this.#latency.latency();
    const memoryOf = this.#memory.bytesOf([...this.#nodes.values()]);
    const nodes = [...this.#nodes.values()].map(
      (node): NodeFacts => ({
        ...node,
        // A sum of microseconds has no more digits than that.
        busyS: Math.round(node.busyS * 1e6) / 1e6,
        energyJ: this.#energyJ(node),
        memoryBytes: memoryOf(node.id),
        failovers: this.#failovers.failovers.filter(({ server }) => server === node.id).length,
        itemBytes: this.#memory.bytesOfItems(node.items),
        accuracy: facts.get(node.id) ?? null,
        latency: latency.byWorker.get(node.id) ?? null,
      }),
    );
    const links = this.#transfers.links();
    const costsOf = costsOfNodes(links, processes);
    for (const node of nodes) node.costs = costsOf(node);
    nodes.sort((one, other) => one.level - other.level);
    const { failovers } = this.#failovers;
    return { nodes, links, latency, accuracy, failovers };
  }

  /** Of all nodes of layers with `power` so far; null without such a layer. */
  get energyJ(): number | null {
    if (this.#power === null || Object.keys(this.#power.layers).length === 0) return null;
    let sum = 0;
    for (const node of this.#nodes.values()) sum += this.#energyJ(node) ?? 0;
    return sum;
  }

  #energyJ({ layer, busyS, sendingS }: NodeFacts): number | null {
    const power = this.#power?.layers[layer];
    return power === undefined ? null : power.computeW * busyS + power.transmitW * sendingS;
  }
}
