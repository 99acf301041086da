import type { RadioModel, RadioPath } from '../../rules/contract/radio-model.ts';
import { openStream } from '../../simulation/random.ts';
import type { RadioBudget, Site } from '../site.ts';
import { type BySquare, keptOrMade, ofSquare } from './by-square.ts';
import { distancesInRange, type LossTable, lossTable } from './distances-in-range.ts';
import { MOST_DEVIATIONS, Shadowing, type ShadowingSettings } from './shadowing.ts';

interface PropagationSettings {
  model: { rule: RadioModel; options: unknown };
  frequencyGHz: number;
  shadowing: ShadowingSettings | null;
  seed: number;
}

type LinkedSite = Site & { link: RadioBudget };

/** How much power is lost between sites and places, by a radio model and shadowing. */
export class Propagation {
  /** Of squares of the map within which the loss depends on the distance alone; none: everywhere. */
  readonly edgesM: readonly number[];
  readonly #settings: PropagationSettings;
  readonly #shadowing: Shadowing | null;
  readonly #placeM: number;
  readonly #drawn: BySquare<unknown> = new Map();
  /** Options that are drawn, each once. */
  readonly #different = new Map<string, unknown>();
  readonly #tables = new Map<string, LossTable>();
  readonly #ranges = new Map<RadioBudget, Map<unknown, Map<number, readonly number[]>>>();

  constructor(settings: PropagationSettings) {
    this.#settings = settings;
    const { model, shadowing, seed } = settings;
    this.#shadowing = shadowing && new Shadowing(shadowing, seed);
    this.#placeM = model.rule.places?.edgeM(model.options) ?? Number.POSITIVE_INFINITY;
    const edges = [this.#placeM, this.#shadowing?.edgeM ?? Number.POSITIVE_INFINITY];
    this.edgesM = edges.filter(Number.isFinite);
  }

  /** Path loss in dB to a place that many metres from the site. */
  lossDb(site: LinkedSite, x: number, y: number): number {
    const { options, shadowDb } = this.#at(site, x, y);
    return shadowDb + this.#lossDb(site.link, options, Math.sqrt(x * x + y * y));
  }

  /** The rings of distances in range (inner, outer, ...) that hold where that place is. */
  ranges(site: LinkedSite, x: number, y: number): readonly number[] {
    const { options, shadowDb } = this.#at(site, x, y);
    return this.#rangesOf(site.link, options, shadowDb);
  }

  /** No place further away is in range. */
  reachM(link: RadioBudget): number {
    const { model, shadowing } = this.#settings;
    const best = Number.isFinite(this.#placeM)
      ? model.rule.places!.draw(this.#path(link, 1), 0, model.options)
      : model.options;
    const options = keptOrMade(this.#different, JSON.stringify(best), () => best);
    const mostDb = shadowing === null ? 0 : MOST_DEVIATIONS * shadowing.deviationDb;
    return this.#rangesOf(link, options, -mostDb).at(-1) ?? 0;
  }

  /** Properties of the square of a place: the model's options, and the loss by shadowing. */
  #at(site: LinkedSite, x: number, y: number): { options: unknown; shadowDb: number } {
    const edgeM = this.#shadowing?.edgeM ?? 1;
    const column = Math.floor((site.xM + x) / edgeM);
    const row = Math.floor((site.yM + y) / edgeM);
    return {
      options: this.#optionsAt(site, x, y),
      shadowDb: this.#shadowing?.lossDb(site.server, column, row) ?? 0,
    };
  }

  #optionsAt(site: LinkedSite, x: number, y: number): unknown {
    const { model, seed } = this.#settings;
    const edgeM = this.#placeM;
    if (!Number.isFinite(edgeM)) return model.options;
    const [column, row] = [Math.floor((site.xM + x) / edgeM), Math.floor((site.yM + y) / edgeM)];
    return ofSquare(this.#drawn, site.server, column, row, () => {
      const [dx, dy] = [(column + 0.5) * edgeM - site.xM, (row + 0.5) * edgeM - site.yM];
      const path = this.#path(site.link, Math.sqrt(dx * dx + dy * dy));
      const uniform = openStream(seed, `places/${site.server}/${column}/${row}`).float();
      const drawn = model.rule.places!.draw(path, uniform, model.options);
      return keptOrMade(this.#different, JSON.stringify(drawn), () => drawn);
    });
  }

  #rangesOf(link: RadioBudget, options: unknown, shadowDb: number): readonly number[] {
    const known = this.#ranges.get(link)?.get(options)?.get(shadowDb);
    if (known !== undefined) return known;
    const byOptions = keptOrMade(this.#ranges, link, () => new Map());
    const byShadow = keptOrMade(byOptions, options, () => new Map<number, readonly number[]>());
    return keptOrMade(byShadow, shadowDb, () => {
      const lossDb = (distanceM: number) => this.#lossDb(link, options, distanceM);
      const name = this.#settings.model.rule.name;
      const ends = `${link.serverHeightM}/${link.workerHeightM}/${JSON.stringify(options)}`;
      const table = keptOrMade(this.#tables, ends, () => lossTable(lossDb, name));
      return distancesInRange(lossDb, table, link.maximumLossDb - shadowDb);
    });
  }

  #lossDb(link: RadioBudget, options: unknown, distanceM: number): number {
    return this.#settings.model.rule.lossDb(this.#path(link, distanceM), options);
  }

  #path({ serverHeightM, workerHeightM }: RadioBudget, distanceM: number): RadioPath {
    const { frequencyGHz } = this.#settings;
    return { distanceM: Math.max(1, distanceM), frequencyGHz, serverHeightM, workerHeightM };
  }
}
