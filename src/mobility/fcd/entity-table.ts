import { ENTITY_KINDS, type EntityKind, type FcdEntity } from './fcd-sink.ts';

/** An entity and the last step it was seen in. */
export interface TableEntity extends FcdEntity {
  lastStep: number;
  type: string;
}

interface Slot {
  hash: number;
  bytes: Uint8Array;
  entity: TableEntity;
  next: Slot | undefined;
}

const KEPT_AT_LEAST = 4096;

/**
 * Entities by the bytes of their id, so that a row seen before costs no new string.
 * It forgets those of earlier steps when they are by far the most: its size follows the number
 * of entities on the map at once, not the length of the file.
 */
export class EntityTable {
  private slots: (Slot | undefined)[] = new Array(1024).fill(undefined);
  private size = 0;

  /** The entity whose id is bytes[start, end), with `hash` from `hashId`'s steps over them. */
  find(kind: EntityKind, bytes: Uint8Array, start: number, end: number, hash: number): TableEntity {
    const length = end - start;
    let slot = this.slots[hash & (this.slots.length - 1)];
    for (; slot; slot = slot.next) {
      if (slot.hash !== hash || slot.entity.kind !== kind || slot.bytes.length !== length) continue;
      const known = slot.bytes;
      let i = 0;
      while (i < length && known[i] === bytes[start + i]) i++;
      if (i === length) return slot.entity;
    }
    const copy = bytes.slice(start, end);
    const entity = { kind, id: new TextDecoder().decode(copy), type: '', lastStep: -1 };
    this.insert({ hash, bytes: copy, entity, next: undefined });
    return entity;
  }

  /** The same for an id that is already text. */
  findText(kind: EntityKind, id: string): TableEntity {
    const bytes = new TextEncoder().encode(id);
    let hash = hashStart(kind);
    for (const byte of bytes) hash = hashId(hash, byte);
    return this.find(kind, bytes, 0, bytes.length, hash);
  }

  /** Called between steps: `step` is the one just over, `count` how many entities it had. */
  forget(step: number, count: number): void {
    if (this.size <= KEPT_AT_LEAST || this.size <= 4 * count) return;
    const kept = this.slots;
    this.slots = new Array(1024).fill(undefined);
    this.size = 0;
    for (let head of kept) {
      while (head) {
        const next: Slot | undefined = head.next;
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

/** FNV-1a, one byte at a time, so that the scanner can hash while it looks for the closing quote. */
export function hashId(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function hashStart(kind: EntityKind): number {
  return hashId(0x811c9dc5 | 0, ENTITY_KINDS.indexOf(kind));
}
