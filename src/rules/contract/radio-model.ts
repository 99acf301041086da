import type { z } from 'zod';

/** A way of a radio wave between a server and a worker. */
export interface RadioPath {
  /** Along the ground, at least 1 m: all models here are for the far field. */
  readonly distanceM: number;
  readonly frequencyGHz: number;
  readonly serverHeightM: number;
  readonly workerHeightM: number;
}

/** How much of a wave's power is lost on its way. Pure functions with a name. */
export interface RadioModel<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for models without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * Path loss in dB, finite, continuous in the distance. It need not rise with it: the distances in
   * range are searched in steps of a metre, and each end of them is bisected.
   * `exp`, `log`, `log10` and `pow` of `edgemlsim/rules/toolbox` give the same bits on every machine.
   */
  lossDb(path: RadioPath, options: Options): number;
  /**
   * Where the loss depends on the place as well. The map is cut into squares, and a run draws once for
   * each square and server.
   */
  readonly places?: {
    /** Edge of the squares in metres. */
    edgeM(options: Options): number;
    /**
     * The options that hold in a square. `path`: to its centre. `uniform`: uniform in [0, 1); 0 gives
     * the least loss at every distance.
     */
    draw(path: RadioPath, uniform: number, options: Options): Options;
  };
}

/** The definition of a radio model, for the default export of its file; here for its types. */
export function defineRadioModel<Options = Record<string, never>>(
  model: RadioModel<Options>,
): RadioModel<Options> {
  return model;
}
