import { eightBit } from './eight-bit.ts';
import type { Encoding, EncodingSpec } from './encoding.ts';
import { full } from './full.ts';
import { significant } from './significant.ts';
import { topK } from './top-k.ts';

export function createEncoding(spec: EncodingSpec): Encoding {
  switch (spec.name) {
    case 'full':
      return full();
    case 'significant':
      return significant(spec.threshold);
    case 'top-k':
      return topK(spec.count);
    case '8-bit':
      return eightBit();
  }
}
