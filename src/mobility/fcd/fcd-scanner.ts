import { isUtf8 } from 'node:buffer';
import { parseXml, XmlError } from '../xml.ts';
import { notIn, WRITE_UTF8 } from '../xml-encoding.ts';
import { INCOMPLETE, UNKNOWN } from './decimal.ts';
import { FastTags } from './fast-tags.ts';
import { FcdFault, strayText, WRITE_FCD } from './fcd-fault.ts';
import type { FcdRows } from './fcd-rows.ts';
import { LESS, SLASH, SPACE, startsWith, tagEnd } from './tag-bytes.ts';

const LONGEST_TAG_BYTES = 1024 * 1024;

/**
 * Scans FCD as bytes, window by window. The rows and timesteps SUMO writes are taken apart here;
 * a tag in any other form (entities in values, single quotes, exponents, clock times, unknown
 * elements, errors) is cut out and handed to fast-xml-parser. Comments are passed over.
 */
export class FcdScanner {
  /** Tags that went to fast-xml-parser. */
  fallbacks = 0;
  private readonly rows: FcdRows;
  /** Open elements, root first. */
  private readonly open: string[] = [];
  private readonly fast: FastTags;
  private rootClosed = false;
  /** End of the comment or instruction that the window's end cut through. */
  private skippingTo = '';
  private skippedFrom = 0;
  /** The document type, for the entities it may declare. */
  private doctype = '';
  /** Offset in the document of the window's first byte. */
  private base = 0;

  constructor(rows: FcdRows) {
    this.rows = rows;
    this.fast = new FastTags(rows, this.open);
  }

  /**
   * Takes bytes[0, end) and gives back how many of them are done with; the rest must stand at
   * the front of the next window.
   */
  scan(bytes: Buffer, end: number): number {
    let at = 0;
    while (at < end) {
      if (this.skippingTo) {
        const next = this.skip(bytes, at, end);
        if (next < 0) return this.passed(~next);
        at = next;
        continue;
      }
      const byte = bytes[at]!;
      if (byte <= SPACE) {
        do at++;
        while (at < end && bytes[at]! <= SPACE);
        continue;
      }
      if (byte !== LESS) {
        if (this.base + at > 0 || !startsWith(bytes, at, end, BYTE_ORDER_MARK)) {
          this.text(bytes, at, end);
        }
        at += BYTE_ORDER_MARK.length;
        continue;
      }
      let next = this.fast.take(bytes, at, end, this.base);
      if (next === UNKNOWN) next = this.slow(bytes, at, end);
      if (next === INCOMPLETE) {
        if (end - at > LONGEST_TAG_BYTES) {
          throw new FcdFault(this.base + at, 'a tag that does not end', 'the file is damaged');
        }
        break;
      }
      at = next;
    }
    return this.passed(at);
  }

  /** No more bytes come; `left` of them were not done with. */
  finish(left: number): void {
    const offset = this.base + left;
    if (this.open.length === 0 && left === 0 && !this.skippingTo) {
      if (!this.rootClosed) {
        throw new FcdFault(offset, 'an empty file', 'expected an FCD trace', WRITE_FCD);
      }
      this.rows.finish();
      return;
    }
    const inside = this.skippingTo
      ? `a comment that began at byte ${this.skippedFrom}`
      : left > 0
        ? 'a tag'
        : `<${this.open.at(-1)}>`;
    const time = this.rows.steps > 0 ? `, at time ${this.rows.lastTimeUs / 1e6} s` : '';
    throw new FcdFault(
      offset,
      `the trace is cut short: it ends inside ${inside}${time}`,
      'write or copy it again (was the simulation still running?)',
    );
  }

  private passed(count: number): number {
    this.base += count;
    return count;
  }

