import { ENTITY_KINDS, type EntityKind, type FcdEntity } from './fcd-sink.ts';
import { QUOTE, startsWith } from './tag-bytes.ts';

/** An entity and the last step it was seen in. */
export interface TableEntity extends FcdEntity {
  lastStep: number;
  type: string;
  /** Its id in UTF-8. */
  readonly bytes: Uint8Array;
  /** Whether its id stands in a file as it is. */
  readonly isPlain: boolean;
  /** The entity of the row after its last one, if that is known. */
  following: TableEntity | undefined;
}

interface Slot {
  hash: number;
  entity: TableEntity;
  next: Slot | undefined;
}

const KEPT_AT_LEAST = 4096;
// A byte order mark within a file is part of the text.
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
/** Control characters, `"`, `&` and `<` stand otherwise in a file than in the id, if they may stand there at all. */
const ESCAPED = /[^ !#-%'-;=-\uffff]/;

/**
 * Entities by the bytes of their id, so that a row seen before costs no new string.
 * It forgets those of earlier steps when they are by far the most: its size follows the number
 * of entities on the map at once, not the length of the file.
 */
export class EntityTable {
  private slots: (Slot | undefined)[] = new Array(1024).fill(undefined);
  private size = 0;
  /** Of the last row. */
  private last: TableEntity | undefined;

  /** The entity whose id is bytes[start, end). */
  find(kind: EntityKind, bytes: Uint8Array, start: number, end: number): TableEntity {
    const hash = hashOf(kind, bytes, start, end);
    const length = end - start;
    let slot = this.slots[hash & (this.slots.length - 1)];
    for (; slot; slot = slot.next) {
      const { entity } = slot;
      if (slot.hash !== hash || entity.kind !== kind || entity.bytes.length !== length) continue;
      if (startsWith(bytes, start, end, entity.bytes)) return entity;
    }
    // A Buffer's own slice would be a view of the window, which is used again.
    const copy = Uint8Array.prototype.slice.call(bytes, start, end);
    const id = TEXT.decode(copy);
    const isPlain = !ESCAPED.test(id);
    const entity: TableEntity = {
      kind,
      id,
      type: '',
      lastStep: -1,
      bytes: copy,
      isPlain,
      following: undefined,
    };
    this.insert({ hash, entity, next: undefined });
    return entity;
  }

  /**
   * The entity that came after the last row's in the step before, if its id stands at `start`, up to a quote:
   * SUMO keeps the order of those on the map.
   */
  expected(
    kind: EntityKind,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): TableEntity | undefined {
    const entity = this.last?.following;
    if (entity === undefined || entity.kind !== kind) return undefined;
    const known = entity.bytes;
    if (!startsWith(bytes, start, end, known)) return undefined;
    return bytes[start + known.length] === QUOTE ? entity : undefined;
  }

  /** The same for an id that is already text. */
  findText(kind: EntityKind, id: string): TableEntity {
    const bytes = Buffer.from(id);
    return this.find(kind, bytes, 0, bytes.length);
  }

  /** Called at each row. */
  follow(entity: TableEntity): void {
    if (this.last !== undefined) this.last.following = entity.isPlain ? entity : undefined;
    this.last = entity;
  }

  /** Called between steps: `step` is the one just over, `count` how many entities it had. */
  forget(step: number, count: number): void {
    if (this.size <= KEPT_AT_LEAST || this.size <= 4 * count) return;
    const kept = this.slots;
    this.slots = new Array(1024).fill(undefined);
    this.size = 0;
    // An entity that is forgotten is not to be met again as the one that follows.
    this.last = undefined;
    for (let head of kept) {
      while (head) {
        const next: Slot | undefined = head.next;
        head.entity.following = undefined;
        if (head.entity.lastStep === step) this.insert(head);
        head = next;
      }
    }
  }

  private insert(slot: Slot): void {
    if (this.size >= this.slots.length) this.grow();
    const index = slot.hash & (this.slots.length - 1);
    slot.next = this.slots[index];
    this.slots[index] = slot;
    this.size++;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Array(old.length * 2).fill(undefined);
    for (let head of old) {
      while (head) {
        const next: Slot | undefined = head.next;
        const index = head.hash & (this.slots.length - 1);
        head.next = this.slots[index];
        this.slots[index] = head;
        head = next;
      }
    }
  }
}

/** FNV-1a of the kind and the id. */
function hashOf(kind: EntityKind, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(0x811c9dc5 ^ ENTITY_KINDS.indexOf(kind), 0x01000193);
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}
