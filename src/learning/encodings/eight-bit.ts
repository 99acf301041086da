import { type Encoding, WORD_BYTES } from './encoding.ts';

const LEVELS = 255;

/**
 * Every element as one of 256 equally distant numbers from the least to the largest:
 *   scale = (max - min) / 255,   q = floor((x - min) / scale + 1/2),   decoded = min + q scale.
 * min and scale travel as float32: d + 8 bytes. Each decoded element is within scale / 2 of x, up to
 * rounding. No error feedback: what rounding leaves out is given up.
 * Source: Jacob et al., Quantization and Training of Neural Networks, CVPR 2018, equation 1, for the code;
 * Konecny et al., Federated Learning: Strategies for Improving Communication Efficiency, 2016, for updates
 * sent so without error feedback, there rounded at random and here to the nearest.
 */
export function eightBit(): Encoding {
  return {
    isSparse: false,
    count: (dimension) => dimension,
    encode: ({ change }, out) => {
      let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      // Math.min and Math.max keep an element that is not a number.
      for (const element of change) [min, max] = [Math.min(min, element), Math.max(max, element)];
      const scale = Math.fround((max - min) / LEVELS);
      for (const [index, element] of change.entries()) {
        const code = scale === 0 ? 0 : Math.floor((element - min) / scale + 0.5);
        out[index] = min + Math.min(LEVELS, code) * scale;
      }
      return change.length;
    },
    bytes: (_, dimension) => dimension + 2 * WORD_BYTES,
  };
}