  /** Everything the fast path left: end tags, comments, instructions, and tags for the parser. */
  private slow(bytes: Buffer, at: number, end: number): number {
    if (at + 1 >= end) return INCOMPLETE;
    const second = bytes[at + 1];
    if (second === 0x3f) return this.startSkip('?>', at, 2);
    if (second === 0x21) {
      if (startsWith(bytes, at, end, COMMENT)) return this.startSkip('-->', at, 4);
      if (end - at < DOCTYPE.length) return INCOMPLETE;
      return this.documentType(bytes, at, end);
    }
    const close = tagEnd(bytes, at, end);
    if (close < 0) return INCOMPLETE;
    const tag = bytes.subarray(at, close);
    if (!isUtf8(tag)) throw new FcdFault(this.base + at, notIn('utf-8'), WRITE_UTF8);
    const text = tag.toString('utf8');
    if (second === SLASH) this.endTag(text, at);
    else this.startTag(text, at);
    return close;
  }

  private startTag(text: string, at: number): void {
    const offset = this.base + at;
    if (this.rootClosed)
      throw new FcdFault(offset, 'an element behind the root element', 'remove it');
    const closed = text.endsWith('/>');
    const name = /^<([^\s/>]*)/.exec(text)![1]!;
    this.fallbacks++;
    let attributes: Record<string, string>;
    try {
      attributes = parseXml(`${this.doctype}${closed ? text : `${text}</${name}>`}`)[0]!.attributes;
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      throw new FcdFault(offset, `not well-formed XML: ${error.message}`, WRITE_FCD);
    }
    // fast-xml-parser takes it.
    if (text.includes('<', 1)) {
      throw new FcdFault(offset, 'not well-formed XML: "<" within a tag', WRITE_FCD);
    }
    this.rows.elementStart(name, attributes, this.open.length, offset);
    if (!closed) this.open.push(name);
    else this.ended(name);
  }

  private endTag(text: string, at: number): void {
    const name = text.slice(2, -1).trimEnd();
    const expected = this.open.pop();
    if (name !== expected) {
      const advice = expected ? `expected </${expected}>` : 'no element is open';
      throw new FcdFault(this.base + at, `not well-formed XML: found </${name}>`, advice);
    }
    this.ended(name);
  }

  private ended(name: string): void {
    this.rows.elementEnd(name);
    if (this.open.length === 0) this.rootClosed = true;
  }

  private startSkip(to: string, at: number, length: number): number {
    this.skippingTo = to;
    this.skippedFrom = this.base + at;
    return at + length;
  }

  /** Out: behind the skipped part, or the complement of how much of the window is done with. */
  private skip(bytes: Buffer, at: number, end: number): number {
    const found = bytes.subarray(0, end).indexOf(this.skippingTo, at, 'latin1');
    if (found < 0) return ~Math.max(at, end - this.skippingTo.length + 1);
    const next = found + this.skippingTo.length;
    this.skippingTo = '';
    return next;
  }

  private documentType(bytes: Buffer, at: number, end: number): number {
    if (!startsWith(bytes, at, end, DOCTYPE)) {
      throw new FcdFault(this.base + at, 'not FCD: a section that is no element', WRITE_FCD);
    }
    const text = bytes.toString('utf8', at, end);
    const whole = /^<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>/.exec(text);
    if (!whole) return INCOMPLETE;
    this.doctype = whole[0];
    return at + Buffer.byteLength(whole[0]);
  }

  private text(bytes: Buffer, at: number, end: number): never {
    const stop = bytes.indexOf('<', at);
    const text = bytes.toString('utf8', at, stop < 0 || stop > end ? end : stop).trim();
    if (this.open.length > 0) throw new FcdFault(this.base + at, strayText(text), WRITE_FCD);
    const what = this.rootClosed ? 'text behind the root element' : 'not an XML file';
    throw new FcdFault(
      this.base + at,
      `${what}: found ${JSON.stringify(text.slice(0, 30))}`,
      WRITE_FCD,
    );
  }
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const COMMENT = Buffer.from('<!--');
const DOCTYPE = Buffer.from('<!DOCTYPE');
